#include "alerts/channels/curl_transfer.hpp"

#include <utility>

namespace cepheid::alerts {

namespace {

constexpr int kPollMs = 50;

/// libcurl's global state is made once and lasts as long as the process.
void start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)started;
}

}    // namespace

CurlTransfer::CurlTransfer(NetworkConfig network) : network_(std::move(network)) {
  start_curl();
  multi_ = curl_multi_init();
  easy_ = curl_easy_init();
  reset();
}

CurlTransfer::~CurlTransfer() {
  curl_easy_cleanup(easy_);
  curl_multi_cleanup(multi_);
}

void CurlTransfer::reset() {
  curl_easy_reset(easy_);
  lists_.clear();
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(network_.connect_ms));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(network_.attempt_ms));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, network_.proxy.c_str());    // set, though empty: else the environment's would count
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!network_.ca_file.empty()) set(CURLOPT_CAINFO, network_.ca_file.c_str());
}

void CurlTransfer::set_list(CURLoption option, const std::vector<std::string>& items) {
  curl_slist* list = nullptr;
  for (const std::string& item : items) list = curl_slist_append(list, item.c_str());
  lists_.emplace_back(list);
  set(option, list);
}

CURLcode CurlTransfer::run(const std::function<bool()>& cancelled) {
  curl_multi_add_handle(multi_, easy_);
  CURLcode result = CURLE_ABORTED_BY_CALLBACK;
  for (int running = 1; running > 0 && !cancelled();) {
    if (curl_multi_perform(multi_, &running) != CURLM_OK) break;
    if (running > 0) curl_multi_poll(multi_, nullptr, 0, kPollMs, nullptr);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg == CURLMSG_DONE) result = message->data.result;
    }
  }
  curl_multi_remove_handle(multi_, easy_);
  return result;
}

long CurlTransfer::status() const {
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

}    // namespace cepheid::alerts
