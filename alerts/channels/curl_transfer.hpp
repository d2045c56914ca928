#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <curl/curl.h>

#include "alerts/channel_config.hpp"

namespace cepheid::alerts {

/// One libcurl handle with its connections, for one transfer after another. Used by one thread.
class CurlTransfer {
 public:
  explicit CurlTransfer(NetworkConfig network);
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  /// Forgets the options of the last transfer, not its connection, and sets the time-outs, certificates and proxy.
  void reset();
  template <typename T>
  void set(CURLoption option, T value) {
    curl_easy_setopt(easy_, option, value);
  }
  /// Sets a list option; the list lives until reset().
  void set_list(CURLoption option, const std::vector<std::string>& items);

  /// Runs the transfer; CURLE_ABORTED_BY_CALLBACK if `cancelled` held, which is looked at twenty times a second.
  [[nodiscard]] CURLcode run(const std::function<bool()>& cancelled);
  /// The last status of the server, 0 if there was none.
  [[nodiscard]] long status() const;
  [[nodiscard]] CURL* handle() { return easy_; }

 private:
  struct ListDelete {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  NetworkConfig network_;
  CURLM* multi_ = nullptr;
  CURL* easy_ = nullptr;
  std::vector<std::unique_ptr<curl_slist, ListDelete>> lists_;
};

}    // namespace cepheid::alerts
