#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cepheid::inline v0 {

/// The kinds of values of the rule language. `null_` is the type of a bare `null`, which fits every other. A `map` is
/// an object whose names are data: `histogram(x)`, `per(x, …)`.
enum class TypeKind : std::uint8_t { null_, bool_, int_, double_, decimal, string, timestamp, list, object, map };

struct ObjectField;

/// A type of the rule language. Cheap to copy; immutable in its parts.
struct Type {
  TypeKind kind = TypeKind::null_;
  /// Digits after the point, 0 to kMaxDecimalScale; for `decimal` only.
  std::uint8_t scale = 0;
  /// The type of a list's elements or a map's values; for these only, never null there.
  std::shared_ptr<const Type> element = nullptr;
  /// The fields in their order; for `object` only, never null there.
  std::shared_ptr<const std::vector<ObjectField>> fields = nullptr;

  [[nodiscard]] static Type null() { return {}; }
  [[nodiscard]] static Type boolean() { return {.kind = TypeKind::bool_}; }
  [[nodiscard]] static Type int64() { return {.kind = TypeKind::int_}; }
  [[nodiscard]] static Type float64() { return {.kind = TypeKind::double_}; }
  [[nodiscard]] static Type decimal(int scale) {
    return {.kind = TypeKind::decimal, .scale = static_cast<std::uint8_t>(scale)};
  }
  [[nodiscard]] static Type string() { return {.kind = TypeKind::string}; }
  [[nodiscard]] static Type timestamp() { return {.kind = TypeKind::timestamp}; }
  [[nodiscard]] static Type list_of(Type element);
  [[nodiscard]] static Type object_of(std::vector<ObjectField> fields);
  [[nodiscard]] static Type map_of(Type value);
};

struct ObjectField {
  std::string name;
  Type type;
};

/// Same type, down to the names of an object's fields.
[[nodiscard]] bool operator==(const Type& a, const Type& b);

/// As it is written in a rule file: `decimal(2)`, `list of int`, `{a: int, b: string}`; a map is
/// `map of int`.
[[nodiscard]] std::string to_string(const Type& type);

/// A decimal has at most so many digits after its point: 128 bits hold 38 digits in all.
inline constexpr int kMaxDecimalScale = 38;

}    // namespace cepheid::inline v0
