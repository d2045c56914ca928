#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cepheid/export.hpp"
#include "cepheid/type.hpp"

namespace cepheid::inline v0 {

/// A field of a stream's rows. `name` may be a dotted path (`location.latitude`): such fields are read from and written
/// to nested JSON objects, but each is one value in the row.
struct Field {
  std::string name;
  Type type;
  /// Not a field that anyone names: a bool, true where the JSON object at path `name` is there and no null. Made for
  /// paths that are only the beginning of declared ones (`data` beside `data.amount`); left out when a row is written.
  bool presence = false;
};

/// The fields of a stream's rows, in order. Immutable once made.
class Schema {
 public:
  Schema() = default;
  explicit Schema(std::vector<Field> fields) : fields_(std::move(fields)) {}

  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
  [[nodiscard]] std::size_t size() const { return fields_.size(); }
  /// Position of the field of that name, no presence field. Linear: for the time when rules are loaded.
  [[nodiscard]] CEPHEID_API std::optional<std::uint32_t> find(std::string_view name) const;
  /// Position of the presence field of that path.
  [[nodiscard]] CEPHEID_API std::optional<std::uint32_t> find_presence(std::string_view path) const;

 private:
  std::vector<Field> fields_;
};

}    // namespace cepheid::inline v0
