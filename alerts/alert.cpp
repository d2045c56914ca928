#include "alerts/alert.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <rapidjson/document.h>

#include "alerts/text/digest.hpp"
#include "alerts/text/json_text.hpp"
#include "alerts/text/utf8.hpp"

namespace cepheid::alerts {

namespace {

constexpr std::size_t kTitlesInBody = 20;

std::string made_id(const Alert& alert) {
  KeyText key;
  key.add(alert.name).add(alert.severity).add(fmt::format_int(alert.time).str()).add(alert.resolve ? "1" : "0");
  for (const std::string& value : alert.dedupe_values) key.add(value);
  key.add(alert.row);
  return digest(key.text());
}

std::string text_member(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  if (found == object.MemberEnd() || !found->value.IsString()) return {};
  return {found->value.GetString(), found->value.GetStringLength()};
}

std::vector<std::string> text_list(const rapidjson::Value& object, const char* name) {
  std::vector<std::string> texts;
  const auto found = object.FindMember(name);
  if (found == object.MemberEnd() || !found->value.IsArray()) return texts;
  for (const rapidjson::Value& value : found->value.GetArray()) {
    if (value.IsString()) texts.emplace_back(value.GetString(), value.GetStringLength());
  }
  return texts;
}

/// The text of the member `row`, the last one of what append_json() wrote: taken as it is, so that no number is
/// rounded.
std::string_view row_text(std::string_view json) {
  static constexpr std::string_view kName = "\"row\":";
  int depth = 0;
  bool in_text = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (in_text) {
      if (c == '\\') ++at;
      in_text = c != '"';
    } else if (c == '"') {
      if (depth == 1 && json.substr(at).starts_with(kName)) {
        const std::string_view rest = json.substr(at + kName.size());
        return rest.substr(0, rest.rfind('}'));
      }
      in_text = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return "{}";
}

}    // namespace

Message make_message(std::vector<Alert> alerts) {
  Message message;
  if (alerts.size() == 1) {
    message.id = alerts.front().id;
  } else {
    KeyText key;
    for (const Alert& alert : alerts) key.add(alert.id);
    message.id = digest(key.text());
  }
  message.alerts = std::move(alerts);
  return message;
}

std::string title_of(const Alert& alert) {
  std::string title = alert.title.empty() ? fmt::format("{} ({})", alert.name, alert.severity) : alert.title;
  return alert.resolve ? "Resolved: " + title : title;
}

std::string title_of(const Message& message) {
  if (message.alerts.size() == 1) return title_of(message.alerts.front());
  return fmt::format("{} alerts: {}", message.alerts.size(), title_of(message.alerts.front()));
}

std::string body_of(const Message& message) {
  if (message.alerts.size() == 1) return message.alerts.front().body;
  std::string body;
  const std::size_t shown = std::min(message.alerts.size(), kTitlesInBody);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) body += '\n';
    body += title_of(message.alerts[i]);
  }
  if (shown < message.alerts.size()) body += fmt::format("\nand {} more", message.alerts.size() - shown);
  return body;
}

int urgency(std::string_view severity) {
  if (severity == "critical") return 3;
  if (severity == "high" || severity == "error" || severity == "major") return 2;
  if (severity == "warning" || severity == "medium" || severity == "minor") return 1;
  return 0;
}

const std::string& severity_of(const Message& message) {
  const auto most = std::max_element(message.alerts.begin(), message.alerts.end(), [](const Alert& a, const Alert& b) {
    return urgency(a.severity) < urgency(b.severity);
  });
  return most->severity;
}

void append_json(std::string& out, const Alert& alert) {
  JsonText json;
  json.begin_object();
  json.text("id", alert.id).text("alert", alert.name).text("severity", alert.severity);
  json.text("status", alert.resolve ? "resolved" : "raised");
  json.text("title", alert.title).text("body", alert.body).number("time", alert.time).text("incident", alert.incident);
  json.texts("dedupe", alert.dedupe_values).texts("group", alert.group_values).object("values", alert.values);
  json.name("row").json(alert.row).end_object();
  out += json.str();
}

Result<Alert> read_alert(std::string_view json) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseNumbersAsStringsFlag>(json.data(), json.size());
  if (document.HasParseError() || !document.IsObject()) return Error{"not an alert: no JSON object"};
  Alert alert;
  alert.id = text_member(document, "id");
  alert.name = text_member(document, "alert");
  if (alert.id.empty() || alert.name.empty()) return Error{"not an alert: without `id` or `alert`"};
  alert.severity = text_member(document, "severity");
  alert.resolve = text_member(document, "status") == "resolved";
  alert.title = text_member(document, "title");
  alert.body = text_member(document, "body");
  alert.time = std::strtoll(text_member(document, "time").c_str(), nullptr, 10);
  alert.incident = text_member(document, "incident");
  alert.dedupe_values = text_list(document, "dedupe");
  alert.group_values = text_list(document, "group");
  if (const auto values = document.FindMember("values"); values != document.MemberEnd() && values->value.IsObject()) {
    for (const auto& member : values->value.GetObject()) {
      if (!member.value.IsString()) continue;
      alert.values.emplace_back(std::string(member.name.GetString(), member.name.GetStringLength()),
                                std::string(member.value.GetString(), member.value.GetStringLength()));
    }
  }
  alert.row = row_text(json);
  return alert;
}

void complete(Alert& alert) {
  for (std::string* text : {&alert.id, &alert.name, &alert.severity, &alert.title, &alert.body}) repair_utf8(*text);
  for (std::string& value : alert.dedupe_values) repair_utf8(value);
  for (std::string& value : alert.group_values) repair_utf8(value);
  for (auto& [key, value] : alert.values) {
    repair_utf8(key);
    repair_utf8(value);
  }
  if (!is_json(alert.row)) {
    repair_utf8(alert.row);
    alert.row = JsonText().text(alert.row).take();
  }
  // In valid JSON a line end can only be white space between values.
  std::replace_if(
      alert.row.begin(), alert.row.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  if (alert.id.empty()) alert.id = made_id(alert);
}

}    // namespace cepheid::alerts
