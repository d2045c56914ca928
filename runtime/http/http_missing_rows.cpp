#include "runtime/http/http_missing_rows.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "runtime/http/http_client.hpp"

namespace cepheid::runtime {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kFirstPause{1};
constexpr std::chrono::seconds kLongestPause{30};

class HttpMissingRows final : public MissingRows {
 public:
  explicit HttpMissingRows(std::string url) : url_(std::move(url)), client_(HttpClient::Options{}) {}

  Result<std::optional<std::string>> ask(std::span<const MissingColumn> key) override {
    if (Clock::now() < asks_again_at_)
      return Error{fmt::format("{} failed just now and is not asked", origin_of(url_))};
    Result<HttpAnswer> answer = client_.get(url_of(key));
    if (!answer) return failed(answer.error().message);
    const int status = answer->status;
    if (status >= 500 || status == 429) return failed(fmt::format("{}: HTTP status {}", origin_of(url_), status));
    pause_ = kFirstPause;
    if (status == 404 || status == 204) return std::optional<std::string>();
    if (status != 200) return Error{fmt::format("{}: HTTP status {}", origin_of(url_), status)};
    return std::optional<std::string>(std::move(answer->body));
  }

 private:
  [[nodiscard]] std::string url_of(std::span<const MissingColumn> key) const {
    // A fragment is the client's own; what stands before it may have a query already.
    std::string url = url_.substr(0, url_.find('#'));
    char separator = url.find('?') == std::string::npos ? '?' : '&';
    for (const MissingColumn& column : key) {
      url += fmt::format("{}{}={}", separator, url_encoded(column.name), url_encoded(column.value));
      separator = '&';
    }
    return url;
  }

  Error failed(std::string message) {
    asks_again_at_ = Clock::now() + pause_;
    pause_ = std::min(2 * pause_, kLongestPause);
    return Error{std::move(message)};
  }

  std::string url_;
  HttpClient client_;
  Clock::time_point asks_again_at_{};
  std::chrono::seconds pause_ = kFirstPause;
};

}    // namespace

std::unique_ptr<MissingRows> make_http_missing_rows(const patterns::TablePlan& table) {
  if (!table.missing || table.missing->kind != patterns::Address::Kind::http) return nullptr;
  return std::make_unique<HttpMissingRows>(table.missing->target);
}

}    // namespace cepheid::runtime
