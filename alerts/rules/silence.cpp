#include "alerts/rules/silence.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <rapidjson/document.h>

#include "alerts/text/digest.hpp"
#include "alerts/text/json_text.hpp"
#include "alerts/text/time_text.hpp"
#include "nfa/expr/time_functions.hpp"

namespace cepheid::alerts {

namespace {

std::string text_of(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

std::optional<TimeMs> time_of(const rapidjson::Value& value) {
  if (value.IsInt64()) return value.GetInt64();
  return value.IsString() ? nfa::parse_timestamp(text_of(value)) : std::nullopt;
}

Result<std::map<std::string, std::string>> matchers_of(const rapidjson::Value& value) {
  std::map<std::string, std::string> matchers;
  for (const auto& matcher : value.GetObject()) {
    if (!matcher.value.IsString()) return Error{"a value in `matchers` is no string"};
    matchers[text_of(matcher.name)] = text_of(matcher.value);
  }
  return matchers;
}

Result<Silence> silence_of(const rapidjson::Value& value, const UntilAfter& until_after) {
  if (!value.IsObject()) return Error{"no object"};
  Silence silence;
  int ends = 0;
  for (const auto& member : value.GetObject()) {
    const std::string name = text_of(member.name);
    if (name == "matchers" && member.value.IsObject()) {
      Result<std::map<std::string, std::string>> matchers = matchers_of(member.value);
      if (!matchers) return matchers.error();
      silence.matchers = *std::move(matchers);
    } else if (name == "until") {
      const std::optional<TimeMs> until = time_of(member.value);
      if (!until) return Error{"`until` is neither milliseconds nor a time like `2024-05-01T12:00:00Z`"};
      silence.until = *until;
      ++ends;
    } else if (name == "for" && until_after) {
      const std::optional<TimeMs> until = member.value.IsString() ? until_after(text_of(member.value)) : std::nullopt;
      if (!until) return Error{"`for` is no duration like `2h`"};
      silence.until = *until;
      ++ends;
    } else if (name == "id" && member.value.IsString()) {
      silence.id = text_of(member.value);
    } else if (name == "comment" && member.value.IsString()) {
      silence.comment = text_of(member.value);
    } else {
      return Error{fmt::format("`{}` is not known, or has a wrong type", name)};
    }
  }
  if (ends == 0) return Error{"without `until`"};
  if (ends > 1) return Error{"its end is told twice"};
  if (silence.id.empty()) silence.id = made_silence_id(silence);
  return silence;
}

/// Without recursion: whoever reaches the port may send a text that nests as deep as it is long.
bool parse(rapidjson::Document& document, std::string_view json) {
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  document.Parse<kFlags>(json.data(), json.size());
  return !document.HasParseError();
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

Result<Silence> read_silence(std::string_view json, const UntilAfter& until_after) {
  rapidjson::Document document;
  if (!parse(document, json)) return Error{"no JSON in UTF-8"};
  return silence_of(document, until_after);
}

Result<std::vector<Silence>> read_silences(std::string_view json) {
  rapidjson::Document document;
  if (!parse(document, json) || !document.IsArray()) return Error{"no JSON list in UTF-8"};
  if (document.Size() > kMostSilences) return Error{fmt::format("more than {} silences", kMostSilences)};
  std::vector<Silence> silences;
  for (const rapidjson::Value& value : document.GetArray()) {
    Result<Silence> silence = silence_of(value, {});
    if (!silence) return Error{fmt::format("silence {}: {}", silences.size() + 1, silence.error().message)};
    silences.push_back(*std::move(silence));
  }
  return silences;
}

std::string silence_text(const Silence& silence) {
  JsonText json;
  json.begin_object().text("id", silence.id).name("matchers").begin_object();
  for (const auto& [name, value] : silence.matchers) json.text(name, value);
  json.end_object().text("until", iso_8601(silence.until)).text("comment", silence.comment).end_object();
  return json.take();
}

std::string silences_text(const std::vector<Silence>& silences) {
  std::string text = "[";
  for (const Silence& silence : silences) text += (text.size() > 1 ? ",\n " : "\n ") + silence_text(silence);
  return text + "\n]\n";
}

std::string made_silence_id(const Silence& silence) {
  KeyText key;
  for (const auto& [name, value] : silence.matchers) key.add(name).add(value);
  key.add(fmt::format_int(silence.until).str());
  return digest(key.text()).substr(0, 12);
}

}    // namespace cepheid::alerts
