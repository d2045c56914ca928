#include "runtime/serve/http_server.hpp"

#include <array>
#include <atomic>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <civetweb.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include "runtime/serve/request_body.hpp"

namespace cepheid::runtime {

namespace {

constexpr int kNoContent = 204;    // its head is all of it, and says nothing of a body

std::string_view or_empty(const char* text) {
  return text == nullptr ? std::string_view() : std::string_view(text);
}

HttpRequest request_of(const mg_connection* connection) {
  const mg_request_info* info = mg_get_request_info(connection);
  return {.method = std::string(or_empty(info->request_method)),
          .path = std::string(or_empty(info->local_uri)),
          .query = parse_query(or_empty(info->query_string)),
          .accept = std::string(or_empty(mg_get_header(connection, "Accept"))),
          .content_type = std::string(or_empty(mg_get_header(connection, "Content-Type")))};
}

/// Writes the response at once: a head on its own would wait for the client's acknowledgement.
void write(mg_connection* connection, const HttpResponse& response, bool with_body) {
  std::string text =
      fmt::format("HTTP/1.1 {} {}\r\nCache-Control: no-store\r\n", response.status, reason_of(response.status));
  if (response.status != kNoContent) {
    text += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", response.content_type, response.body.size());
  }
  for (const auto& [name, value] : response.headers) text += fmt::format("{}: {}\r\n", name, value);
  text += "\r\n";
  if (with_body) text += response.body;
  mg_write(connection, text.data(), text.size());
}

/// The port at this process's end of a socket; 0 if the descriptor is none.
std::uint16_t local_port(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  return 0;
}

/// Ends the waits for connections and requests at a port; answers under way are still written. Without it civetweb's
/// threads, which look every 2 s whether they shall stop, would make every end of the program wait for them.
void end_waits(std::uint16_t port) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    const std::string name = entry.path().filename().string();
    int descriptor = -1;
    std::from_chars(name.data(), name.data() + name.size(), descriptor);
    if (local_port(descriptor) == port) ::shutdown(descriptor, SHUT_RD);
  }
}

class CivetServer final : public HttpServer {
 public:
  CivetServer(ListenAddress address, Handler handler) : address_(std::move(address)), handler_(std::move(handler)) {}
  ~CivetServer() override {
    if (context_ == nullptr) return;
    end_waits(address_.port);
    mg_stop(context_);
  }

  Result<void> listen() {
    const std::string port = to_string(address_);
    const std::string threads = std::to_string(kMaxConnections);
    const std::string idle_ms = std::to_string(kIdleConnectionMs);
    const std::array<const char*, 13> options = {"listening_ports",
                                                 port.c_str(),
                                                 "num_threads",
                                                 threads.c_str(),
                                                 "enable_keep_alive",
                                                 "yes",
                                                 "keep_alive_timeout_ms",
                                                 idle_ms.c_str(),
                                                 "request_timeout_ms",
                                                 "10000",
                                                 "tcp_nodelay",
                                                 "1",
                                                 nullptr};
    mg_callbacks callbacks{};
    callbacks.log_message = [](const mg_connection* connection, const char* message) {
      auto* self = static_cast<CivetServer*>(mg_get_user_data(mg_get_context(connection)));
      if (!self->has_started_ && self->refusal_.empty()) self->refusal_ = message;    // no other thread is there yet
      return 1;                                                                       // it need not be printed
    };
    callbacks.init_context = [](const mg_context* context) {
      static_cast<CivetServer*>(mg_get_user_data(context))->has_started_ = true;
    };
    context_ = mg_start(&callbacks, this, const_cast<const char**>(options.data()));
    if (context_ == nullptr) return Error{fmt::format("cannot listen at `{}`: {}", port, reason())};
    mg_server_port bound{};
    if (mg_get_server_ports(context_, 1, &bound) == 1) address_.port = static_cast<std::uint16_t>(bound.port);
    mg_set_request_handler(context_, "/", on_request, this);
    return {};
  }

  [[nodiscard]] const ListenAddress& address() const override { return address_; }

 private:
  static int on_request(mg_connection* connection, void* self) {
    HttpRequest request = request_of(connection);
    const std::optional<HttpResponse> refusal = read_body(connection, request.body);
    if (refusal) return refuse(connection, *refusal, request.method != "HEAD");
    const HttpResponse response = static_cast<CivetServer*>(self)->handler_(request);
    write(connection, response, request.method != "HEAD");
    return response.status;
  }

  /// The last answer of a connection of which it is not known where its next request would begin.
  static int refuse(mg_connection* connection, HttpResponse response, bool with_body) {
    response.headers.emplace_back("Connection", "close");
    mg_disable_connection_keep_alive(connection);
    write(connection, response, with_body);
    drain_body(connection);
    return response.status;
  }

  /// Why it did not start: `cannot bind to 127.0.0.1:80: 98 (Address already in use)`.
  [[nodiscard]] std::string reason() const {
    const std::size_t open = refusal_.rfind('(');
    const std::size_t close = refusal_.rfind(')');
    if (!refusal_.starts_with("cannot bind") || open == std::string::npos || close < open) return "it is no address";
    return refusal_.substr(open + 1, close - open - 1);
  }

  ListenAddress address_;
  Handler handler_;
  std::string refusal_;                     // the first that civetweb had to say while it started
  std::atomic<bool> has_started_{false};    // its ports are open
  mg_context* context_ = nullptr;
};

}    // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(const ListenAddress& address, Handler handler) {
  auto server = std::make_unique<CivetServer>(address, std::move(handler));
  CEPHEID_TRY(server->listen());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}    // namespace cepheid::runtime
