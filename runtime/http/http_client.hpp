#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "cepheid/result.hpp"

namespace cepheid::runtime {

struct HttpAnswer {
  int status = 0;
  std::string body;
  std::string next;    // the header that kNextHeader (serve/state_requests.hpp) names; mostly empty
};

/// Asks HTTP and HTTPS servers, on connections that stay open. Redirections are not followed. Not thread-safe.
class HttpClient {
 public:
  struct Options {
    std::chrono::milliseconds connect_timeout{2000};
    std::chrono::milliseconds timeout{5000};    // of the whole, from the first byte sent to the last one received
    std::size_t max_body_bytes = 1 << 20;       // what is longer is an error
    bool asks_proxy = true;                     // that the environment names (`https_proxy`)
  };

  explicit HttpClient(Options options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Whatever status the server answers with. An error: there was no whole answer; its message does not tell the URL,
  /// in which a secret may stand.
  Result<HttpAnswer> get(const std::string& url);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

/// The text as it stands in a URL.
[[nodiscard]] std::string url_encoded(std::string_view text);

/// `https://host:8443` of a URL, for messages: all else in it may be a secret.
[[nodiscard]] std::string origin_of(const std::string& url);

}    // namespace cepheid::runtime
