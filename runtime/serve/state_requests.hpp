#pragma once

#include "runtime/serve/http_message.hpp"
#include "runtime/state/state_reader.hpp"

namespace cepheid::runtime {

/// Keys of a page if the request does not say how many.
inline constexpr std::size_t kStatePageKeys = 1000;

/// The header that says where the next page begins: the value of `after` in the request for it.
inline constexpr std::string_view kNextHeader = "Cepheid-Next";

/// `GET /state`: all states with the fields of their keys and the number of keys.
[[nodiscard]] HttpResponse list_states(StateReader& states);

/// `GET /state/NAME?FIELD=VALUE…&limit=N&after=CURSOR`: what there is of the keys that begin so. JSON lines, or a list
/// if the client accepts `application/json` and no lines. A field that is called `limit` or `after` is asked for as
/// `key.limit`; so may be any other.
[[nodiscard]] HttpResponse answer_state(StateReader& states, std::string_view name, const HttpRequest& request);

}    // namespace cepheid::runtime
