#include "alerts/channels/http_sender.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "alerts/text/digest.hpp"

namespace cepheid::alerts {

namespace {

constexpr std::size_t kLongestId = 200;
constexpr std::size_t kMostAnswer = 64 << 10;    // of a longer one the rest is not waited for

struct Answer {
  std::string text;
  bool too_long = false;
};

std::size_t take_answer(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& answer = *static_cast<Answer*>(user);
  const std::size_t length = size * count;
  if (answer.text.size() + length > kMostAnswer) {
    answer.too_long = true;
    return 0;
  }
  answer.text.append(bytes, length);
  return length;
}

bool worth_another_attempt(long status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

/// The id itself, or its digest where it could be more than one header.
std::string header_safe(const std::string& id) {
  const bool is_plain = std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  return is_plain && id.size() <= kLongestId ? id : digest(id);
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

}    // namespace

HttpSender::HttpSender(std::string url, Headers headers, const NetworkConfig& network, Secrets secrets)
    : url_(std::move(url)), headers_(std::move(headers)), secrets_(std::move(secrets)), transfer_(network) {
  secrets_.add(url_);
  for (const auto& [name, value] : headers_) secrets_.add(value);
}

Attempt HttpSender::post(const std::string& body, const std::string& id, const std::function<bool()>& cancelled) {
  Answer answer;
  // `Expect` without a value: else libcurl waits for a go-ahead before it sends a large body.
  std::vector<std::string> lines = {"Content-Type: application/json", "Expect:", "Idempotency-Key: " + header_safe(id)};
  for (const auto& [name, value] : headers_) lines.push_back(fmt::format("{}: {}", name, value));
  transfer_.reset();
  transfer_.set(CURLOPT_URL, url_.c_str());
  transfer_.set(CURLOPT_PROTOCOLS_STR, "http,https");
  transfer_.set(CURLOPT_USERAGENT, "cepheid");
  transfer_.set_list(CURLOPT_HTTPHEADER, lines);
  transfer_.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  transfer_.set(CURLOPT_POSTFIELDS, body.data());
  transfer_.set(CURLOPT_WRITEFUNCTION, &take_answer);
  transfer_.set(CURLOPT_WRITEDATA, static_cast<void*>(&answer));

  const CURLcode code = transfer_.run(cancelled);
  if (code == CURLE_ABORTED_BY_CALLBACK) return {.outcome = Outcome::stopped, .reason = {}, .retry_after = {}};
  const bool answered = code == CURLE_OK || (code == CURLE_WRITE_ERROR && answer.too_long);
  if (!answered) return {.outcome = Outcome::failed, .reason = curl_easy_strerror(code), .retry_after = {}};

  const long status = transfer_.status();
  if (status >= 200 && status < 300) return {};
  Attempt attempt{.outcome = worth_another_attempt(status) ? Outcome::failed : Outcome::refused,
                  .reason = fmt::format("status {}", status),
                  .retry_after = {}};
  if (const std::string shown = secrets_.shown(answer.text); !shown.empty()) attempt.reason += ": " + shown;
  curl_off_t seconds = 0;
  curl_easy_getinfo(transfer_.handle(), CURLINFO_RETRY_AFTER, &seconds);
  if (seconds > 0) attempt.retry_after = std::min<curl_off_t>(seconds, 1'000'000'000) * 1000;
  return attempt;
}

std::string problem_with_url(std::string_view url) {
  if (!url.starts_with("https://") && !url.starts_with("http://"))
    return "the URL begins with neither `https://` nor `http://`";
  if (std::any_of(url.begin(), url.end(), [](char c) { return is_control(c) || c == ' '; })) {
    return "the URL has a space or a control character in it";
  }
  return {};
}

std::string problem_with_headers(const Headers& headers) {
  static constexpr std::string_view kToken =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
  for (const auto& [name, value] : headers) {
    if (name.empty() || name.find_first_not_of(kToken) != std::string::npos)
      return "a header's name has a wrong character";
    if (std::any_of(value.begin(), value.end(), is_control)) {
      return fmt::format("the header `{}` has a control character in its value", name);
    }
  }
  return {};
}

}    // namespace cepheid::alerts
