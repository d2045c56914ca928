#include "alerts/channels/body_template.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "alerts/text/json_text.hpp"
#include "alerts/text/time_text.hpp"

namespace cepheid::alerts {

namespace {

constexpr std::string_view kValues = "values.";

/// What a name stands for: as text, or as JSON.
struct Inserted {
  std::string text;
  bool is_json = false;
};

std::optional<Inserted> value_of(const Alert& alert, std::string_view key) {
  for (const auto& [name, value] : alert.values) {
    if (name == key) return Inserted{value};
  }
  return std::nullopt;
}

std::string json_list(const std::vector<Alert>& alerts) {
  std::string list = "[";
  for (const Alert& alert : alerts) {
    if (list.size() > 1) list += ',';
    append_json(list, alert);
  }
  return list + ']';
}

struct Name {
  std::string_view name;
  Inserted (*insert)(const Message& message);
};

constexpr std::array kNames = {
    Name{"id", [](const Message& m) { return Inserted{m.id}; }},
    Name{"title", [](const Message& m) { return Inserted{title_of(m)}; }},
    Name{"body", [](const Message& m) { return Inserted{body_of(m)}; }},
    Name{"severity", [](const Message& m) { return Inserted{severity_of(m)}; }},
    Name{"count",
         [](const Message& m) {
           return Inserted{fmt::format_int(m.alerts.size()).str(), true};
         }},
    Name{"alerts",
         [](const Message& m) {
           return Inserted{json_list(m.alerts), true};
         }},
    Name{"alert", [](const Message& m) { return Inserted{m.alerts.front().name}; }},
    Name{"status", [](const Message& m) { return Inserted{m.alerts.front().resolve ? "resolved" : "raised"}; }},
    Name{"time",
         [](const Message& m) {
           return Inserted{fmt::format_int(m.alerts.front().time).str(), true};
         }},
    Name{"time_iso", [](const Message& m) { return Inserted{iso_8601(m.alerts.front().time)}; }},
    Name{"incident", [](const Message& m) { return Inserted{m.alerts.front().incident}; }},
    Name{"row",
         [](const Message& m) {
           return Inserted{m.alerts.front().row, true};
         }},
    Name{"values",
         [](const Message& m) {
           JsonText json;
           json.begin_object();
           for (const auto& [name, value] : m.alerts.front().values) json.text(name, value);
           return Inserted{json.end_object().take(), true};
         }},
};

const Name* find_name(std::string_view name) {
  const auto found = std::find_if(kNames.begin(), kNames.end(), [&](const Name& each) { return each.name == name; });
  return found == kNames.end() ? nullptr : &*found;
}

/// Whether `literal`, which begins inside of a JSON string or not, ends inside of one.
bool ends_in_string(std::string_view literal, bool in_string) {
  for (std::size_t at = 0; at < literal.size(); ++at) {
    if (in_string && literal[at] == '\\') {
      ++at;
    } else if (literal[at] == '"') {
      in_string = !in_string;
    }
  }
  return in_string;
}

}    // namespace

Result<BodyTemplate> BodyTemplate::parse(std::string_view text) {
  BodyTemplate parsed;
  Piece piece;
  bool in_string = false;
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find("${"), text.size());
    if (begin > 0 && begin < text.size() && text[begin - 1] == '$') {    // `$${`
      piece.literal.append(text.substr(0, begin - 1)).append("${");
      text.remove_prefix(begin + 2);
      continue;
    }
    piece.literal += text.substr(0, begin);
    text.remove_prefix(begin);
    if (text.empty()) break;
    const std::size_t end = text.find('}');
    if (end == std::string_view::npos) return Error{"`${` without `}` in the body"};
    piece.name = text.substr(2, end - 2);
    text.remove_prefix(end + 1);
    if (find_name(piece.name) == nullptr && !piece.name.starts_with(kValues)) {
      return Error{fmt::format("`${{{}}}` in the body is not known", piece.name)};
    }
    in_string = ends_in_string(piece.literal, in_string);
    piece.in_string = in_string;
    parsed.pieces_.push_back(std::move(piece));
    piece = Piece{};
  }
  parsed.pieces_.push_back(std::move(piece));

  Alert example;
  example.id = "id";
  if (!is_json(parsed.render(make_message({example})))) return Error{"the body is no JSON"};
  return parsed;
}

std::string BodyTemplate::render(const Message& message) const {
  std::string body;
  for (const Piece& piece : pieces_) {
    body += piece.literal;
    if (piece.name.empty()) continue;
    const Name* known = find_name(piece.name);
    const std::optional<Inserted> inserted =
        known != nullptr ? known->insert(message)
                         : value_of(message.alerts.front(), std::string_view(piece.name).substr(kValues.size()));
    if (piece.in_string) {
      if (inserted) append_json_escaped(body, inserted->text);
    } else if (!inserted) {
      body += "null";
    } else {
      body += inserted->is_json ? inserted->text : JsonText().text(inserted->text).take();
    }
  }
  return body;
}

}    // namespace cepheid::alerts
