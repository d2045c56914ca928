#include "nfa/row/row_bytes.hpp"

#include <new>

#include "nfa/row/deep_copy.hpp"

namespace cepheid::nfa {
namespace {

/// What the field holds: a presence field is a bool whatever its type says.
Type type_of(const Field& field) {
  return field.presence ? Type::boolean() : field.type;
}

void write_value(ByteWriter& out, const Datum& datum, const Type& type) {
  switch (type.kind) {
    case TypeKind::null_: break;
    case TypeKind::bool_: out.boolean(datum.boolean); break;
    case TypeKind::int_:
    case TypeKind::timestamp: out.signed_varint(datum.integer); break;
    case TypeKind::double_: out.number(datum.number); break;
    case TypeKind::decimal: {
      __extension__ using UInt128 = unsigned __int128;
      const auto units = static_cast<UInt128>(datum.units);
      out.fixed64(static_cast<std::uint64_t>(units));
      out.fixed64(static_cast<std::uint64_t>(units >> 64));
      break;
    }
    case TypeKind::string: out.text(datum.text->view()); break;
    case TypeKind::list:
    case TypeKind::map: out.varint(datum.composite->size); [[fallthrough]];
    case TypeKind::object:
      for (std::size_t i = 0; i < datum.composite->size; ++i) {
        const Datum& item = datum.composite->items[i];
        out.boolean(!item.null);
        if (!item.null) write_value(out, item, item_type(type, i));
      }
      break;
  }
}

// Recursive as types are: these are bounded in depth, whatever the bytes say.
Datum read_value(ByteReader& in, const Type& type, Arena& arena) {
  switch (type.kind) {
    case TypeKind::null_: break;
    case TypeKind::bool_: return Datum::of_bool(in.boolean());
    case TypeKind::int_:
    case TypeKind::timestamp: return Datum::of_int(in.signed_varint());
    case TypeKind::double_: return Datum::of_double(in.number());
    case TypeKind::decimal: {
      __extension__ using UInt128 = unsigned __int128;
      const UInt128 low = in.fixed64();
      const UInt128 high = in.fixed64();
      return Datum::of_decimal(static_cast<Int128>(high << 64 | low));
    }
    case TypeKind::string: return Datum::of_text(arena.copy_text(in.text()));
    case TypeKind::list:
    case TypeKind::map:
    case TypeKind::object: {
      const std::size_t size = type.kind == TypeKind::object ? type.fields->size() : in.count(1);
      const bool is_map = type.kind == TypeKind::map;
      if (size > in.remaining() || (is_map && size % 2 != 0)) in.fail();
      if (!in.ok()) break;
      auto* items = static_cast<Datum*>(arena.allocate(size * sizeof(Datum)));
      for (std::size_t i = 0; i < size; ++i) {
        new (items + i) Datum(in.boolean() ? read_value(in, item_type(type, i), arena) : Datum{});
        if (is_map && i % 2 == 0 && items[i].null) in.fail();
        if (!in.ok()) return {};
      }
      return Datum::of_composite(new (arena.allocate(sizeof(Composite))) Composite{size, items});
    }
  }
  return {};
}

}    // namespace

void write_row(ByteWriter& out, const RowLayout& layout, Row row) {
  const std::vector<Field>& fields = layout.schema().fields();
  for (std::uint32_t first = 0; first < fields.size(); first += 8) {
    unsigned nulls = 0;
    for (std::uint32_t i = first; i < fields.size() && i < first + 8; ++i) {
      if (read_field(row, layout.slot(i)).null) nulls |= 1u << (i - first);
    }
    out.byte(static_cast<std::uint8_t>(nulls));
  }
  for (std::uint32_t i = 0; i < fields.size(); ++i) {
    const Datum datum = read_field(row, layout.slot(i));
    if (!datum.null) write_value(out, datum, type_of(fields[i]));
  }
}

void read_row(ByteReader& in, const RowLayout& layout, std::uint64_t* row, Arena& arena) {
  layout.clear(row);
  const std::vector<Field>& fields = layout.schema().fields();
  // The null bits are read a second time, field by field, while the values are.
  ByteReader nulls = in;
  for (std::uint32_t first = 0; first < fields.size(); first += 8) (void)in.byte();
  unsigned bits = 0;
  for (std::uint32_t i = 0; i < fields.size() && in.ok(); ++i) {
    bits = i % 8 == 0 ? nulls.byte() : bits >> 1;
    if ((bits & 1) == 0) layout.set(row, i, read_value(in, type_of(fields[i]), arena));
  }
}

}    // namespace cepheid::nfa
