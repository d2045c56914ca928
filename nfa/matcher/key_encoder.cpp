// Each value: a byte that tells null (0) from a value (1); text as its size and bytes, decimals as 16 bytes, all else
// as 8.

#include "nfa/matcher/key_encoder.hpp"

#include <bit>
#include <cmath>
#include <cstring>

namespace cepheid::nfa {

// Keys are saved as they are.
static_assert(std::endian::native == std::endian::little);

KeyEncoder::KeyEncoder(const std::vector<TypedExpr>& key, const RowLayout& layout) {
  for (const TypedExpr& expression : key) {
    programs_.push_back(compile_expression(expression, {.row = &layout, .taken = nullptr, .sides = {}}));
  }
}

void KeyEncoder::encode(Row row, TimeMs time_ms, EvalScratch& scratch, std::string& bytes) const {
  bytes.clear();
  for (const ExprProgram& program : programs_) {
    Datum datum =
        program.evaluate({.row = row, .time_ms = time_ms, .taken = nullptr, .sides = {}, .items = {}}, scratch);
    bytes.push_back(datum.null ? '\0' : '\1');
    if (datum.null) continue;
    switch (program.type().kind) {
      case TypeKind::string: {
        const std::uint64_t size = datum.text->size;
        bytes.append(reinterpret_cast<const char*>(&size), sizeof(size));
        bytes.append(datum.text->view());
        break;
      }
      case TypeKind::decimal: bytes.append(reinterpret_cast<const char*>(&datum.units), sizeof(datum.units)); break;
      case TypeKind::bool_: {
        const std::uint64_t word = datum.boolean ? 1 : 0;
        bytes.append(reinterpret_cast<const char*>(&word), sizeof(word));
        break;
      }
      case TypeKind::double_:
        if (datum.number == 0) datum.number = 0;    // -0.0 and 0.0 are one key
        [[fallthrough]];
      default: bytes.append(reinterpret_cast<const char*>(&datum.integer), sizeof(datum.integer)); break;
    }
  }
}

void KeyEncoder::decode(std::string_view bytes, Arena& arena, std::vector<Datum>& values) const {
  values.clear();
  std::size_t at = 0;
  const auto read = [&](auto& into) {
    std::memcpy(&into, bytes.data() + at, sizeof(into));
    at += sizeof(into);
  };
  for (const ExprProgram& program : programs_) {
    Datum datum;
    datum.null = bytes[at++] == '\0';
    if (!datum.null) {
      switch (program.type().kind) {
        case TypeKind::string: {
          std::uint64_t size = 0;
          read(size);
          datum.text = arena.copy_text(bytes.substr(at, size));
          at += size;
          break;
        }
        case TypeKind::decimal: read(datum.units); break;
        case TypeKind::bool_: {
          std::uint64_t word = 0;
          read(word);
          datum.boolean = word != 0;
          break;
        }
        default: read(datum.integer); break;
      }
    }
    values.push_back(datum);
  }
}

bool KeyEncoder::fits(std::string_view bytes) const {
  const auto skip = [&bytes](std::uint64_t size) {
    if (bytes.size() < size) return false;
    bytes.remove_prefix(size);
    return true;
  };
  for (const ExprProgram& program : programs_) {
    if (bytes.empty() || static_cast<unsigned char>(bytes[0]) > 1) return false;
    const bool null = bytes[0] == '\0';
    bytes.remove_prefix(1);
    if (null) continue;
    const bool wide = program.type().kind == TypeKind::decimal;
    std::uint64_t word = 0;
    if (bytes.size() >= sizeof(word)) std::memcpy(&word, bytes.data(), sizeof(word));
    if (!skip(wide ? sizeof(Int128) : sizeof(word))) return false;
    if (program.type().kind == TypeKind::string && !skip(word)) return false;
  }
  return bytes.empty();
}

}    // namespace cepheid::nfa
