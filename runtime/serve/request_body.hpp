#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "runtime/serve/http_message.hpp"

struct mg_connection;

namespace cepheid::runtime {

/// The longest body of a request that is read; a longer one is answered with 413.
inline constexpr std::size_t kMaxBodyBytes = 64 * 1024;

/// Reads all that belongs to the request behind its head, however it is sent, into `body`. Otherwise gives what to
/// answer: it is too long, ends too early, comes too slowly, or nobody can tell where it ends. Where the next request
/// would begin is not known then: the connection has to be closed after the answer.
[[nodiscard]] std::optional<HttpResponse> read_body(mg_connection* connection, std::string& body);

/// Takes in, for a few seconds at most, what a client still sends whose body was refused: closing at once would break
/// the connection under it before it has read the answer.
void drain_body(mg_connection* connection);

}    // namespace cepheid::runtime
