#include "alerts/rules/silences.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>
#include <rapidjson/document.h>

#include "alerts/text/digest.hpp"
#include "alerts/text/json_text.hpp"
#include "alerts/text/time_text.hpp"

namespace cepheid::alerts {

namespace {

/// `2024-05-01T12:00:00Z`, seconds with a fraction or without.
std::optional<TimeMs> read_time(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  double second = 0;
  int end = 0;
  const int read =
      std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%lfZ%n", &year, &month, &day, &hour, &minute, &second, &end);
  if (read != 6 || end != static_cast<int>(text.size())) return std::nullopt;
  using namespace std::chrono;
  const year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (!date.ok() || hour > 23 || minute > 59 || second < 0 || second >= 60) return std::nullopt;
  const auto midnight = duration_cast<milliseconds>(sys_days{date}.time_since_epoch()).count();
  return midnight + (hour * 60 + minute) * 60'000 + static_cast<TimeMs>(second * 1000);
}

std::optional<TimeMs> read_time(const rapidjson::Value& value) {
  if (value.IsInt64()) return value.GetInt64();
  return value.IsString() ? read_time(std::string(value.GetString())) : std::nullopt;
}

Result<Silence> read_silence(const rapidjson::Value& value, std::size_t position) {
  const auto wrong = [&](std::string_view what) { return Error{fmt::format("silence {}: {}", position, what)}; };
  if (!value.IsObject()) return wrong("no object");
  Silence silence;
  bool has_until = false;
  for (const auto& member : value.GetObject()) {
    const std::string_view name(member.name.GetString(), member.name.GetStringLength());
    if (name == "matchers" && member.value.IsObject()) {
      for (const auto& matcher : member.value.GetObject()) {
        if (!matcher.value.IsString()) return wrong("a value in `matchers` is no string");
        silence.matchers[matcher.name.GetString()] = matcher.value.GetString();
      }
    } else if (name == "until") {
      const std::optional<TimeMs> until = read_time(member.value);
      if (!until) return wrong("`until` is neither milliseconds nor a time like `2024-05-01T12:00:00Z`");
      silence.until = *until;
      has_until = true;
    } else if (name == "id" && member.value.IsString()) {
      silence.id = member.value.GetString();
    } else if (name == "comment" && member.value.IsString()) {
      silence.comment = member.value.GetString();
    } else {
      return wrong(fmt::format("`{}` is not known, or has a wrong type", name));
    }
  }
  if (!has_until) return wrong("without `until`");
  return silence;
}

Result<std::vector<Silence>> read_silences(const std::string& text) {
  rapidjson::Document document;
  document.Parse(text.data(), text.size());
  if (document.HasParseError() || !document.IsArray()) return Error{"no JSON list"};
  if (document.Size() > Silences::kMost) return Error{fmt::format("more than {} silences", Silences::kMost)};
  std::vector<Silence> silences;
  for (const rapidjson::Value& value : document.GetArray()) {
    Result<Silence> silence = read_silence(value, silences.size() + 1);
    if (!silence) return silence.error();
    silences.push_back(*std::move(silence));
  }
  return silences;
}

std::string as_text(const std::vector<Silence>& silences) {
  std::string text = "[";
  for (const Silence& silence : silences) {
    JsonText json;
    json.begin_object().text("id", silence.id).name("matchers").begin_object();
    for (const auto& [name, value] : silence.matchers) json.text(name, value);
    json.end_object().text("until", iso_8601(silence.until)).text("comment", silence.comment).end_object();
    text += (text.size() > 1 ? ",\n " : "\n ") + json.str();
  }
  return text + "\n]\n";
}

std::string made_id(const Silence& silence) {
  KeyText key;
  for (const auto& [name, value] : silence.matchers) key.add(name).add(value);
  key.add(fmt::format_int(silence.until).str());
  return digest(key.text()).substr(0, 12);
}

}    // namespace

bool Silence::matches(const Alert& alert) const {
  return std::all_of(matchers.begin(), matchers.end(), [&](const auto& matcher) {
    if (matcher.first == "alert") return alert.name == matcher.second;
    if (matcher.first == "severity") return alert.severity == matcher.second;
    return std::find(alert.values.begin(), alert.values.end(), std::pair<std::string, std::string>(matcher)) !=
           alert.values.end();
  });
}

Result<void> Silences::refresh() {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(file_, error);
  if (error) {
    seen_.reset();
    problem_.reset();
    silences_.clear();
    return {};    // no file: no silences
  }
  const std::uintmax_t size = std::filesystem::file_size(file_, error);
  const auto state = std::make_pair(time, size);
  if (error || seen_ == state) return {};
  seen_ = state;
  std::ifstream stream(file_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  Result<std::vector<Silence>> read = read_silences(text);
  problem_.reset();
  if (!stream) {
    problem_ = Error{fmt::format("cannot read `{}`", file_.string())};
  } else if (!read) {
    problem_ = Error{fmt::format("`{}` is not understood: {}", file_.string(), read.error().message)};
  }
  if (problem_) return *problem_;
  silences_ = *std::move(read);
  return {};
}

Result<std::string> Silences::add(Silence silence, TimeMs wall_now) {
  CEPHEID_TRY(refresh());
  if (problem_) return *problem_;    // what stands in the file is not to be lost
  if (silence.id.empty()) silence.id = made_id(silence);
  std::vector<Silence> silences = silences_;
  std::erase_if(silences, [&](const Silence& old) { return old.id == silence.id || old.until <= wall_now; });
  if (silences.size() >= kMost) return Error{fmt::format("there are {} silences already", kMost)};
  std::string id = silence.id;
  silences.push_back(std::move(silence));
  CEPHEID_TRY(write(silences));
  return id;
}

Result<bool> Silences::remove(const std::string& id) {
  CEPHEID_TRY(refresh());
  if (problem_) return *problem_;    // what stands in the file is not to be lost
  std::vector<Silence> silences = silences_;
  if (std::erase_if(silences, [&](const Silence& silence) { return silence.id == id; }) == 0) return false;
  CEPHEID_TRY(write(silences));
  return true;
}

Result<void> Silences::write(const std::vector<Silence>& silences) {
  const std::filesystem::path next = file_.string() + ".new";
  std::ofstream stream(next, std::ios::binary | std::ios::trunc);
  stream << as_text(silences);
  stream.close();
  std::error_code error;
  if (stream) std::filesystem::rename(next, file_, error);
  if (!stream || error) return Error{fmt::format("cannot write `{}`", file_.string())};
  seen_.reset();
  return refresh();
}

bool Silences::silenced(const Alert& alert, TimeMs wall_now) const {
  return std::any_of(silences_.begin(), silences_.end(),
                     [&](const Silence& silence) { return wall_now < silence.until && silence.matches(alert); });
}

}    // namespace cepheid::alerts
