#include "runtime/serve/silence_requests.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "alerts/rules/silence.hpp"
#include "cepheid/time.hpp"
#include "patterns/syntax/number.hpp"

namespace cepheid::runtime {

namespace {

constexpr std::array<std::string_view, 3> kMethodsOfAll = {"GET", "HEAD", "POST"};
constexpr std::array<std::string_view, 3> kMethodsOfOne = {"GET", "HEAD", "DELETE"};
constexpr std::size_t kMaxIdBytes = 100;

/// Something that stands in a URL as it is, and is one step of its path.
bool is_id(std::string_view id) {
  constexpr std::string_view kMarks = "-_.~";
  const bool plain = std::all_of(id.begin(), id.end(), [&](char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
  return plain && id.size() <= kMaxIdBytes && id != "." && id != "..";
}

/// A duration as rule files write it, counted from `now`.
std::optional<TimeMs> until_after(std::string_view duration, TimeMs now) {
  using namespace patterns::syntax;
  if (look_at_number(duration).kind != TokenKind::duration) return std::nullopt;
  return add_saturated(now, duration_value(duration));
}

/// The media type alone: `application/json; charset=utf-8`, in any case. A form on a page of another site can send a
/// body, but none of this type.
bool is_json_type(std::string_view content_type) {
  constexpr std::string_view kJson = "application/json";
  const std::string_view type = content_type.substr(0, content_type.find_first_of("; \t"));
  return std::equal(type.begin(), type.end(), kJson.begin(), kJson.end(),
                    [](char a, char b) { return ('A' <= a && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

std::vector<alerts::Silence> silences_that_hold(const alerts::AlertDispatcher& dispatcher) {
  std::vector<alerts::Silence> silences = dispatcher.silences();
  std::erase_if(silences, [now = dispatcher.wall_now()](const alerts::Silence& one) { return one.until <= now; });
  return silences;
}

HttpResponse no_silence(std::string_view id) {
  return error_response(404, fmt::format("no silence `{}`; `/silences` lists those that hold", id));
}

HttpResponse get_silence(const alerts::AlertDispatcher& dispatcher, std::string_view id) {
  for (const alerts::Silence& silence : silences_that_hold(dispatcher)) {
    if (silence.id == id) return {.body = silence_text(silence) + "\n"};
  }
  return no_silence(id);
}

HttpResponse add_silence(alerts::AlertDispatcher& dispatcher, const HttpRequest& request) {
  if (!is_json_type(request.content_type)) return error_response(415, "`Content-Type` has to be `application/json`");
  const TimeMs now = dispatcher.wall_now();
  Result<alerts::Silence> silence =
      alerts::read_silence(request.body, [now](std::string_view duration) { return until_after(duration, now); });
  if (!silence) return error_response(400, silence.error().message);
  if (silence->until <= now) return error_response(400, "its end lies in the past");
  if (!is_id(silence->id)) {
    return error_response(400,
                          fmt::format("`id` is of letters, digits, `-`, `_`, `.` and `~`, at most {}", kMaxIdBytes));
  }
  const Result<alerts::Silence> stored = dispatcher.silence(*std::move(silence));
  if (!stored) return error_response(500, stored.error().message);
  return {.status = 201, .body = silence_text(*stored) + "\n", .headers = {{"Location", "/silences/" + stored->id}}};
}

HttpResponse end_silence(alerts::AlertDispatcher& dispatcher, std::string_view id) {
  const Result<bool> ended = dispatcher.end_silence(std::string(id));
  if (!ended) return error_response(500, ended.error().message);
  return *ended ? HttpResponse{.status = 204} : no_silence(id);
}

}    // namespace

std::span<const std::string_view> silence_methods(std::string_view id) {
  if (id.empty()) return kMethodsOfAll;
  return kMethodsOfOne;
}

HttpResponse answer_silences(alerts::AlertDispatcher& dispatcher, std::string_view id, const HttpRequest& request) {
  if (request.method == "POST") return add_silence(dispatcher, request);
  if (request.method == "DELETE") return end_silence(dispatcher, id);
  if (!id.empty()) return get_silence(dispatcher, id);
  return {.body = alerts::silences_text(silences_that_hold(dispatcher))};
}

}    // namespace cepheid::runtime
