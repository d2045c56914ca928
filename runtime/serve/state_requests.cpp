#include "runtime/serve/state_requests.hpp"

#include <charconv>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "runtime/codec/json_writer.hpp"

namespace cepheid::runtime {

namespace {

constexpr std::string_view kKeyPrefix = "key.";
constexpr std::string_view kHexDigits = "0123456789abcdef";

std::string to_hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text.push_back(kHexDigits[static_cast<unsigned char>(byte) >> 4]);
    text.push_back(kHexDigits[static_cast<unsigned char>(byte) & 15]);
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::size_t high = kHexDigits.find(text[i]);
    const std::size_t low = kHexDigits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

/// What a request asks for.
struct Question {
  std::vector<StateKeyPart> parts;
  std::size_t limit = kStatePageKeys;
  std::optional<std::string> after;
};

Result<void> set_limit(Question& question, const std::optional<std::string>& value) {
  const std::string_view text = value ? std::string_view(*value) : std::string_view();
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc() || end != text.data() + text.size() || limit < 1 || limit > kMaxStatePageKeys) {
    return Error{fmt::format("`limit` is a number of keys from 1 to {}", kMaxStatePageKeys)};
  }
  question.limit = limit;
  return {};
}

Result<Question> read_question(const std::vector<QueryParameter>& query) {
  Question question;
  for (const QueryParameter& parameter : query) {
    if (parameter.name == "limit") {
      CEPHEID_TRY(set_limit(question, parameter.value));
    } else if (parameter.name == "after") {
      question.after = from_hex(parameter.value.value_or(""));
      if (!question.after) return Error{"`after` is none of the cursors that this server gives"};
    } else {
      std::string_view field = parameter.name;
      if (field.starts_with(kKeyPrefix)) field.remove_prefix(kKeyPrefix.size());
      question.parts.push_back({.field = std::string(field), .value = parameter.value});
    }
  }
  return question;
}

/// Each line an element of a list.
std::string as_list(const std::string& lines) {
  std::string list = "[";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool last = i + 1 == lines.size();
    list.push_back(lines[i] != '\n' ? lines[i] : last ? ']' : ',');    // within a line there is none
  }
  if (lines.empty()) list.push_back(']');
  list.push_back('\n');
  return list;
}

bool wants_list(std::string_view accept) {
  return accept.find("application/json") != std::string_view::npos && accept.find("ndjson") == std::string_view::npos &&
         accept.find("jsonl") == std::string_view::npos;
}

}    // namespace

HttpResponse list_states(StateReader& states) {
  HttpResponse response{.body = "["};
  for (std::size_t state = 0; state < states.size(); ++state) {
    const StateShape& shape = states.shape(state);
    response.body += state == 0 ? "{\"name\":" : ",{\"name\":";
    append_json_text(response.body, shape.name);
    response.body += ",\"key\":[";
    for (std::size_t i = 0; i < shape.key.size(); ++i) {
      response.body += i == 0 ? "{\"field\":" : ",{\"field\":";
      append_json_text(response.body, shape.key[i].name);
      response.body += ",\"type\":";
      append_json_text(response.body, to_string(shape.key[i].type));
      response.body += "}";
    }
    response.body += fmt::format("],\"keys\":{}}}", states.count(state));
  }
  response.body += "]\n";
  return response;
}

HttpResponse answer_state(StateReader& states, std::string_view name, const HttpRequest& request) {
  const std::optional<std::size_t> state = states.find(name);
  if (!state) {
    return error_response(404, fmt::format("no table, aggregate or rank `{}`; `/state` lists those that are", name));
  }
  Result<Question> question = read_question(request.query);
  if (!question) return error_response(400, question.error().message);
  const Result<std::string> prefix = states.prefix_of(*state, question->parts);
  if (!prefix) return error_response(400, prefix.error().message);
  StatePage page = states.read(*state, *prefix, std::move(question->after), question->limit);
  HttpResponse response;
  if (page.next) response.headers.emplace_back(kNextHeader, to_hex(*page.next));
  if (wants_list(request.accept)) {
    response.body = as_list(page.lines);
  } else {
    response.content_type = "application/x-ndjson";
    response.body = std::move(page.lines);
  }
  return response;
}

}    // namespace cepheid::runtime
