#pragma once

#include <span>
#include <string_view>

#include "alerts/dispatcher.hpp"
#include "runtime/serve/http_message.hpp"

namespace cepheid::runtime {

/// What can be asked of `/silences` (an empty id) and of `/silences/ID`.
[[nodiscard]] std::span<const std::string_view> silence_methods(std::string_view id);

/// `GET /silences`: all that are not over, as the file has them. `POST /silences`: adds the one in the body, in the
/// place of one with the same id. `GET`, `DELETE /silences/ID`. The method is one of silence_methods(); HEAD is
/// answered as GET.
[[nodiscard]] HttpResponse answer_silences(alerts::AlertDispatcher& dispatcher, std::string_view id,
                                           const HttpRequest& request);

}    // namespace cepheid::runtime
