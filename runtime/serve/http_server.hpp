#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cepheid/result.hpp"
#include "runtime/serve/http_message.hpp"
#include "runtime/serve/listen_address.hpp"

namespace cepheid::runtime {

/// Connections that are served at once, each by a thread of its own, which mostly sleeps. Others wait for one of them
/// to end, kIdleConnectionMs at most if they are idle.
inline constexpr int kMaxConnections = 32;

/// How long a connection is kept open without a request.
inline constexpr int kIdleConnectionMs = 30'000;

/// An HTTP/1.1 server on connections that stay open. What is asked is read and answered as a whole, from memory; bodies
/// are read to kMaxBodyBytes (request_body.hpp).
class HttpServer {
 public:
  /// Called on any of the server's threads, on several at once, with requests that have come to their end. To HEAD it
  /// gives what it would give to GET: the body is left out here.
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  /// Listens from here on. An error: the address is wrong or taken.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> start(const ListenAddress& address, Handler handler);

  /// Ends the listening, and waits for answers that are being given.
  virtual ~HttpServer() = default;
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// With the port that was picked.
  [[nodiscard]] virtual const ListenAddress& address() const = 0;

 protected:
  HttpServer() = default;
};

}    // namespace cepheid::runtime
