#include "runtime/http/http_client.hpp"

#include <algorithm>
#include <mutex>

#include <curl/curl.h>
#include <fmt/format.h>

#include "runtime/serve/state_requests.hpp"

namespace cepheid::runtime {

namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}    // namespace

struct HttpClient::Handle {
  CURL* curl = nullptr;
  Options options;
  HttpAnswer answer;
  bool too_long = false;

  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) {
    auto& handle = *static_cast<Handle*>(self);
    handle.too_long = handle.answer.body.size() + size > handle.options.max_body_bytes;
    if (handle.too_long) return 0;
    handle.answer.body.append(data, size);
    return size;
  }
  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self) {
    const std::string_view line(data, size);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !same_name(line.substr(0, colon), kNextHeader)) return size;
    const std::size_t begin = line.find_first_not_of(' ', colon + 1);
    const std::size_t end = line.find_last_not_of("\r\n ");
    if (begin <= end && end != std::string_view::npos) {
      static_cast<Handle*>(self)->answer.next = line.substr(begin, end - begin + 1);
    }
    return size;
  }
};

HttpClient::HttpClient(Options options) : handle_(std::make_unique<Handle>()) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  handle_->options = options;
  handle_->curl = curl_easy_init();
  CURL* curl = handle_->curl;
  if (curl == nullptr) return;
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");    // whatever curl can unpack
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "cepheid");
  if (!options.asks_proxy) curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Handle::on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, handle_.get());
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Handle::on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, handle_.get());
}

HttpClient::~HttpClient() {
  if (handle_->curl != nullptr) curl_easy_cleanup(handle_->curl);
}

Result<HttpAnswer> HttpClient::get(const std::string& url) {
  if (handle_->curl == nullptr) return Error{"no HTTP client could be made"};
  handle_->answer = {};
  handle_->too_long = false;
  curl_easy_setopt(handle_->curl, CURLOPT_URL, url.c_str());
  const CURLcode code = curl_easy_perform(handle_->curl);
  if (handle_->too_long) {
    return Error{fmt::format("{}: an answer of more than {} bytes", origin_of(url), handle_->options.max_body_bytes)};
  }
  if (code != CURLE_OK) return Error{fmt::format("{}: {}", origin_of(url), curl_easy_strerror(code))};
  long status = 0;
  curl_easy_getinfo(handle_->curl, CURLINFO_RESPONSE_CODE, &status);
  handle_->answer.status = static_cast<int>(status);
  return std::move(handle_->answer);
}

std::string url_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string origin_of(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  if (parsed == nullptr || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_GUESS_SCHEME) != CURLUE_OK) {
    return "an address that is no URL";
  }
  const auto part = [&](CURLUPart wanted) {
    char* text = nullptr;
    if (curl_url_get(parsed.get(), wanted, &text, 0) != CURLUE_OK) return std::string();
    std::string copied(text);
    curl_free(text);
    return copied;
  };
  const std::string port = part(CURLUPART_PORT);
  return fmt::format("{}://{}{}{}", part(CURLUPART_SCHEME), part(CURLUPART_HOST), port.empty() ? "" : ":", port);
}

}    // namespace cepheid::runtime
