#include "runtime/codec/json_writer.hpp"

#include <array>
#include <charconv>

#include <rapidjson/writer.h>

#include "cepheid/decimal.hpp"

namespace cepheid::runtime {

namespace {

/// What RapidJSON's writer needs of a stream, over a string.
struct StringStream {
  using Ch = char;
  std::string& out;

  void Put(char c) { out.push_back(c); }
  void Flush() {}
};

template <typename Number>
void append_number(std::string& out, Number value) {
  std::array<char, 32> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), error == std::errc() ? end : digits.data());
}

void append_name(std::string& out, std::string_view name) {
  append_json_text(out, name);
  out.push_back(':');
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  StringStream stream{out};
  rapidjson::Writer<StringStream> writer(stream);
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void append_json(std::string& out, const nfa::Datum& datum, const Type& type) {
  if (datum.null) {
    out.append("null");
    return;
  }
  switch (type.kind) {
    case TypeKind::null_: out.append("null"); break;
    case TypeKind::bool_: out.append(datum.boolean ? "true" : "false"); break;
    case TypeKind::int_:
    case TypeKind::timestamp: append_number(out, datum.integer); break;
    case TypeKind::double_: append_number(out, datum.number); break;
    case TypeKind::decimal: append_decimal(out, Decimal{datum.units}, type.scale); break;
    case TypeKind::string: append_json_text(out, datum.text->view()); break;
    case TypeKind::list:
      out.push_back('[');
      for (std::size_t i = 0; i < datum.composite->size; ++i) {
        if (i != 0) out.push_back(',');
        append_json(out, datum.composite->items[i], *type.element);
      }
      out.push_back(']');
      break;
    case TypeKind::object:
      out.push_back('{');
      for (std::size_t i = 0; i < datum.composite->size; ++i) {
        if (i != 0) out.push_back(',');
        append_name(out, (*type.fields)[i].name);
        append_json(out, datum.composite->items[i], (*type.fields)[i].type);
      }
      out.push_back('}');
      break;
  }
}

JsonRowWriter::JsonRowWriter(std::shared_ptr<const nfa::RowLayout> layout)
    : layout_(std::move(layout)), root_(make_field_tree(layout_->schema())) {}

JsonRowWriter::JsonRowWriter(std::shared_ptr<const nfa::RowLayout> layout, const std::vector<std::uint32_t>& fields)
    : layout_(std::move(layout)), root_(make_field_tree(layout_->schema(), fields)) {}

void JsonRowWriter::append(std::string& out, nfa::Row row) const { append_members(out, row, root_); }

void JsonRowWriter::append_members(std::string& out, nfa::Row row, const FieldNode& object) const {
  out.push_back('{');
  bool first = true;
  for (const FieldNode& member : object.members) {
    if (!first) out.push_back(',');
    first = false;
    append_name(out, member.name);
    if (member.field) {
      append_json(out, nfa::read_field(row, layout_->slot(*member.field)),
                  layout_->schema().fields()[*member.field].type);
    } else if (member.presence && nfa::read_field(row, layout_->slot(*member.presence)).null) {
      out.append("null");
    } else {
      append_members(out, row, member);
    }
  }
  out.push_back('}');
}

}  // namespace cepheid::runtime
