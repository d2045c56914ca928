#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/channels/channel.hpp"
#include "alerts/channels/curl_transfer.hpp"
#include "alerts/channels/secrets.hpp"

namespace cepheid::alerts {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// POSTs JSON to one URL and judges the answer: 2xx is delivered; 408, 425, 429, 5xx, and whatever goes wrong before an
/// answer, are worth another attempt; anything else, redirections too, is refused. Used by one thread.
class HttpSender {
 public:
  /// `secrets` are those beside the URL and the headers' values.
  HttpSender(std::string url, Headers headers, const NetworkConfig& network, Secrets secrets);

  /// `id` goes along as `Idempotency-Key`, as its digest if it is no plain word.
  [[nodiscard]] Attempt post(const std::string& body, const std::string& id, const std::function<bool()>& cancelled);

 private:
  std::string url_;
  Headers headers_;
  Secrets secrets_;
  CurlTransfer transfer_;
};

/// What is wrong with a URL or with headers as a rule file gives them; empty if nothing is. Says nothing of their
/// content.
[[nodiscard]] std::string problem_with_url(std::string_view url);
[[nodiscard]] std::string problem_with_headers(const Headers& headers);

}    // namespace cepheid::alerts
