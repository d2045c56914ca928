#include "conformance/library_run.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <stdexcept>
#include <utility>

#include "cepheid/engine.hpp"
#include "nfa/row/datum.hpp"
#include "runtime/codec/json_writer.hpp"

namespace cepheid::conformance {
namespace {

/// The value at a dotted path, or null.
const JsonTree* find_path(const JsonTree& object, std::string_view path) {
  const std::size_t dot = path.find('.');
  const JsonTree* member = object.find(path.substr(0, dot));
  if (member == nullptr || dot == std::string_view::npos) return member;
  return find_path(*member, path.substr(dot + 1));
}

template <typename Number>
Number number_of(const std::string& text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void set_field(RowWriter& row, std::uint32_t field, const Type& type, const JsonTree& value) {
  switch (value.kind) {
    case JsonTree::Kind::null_: return;
    case JsonTree::Kind::bool_: row.set(field, value.text == "true"); return;
    case JsonTree::Kind::text: row.set(field, std::string_view(value.text)); return;
    case JsonTree::Kind::number:
      if (type.kind == TypeKind::double_) {
        row.set(field, number_of<double>(value.text));
      } else if (type.kind == TypeKind::decimal) {
        const std::optional<Decimal> decimal = parse_decimal(value.text, type.scale, false);
        row.set(field, DecimalValue{.decimal = decimal.value(), .scale = type.scale});
      } else {
        row.set(field, number_of<std::int64_t>(value.text));
      }
      return;
    default: throw std::invalid_argument("a list or object as a field's value");
  }
}

void add_row(RowBatch& batch, const JsonTree& event) {
  RowWriter row = batch.add();
  const std::vector<Field>& fields = batch.schema().fields();
  for (std::uint32_t i = 0; i < fields.size(); ++i) {
    if (fields[i].presence) continue;
    if (const JsonTree* value = find_path(event, fields[i].name)) set_field(row, i, fields[i].type, *value);
  }
}

void append(std::string& out, const ValueView& value) {
  runtime::append_json(out, nfa::datum_of(value), value.type());
}

void print(std::string& out, const Match& match) {
  out += R"({"pattern":)";
  runtime::append_json_text(out, match.pattern());
  out += R"(,"key":[)";
  for (std::size_t i = 0; i < match.key_size(); ++i) {
    if (i != 0) out += ',';
    append(out, match.key(i));
  }
  out += "],\"start\":" + std::to_string(match.start_ms()) + ",\"end\":" + std::to_string(match.end_ms()) +
         R"(,"match":{)";
  std::vector<std::string_view> steps;
  for (std::size_t i = 0; i < match.size(); ++i) {
    const std::string_view step = match.event(i).step;
    if (std::find(steps.begin(), steps.end(), step) == steps.end()) steps.push_back(step);
  }
  for (const std::string_view step : steps) {
    if (step != steps.front()) out += ',';
    runtime::append_json_text(out, step);
    out += ":[";
    bool first = true;
    for (const RowView row : match.events(step)) {
      if (!std::exchange(first, false)) out += ',';
      out += R"({"id":)";
      append(out, row["id"]);
      out += R"(,"ts":)";
      append(out, row["ts"]);
      out += '}';
    }
    out += ']';
  }
  out += '}';
  if (match.emit_size() != 0) {
    out += R"(,"emit":{)";
    for (std::size_t i = 0; i < match.emit_size(); ++i) {
      if (i != 0) out += ',';
      runtime::append_json_text(out, match.emit_name(i));
      out += ':';
      append(out, match.emit(i));
    }
    out += '}';
  }
  if (match.timed_out()) out += R"(,"timeout":true)";
  out += "}\n";
}

}    // namespace

std::string run_in_library(const Rules& rules, const JsonTree& events, std::optional<std::size_t> saved_at) {
  std::string out;
  const Handlers handlers{.on_match = [&out](const Match& match) { print(out, match); },
                          .on_timeout = [&out](const Match& match) { print(out, match); }};
  auto engine = std::make_unique<Engine>(rules, handlers);
  RowBatch batch(rules, StreamId{0});
  for (std::size_t i = 0; i < events.items.size(); ++i) {
    if (i == saved_at) {
      const std::string state = engine->save();
      engine = std::make_unique<Engine>(rules, handlers);
      if (const Result<void> loaded = engine->load(state); !loaded) return loaded.error().message;
      if (engine->save() != state) return "what was loaded is saved as other bytes";
    }
    batch.clear();
    add_row(batch, events.items[i]);
    engine->push(batch);
  }
  engine->finish();
  return out;
}

}    // namespace cepheid::conformance
