#include "nfa/expr/to_text.hpp"

#include <charconv>
#include <string>

#include "cepheid/decimal.hpp"
#include "cepheid/value_view.hpp"
#include "nfa/expr/time_functions.hpp"
#include "nfa/row/deep_copy.hpp"
#include "nfa/row/number_text.hpp"

namespace cepheid::nfa {
namespace {

// Enough for a number or a time of any kind.
constexpr std::size_t kScalarRoom = 64;

char* write_decimal(Int128 units, int scale, char* to) {
  std::string text;
  append_decimal(text, {units}, scale);
  return to + text.copy(to, text.size());
}

/// Writes a value that is neither text nor composite.
char* write_scalar(const Datum& datum, const Type& type, char* to) {
  switch (type.kind) {
    case TypeKind::bool_: {
      const std::string_view word = datum.boolean ? "true" : "false";
      return to + word.copy(to, word.size());
    }
    case TypeKind::int_: return std::to_chars(to, to + kScalarRoom, datum.integer).ptr;
    case TypeKind::double_: return write_double(datum.number, to);
    case TypeKind::decimal: return write_decimal(datum.units, type.scale, to);
    case TypeKind::timestamp: return write_timestamp(datum.integer, to);
    default: return to;
  }
}

void append_quoted(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json(std::string& out, const Datum& datum, const Type& type) {
  if (datum.null) {
    out += "null";
  } else if (type.kind == TypeKind::string) {
    append_quoted(out, datum.text->view());
  } else if (type.kind == TypeKind::map) {
    out += '{';
    for (std::size_t i = 0; i + 1 < datum.composite->size; i += 2) {
      if (i > 0) out += ',';
      append_quoted(out, datum.composite->items[i].text->view());
      out += ':';
      append_json(out, datum.composite->items[i + 1], *type.element);
    }
    out += '}';
  } else if (type.kind == TypeKind::list || type.kind == TypeKind::object) {
    const bool list = type.kind == TypeKind::list;
    out += list ? '[' : '{';
    for (std::size_t i = 0; i < datum.composite->size; ++i) {
      if (i > 0) out += ',';
      if (!list) {
        append_quoted(out, (*type.fields)[i].name);
        out += ':';
      }
      append_json(out, datum.composite->items[i], item_type(type, i));
    }
    out += list ? ']' : '}';
  } else {
    char buffer[kScalarRoom];
    const std::string_view text(buffer, static_cast<std::size_t>(write_scalar(datum, type, buffer) - buffer));
    if (type.kind == TypeKind::timestamp) {
      append_quoted(out, text);
    } else {
      out += text;
    }
  }
}

}    // namespace

const Text* to_text(const Datum& datum, const Type& type, Arena& arena) {
  if (type.kind == TypeKind::string) return datum.text;
  if (is_deep(type.kind)) {
    std::string json;
    append_json(json, datum, type);
    return arena.copy_text(json);
  }
  Text* text = arena.make_text(kScalarRoom);
  text->size = static_cast<std::size_t>(write_scalar(datum, type, text->bytes) - text->bytes);
  return text;
}

}    // namespace cepheid::nfa

namespace cepheid::inline v0 {

std::string to_string(const ValueView& value) {
  if (value.is_null()) return "null";
  if (value.type().kind == TypeKind::string) return std::string(value.as_text());
  nfa::Arena arena;
  return std::string(nfa::to_text(nfa::datum_of(value), value.type(), arena)->view());
}

}    // namespace cepheid::inline v0
