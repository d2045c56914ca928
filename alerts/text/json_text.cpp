#include "alerts/text/json_text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace cepheid::alerts {

void append_json_escaped(std::string& out, std::string_view text) {
  const auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F && c != '"' && c != '\\';
  };
  while (!text.empty()) {
    // Mostly there is nothing to escape.
    const auto plain = static_cast<std::size_t>(std::ranges::find_if_not(text, is_plain) - text.begin());
    out += text.substr(0, plain);
    if (plain == text.size()) return;
    switch (const char c = text[plain]) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    }
    text = text.substr(plain + 1);
  }
}

bool is_json(std::string_view text) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> input(stream);
  rapidjson::BaseReaderHandler<> nobody;
  rapidjson::Reader reader;
  constexpr unsigned kFlags = rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag;
  return static_cast<bool>(reader.Parse<kFlags>(input, nobody));
}

JsonText& JsonText::open(char bracket) {
  separate();
  out_ += bracket;
  comma_ = false;
  return *this;
}

JsonText& JsonText::close(char bracket) {
  out_ += bracket;
  comma_ = true;
  return *this;
}

void JsonText::separate() {
  if (comma_) out_ += ',';
  comma_ = true;
}

JsonText& JsonText::name(std::string_view name) {
  text(name);
  out_ += ':';
  comma_ = false;
  return *this;
}

JsonText& JsonText::text(std::string_view value) {
  separate();
  out_ += '"';
  append_json_escaped(out_, value);
  out_ += '"';
  return *this;
}

JsonText& JsonText::number(std::int64_t value) {
  separate();
  fmt::format_to(std::back_inserter(out_), "{}", value);
  return *this;
}

JsonText& JsonText::boolean(bool value) {
  return json(value ? "true" : "false");
}

JsonText& JsonText::json(std::string_view value) {
  separate();
  out_ += value;
  return *this;
}

JsonText& JsonText::texts(std::string_view member, const std::vector<std::string>& values) {
  name(member).begin_list();
  for (const std::string& value : values) text(value);
  return end_list();
}

JsonText& JsonText::object(std::string_view member, const std::vector<std::pair<std::string, std::string>>& values) {
  name(member).begin_object();
  for (const auto& [key, value] : values) text(key, value);
  return end_object();
}

}    // namespace cepheid::alerts
