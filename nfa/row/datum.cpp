#include "nfa/row/datum.hpp"

#include <cmath>
#include <new>
#include <type_traits>

#include "nfa/row/decimal_math.hpp"
#include "nfa/row/deep_copy.hpp"

namespace cepheid::nfa {
namespace {

constexpr std::size_t round_up(std::size_t size) {
  return (size + 15) & ~std::size_t{15};
}

char* take(char*& to, std::size_t size) {
  char* piece = to;
  to += round_up(size);
  return piece;
}

}    // namespace

std::size_t deep_size(const Datum& datum, const Type& type) {
  if (datum.null || !is_deep(type.kind)) return 0;
  if (type.kind == TypeKind::string) return round_up(sizeof(Text) + datum.text->size);
  const Composite& from = *datum.composite;
  std::size_t size = round_up(sizeof(Composite)) + round_up(from.size * sizeof(Datum));
  for (std::size_t i = 0; i < from.size; ++i) size += deep_size(from.items[i], item_type(type, i));
  return size;
}

Datum deep_copy(const Datum& datum, const Type& type, char*& to) {
  if (datum.null || !is_deep(type.kind)) return datum;
  if (type.kind == TypeKind::string) {
    auto* text = reinterpret_cast<Text*>(take(to, sizeof(Text) + datum.text->size));
    text->size = datum.text->size;
    std::memcpy(text->bytes, datum.text->bytes, datum.text->size);
    return Datum::of_text(text);
  }
  const Composite& from = *datum.composite;
  auto* copy = new (take(to, sizeof(Composite))) Composite{from.size, nullptr};
  auto* items = reinterpret_cast<Datum*>(take(to, from.size * sizeof(Datum)));
  copy->items = items;
  for (std::size_t i = 0; i < from.size; ++i) {
    new (items + i) Datum(deep_copy(from.items[i], item_type(type, i), to));
  }
  return Datum::of_composite(copy);
}

Datum copy_datum(const Datum& datum, const Type& type, Arena& arena) {
  const std::size_t size = deep_size(datum, type);
  if (size == 0) return datum;
  auto* to = static_cast<char*>(arena.allocate(size));
  return deep_copy(datum, type, to);
}

bool same_value(const Datum& a, const Datum& b, const Type& type) {
  if (a.null || b.null) return a.null == b.null;
  switch (type.kind) {
    case TypeKind::null_: return true;
    case TypeKind::bool_: return a.boolean == b.boolean;
    case TypeKind::int_:
    case TypeKind::timestamp: return a.integer == b.integer;
    case TypeKind::double_: return a.number == b.number || (std::isnan(a.number) && std::isnan(b.number));
    case TypeKind::decimal: return a.units == b.units;
    case TypeKind::string: return a.text->view() == b.text->view();
    case TypeKind::list:
    case TypeKind::object:
    case TypeKind::map:
      if (a.composite->size != b.composite->size) return false;
      for (std::size_t i = 0; i < a.composite->size; ++i) {
        if (!same_value(a.composite->items[i], b.composite->items[i], item_type(type, i))) return false;
      }
      return true;
  }
  return false;
}

Value to_value(const Datum& datum, const Type& type) {
  if (datum.null) return {};
  switch (type.kind) {
    case TypeKind::null_: return {};
    case TypeKind::bool_: return {datum.boolean};
    case TypeKind::int_: return {datum.integer};
    case TypeKind::double_: return {datum.number};
    case TypeKind::decimal: return {DecimalValue{.decimal = {datum.units}, .scale = type.scale}};
    case TypeKind::string: return {std::string(datum.text->view())};
    case TypeKind::timestamp: return {Timestamp{datum.integer}};
    case TypeKind::list: {
      ValueList list;
      for (std::size_t i = 0; i < datum.composite->size; ++i) {
        list.push_back(to_value(datum.composite->items[i], *type.element));
      }
      return {std::move(list)};
    }
    case TypeKind::object: {
      ValueObject object;
      for (std::size_t i = 0; i < datum.composite->size; ++i) {
        const ObjectField& field = (*type.fields)[i];
        object.emplace_back(field.name, to_value(datum.composite->items[i], field.type));
      }
      return {std::move(object)};
    }
    case TypeKind::map: {
      ValueObject object;
      for (std::size_t i = 0; i + 1 < datum.composite->size; i += 2) {
        object.emplace_back(std::string(datum.composite->items[i].text->view()),
                            to_value(datum.composite->items[i + 1], *type.element));
      }
      return {std::move(object)};
    }
  }
  return {};
}

namespace {

Datum composite_of(std::size_t size, Arena& arena, auto item) {
  auto* items = static_cast<Datum*>(arena.allocate(size * sizeof(Datum)));
  for (std::size_t i = 0; i < size; ++i) new (items + i) Datum(item(i));
  return Datum::of_composite(new (arena.allocate(sizeof(Composite))) Composite{size, items});
}

}    // namespace

Datum from_value(const Value& value, const Type& type, Arena& arena) {
  return std::visit(
      [&](const auto& held) -> Datum {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, bool>) {
          if (type.kind == TypeKind::bool_) return Datum::of_bool(held);
        } else if constexpr (std::is_same_v<Held, std::int64_t>) {
          if (type.kind == TypeKind::int_ || type.kind == TypeKind::timestamp) return Datum::of_int(held);
          if (type.kind == TypeKind::double_) return Datum::of_double(static_cast<double>(held));
          if (type.kind == TypeKind::decimal) {
            if (const auto units = rescale(held, 0, type.scale)) return Datum::of_decimal(*units);
          }
        } else if constexpr (std::is_same_v<Held, double>) {
          if (type.kind == TypeKind::double_) return Datum::of_double(held);
        } else if constexpr (std::is_same_v<Held, DecimalValue>) {
          if (type.kind == TypeKind::double_)
            return Datum::of_double(decimal_to_double(held.decimal.units, held.scale));
          if (type.kind == TypeKind::decimal) {
            if (const auto units = rescale(held.decimal.units, held.scale, type.scale)) {
              return Datum::of_decimal(*units);
            }
          }
        } else if constexpr (std::is_same_v<Held, std::string>) {
          if (type.kind == TypeKind::string) return Datum::of_text(arena.copy_text(held));
        } else if constexpr (std::is_same_v<Held, Timestamp>) {
          if (type.kind == TypeKind::timestamp) return Datum::of_int(held.ms);
        } else if constexpr (std::is_same_v<Held, ValueList>) {
          if (type.kind == TypeKind::list) {
            return composite_of(held.size(), arena,
                                [&](std::size_t i) { return from_value(held[i], *type.element, arena); });
          }
        } else if constexpr (std::is_same_v<Held, ValueObject>) {
          if (type.kind == TypeKind::object && held.size() == type.fields->size()) {
            return composite_of(held.size(), arena, [&](std::size_t i) {
              return from_value(held[i].second, (*type.fields)[i].type, arena);
            });
          }
          if (type.kind == TypeKind::map) {
            return composite_of(2 * held.size(), arena, [&](std::size_t i) {
              const auto& [name, item] = held[i / 2];
              return i % 2 == 0 ? Datum::of_text(arena.copy_text(name)) : from_value(item, *type.element, arena);
            });
          }
        }
        return {};
      },
      value.state);
}

}    // namespace cepheid::nfa
