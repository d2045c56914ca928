#include "alerts/channels/slack_message.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "alerts/text/json_text.hpp"
#include "alerts/text/time_text.hpp"
#include "alerts/text/utf8.hpp"

namespace cepheid::alerts {

namespace {

// Slack's limits (reference of Block Kit), in characters: bytes of UTF-8 are never fewer.
constexpr std::size_t kHeader = 150;
constexpr std::size_t kText = 3000;
constexpr std::size_t kField = 2000;
constexpr std::size_t kFields = 10;

/// Escaped text of at most `most` bytes; an escape is not cut.
std::string escaped(std::string_view text, std::size_t most) {
  std::string out;
  for (const char c : shortened(text, most)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
  return out.size() <= most ? out : escaped(text, most - std::min(most, (out.size() - most) / 4 + 4));
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

void text_object(JsonText& json, std::string_view type, std::string_view text) {
  json.begin_object().text("type", type).text("text", text).end_object();
}

void section(JsonText& json, std::string_view text) {
  json.begin_object().text("type", "section").name("text");
  text_object(json, "mrkdwn", text);
  json.end_object();
}

void fields(JsonText& json, const Alert& alert) {
  json.begin_object().text("type", "section").name("fields").begin_list();
  const std::size_t shown = std::min(alert.values.size(), kFields);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& [name, value] = alert.values[i];
    text_object(json, "mrkdwn", fmt::format("*{}*\n{}", escaped(name, kField / 4), escaped(value, kField / 2)));
  }
  json.end_list().end_object();
}

}    // namespace

std::string slack_message(const Message& message) {
  const Alert& first = message.alerts.front();
  const std::string title = one_line(title_of(message));
  const std::string body = body_of(message);
  JsonText json;
  json.begin_object().text("text", escaped(title, kText));
  json.name("blocks").begin_list();
  json.begin_object().text("type", "header").name("text");
  text_object(json, "plain_text", escaped(title, kHeader));
  json.end_object();
  if (!body.empty()) section(json, escaped(body, kText));
  if (message.alerts.size() == 1 && !first.values.empty()) fields(json, first);
  json.begin_object().text("type", "context").name("elements").begin_list();
  text_object(json, "mrkdwn",
              fmt::format("*{}* {} {} {}", escaped(severity_of(message), kField / 8), escaped(first.name, kField / 8),
                          iso_8601(first.time), escaped(message.id, kField / 8)));
  json.end_list().end_object();
  json.end_list().end_object();
  return json.take();
}

}    // namespace cepheid::alerts
