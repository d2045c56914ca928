#include "runtime/codec/json_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include <rapidjson/writer.h>

#include "cepheid/decimal.hpp"
#include "runtime/codec/field_tree.hpp"

namespace cepheid::runtime {

namespace {

/// What RapidJSON's writer needs of a stream, over a string.
struct StringStream {
  using Ch = char;
  std::string& out;

  // NOLINTBEGIN(readability-identifier-naming): the names that RapidJSON calls
  void Put(char c) { out.push_back(c); }
  void Flush() {}
  // NOLINTEND(readability-identifier-naming)
};

template <typename Number>
void append_number(std::string& out, Number value) {
  std::array<char, 32> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), error == std::errc() ? end : digits.data());
}

/// Is there nothing to escape: neither a quote, a backslash nor a control character? Eight bytes at a time.
bool is_plain(std::string_view text) {
  constexpr std::uint64_t kOnes = ~std::uint64_t{0} / 255;
  constexpr std::uint64_t kHighs = kOnes * 0x80;
  // A high bit at each byte that is zero; beyond the first such byte it may be wrong, but never where there is none.
  const auto zeros = [](std::uint64_t word) { return (word - kOnes) & ~word & kHighs; };
  const char* next = text.data();
  std::size_t left = text.size();
  while (left > 0) {
    std::uint64_t word = kOnes * ' ';
    const std::size_t size = std::min(left, sizeof(word));
    std::memcpy(&word, next, size);
    const std::uint64_t controls = (word - kOnes * ' ') & ~word & kHighs;
    if ((controls | zeros(word ^ (kOnes * '"')) | zeros(word ^ (kOnes * '\\'))) != 0) return false;
    next += size;
    left -= size;
  }
  return true;
}

void append_name(std::string& out, std::string_view name) {
  append_json_text(out, name);
  out.push_back(':');
}

}    // namespace

void append_json_text(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    out.push_back('"');
    out.append(text);
    out.push_back('"');
    return;
  }
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
    case TypeKind::map:
      out.push_back('{');
      for (std::size_t i = 0; i + 1 < datum.composite->size; i += 2) {
        if (i != 0) out.push_back(',');
        append_name(out, datum.composite->items[i].text->view());
        append_json(out, datum.composite->items[i + 1], *type.element);
      }
      out.push_back('}');
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
    : layout_(std::move(layout)), members_(members_of(make_field_tree(layout_->schema()))) {}

JsonRowWriter::JsonRowWriter(std::shared_ptr<const nfa::RowLayout> layout, const std::vector<std::uint32_t>& fields)
    : layout_(std::move(layout)), members_(members_of(make_field_tree(layout_->schema(), fields))) {}

std::vector<JsonRowWriter::Member> JsonRowWriter::members_of(const FieldNode& object) const {
  std::vector<Member> members;
  for (const FieldNode& node : object.members) {
    Member& member = members.emplace_back();
    if (members.size() > 1) member.label = ",";
    append_name(member.label, node.name);
    if (node.field) {
      member.slot = layout_->slot(*node.field);
      member.type = layout_->schema().fields()[*node.field].type;
    } else {
      member.is_object = true;
      if (node.presence) member.presence = layout_->slot(*node.presence);
      member.members = members_of(node);
    }
  }
  return members;
}

void JsonRowWriter::append(std::string& out, nfa::Row row) const {
  append_members(out, row, members_);
}

void JsonRowWriter::append_members(std::string& out, nfa::Row row, const std::vector<Member>& members) {
  out.push_back('{');
  for (const Member& member : members) {
    out.append(member.label);
    if (!member.is_object) {
      append_json(out, nfa::read_field(row, member.slot), member.type);
    } else if (member.presence && nfa::read_field(row, *member.presence).null) {
      out.append("null");
    } else {
      append_members(out, row, member.members);
    }
  }
  out.push_back('}');
}

}    // namespace cepheid::runtime
