#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cepheid/schema.hpp"

namespace cepheid::runtime {

/// The fields of a schema as the JSON object they are read from and written to: dotted names are nested objects.
/// Members stand in the order in which the schema first names them.
struct FieldNode {
  std::string name;                         // the last part of the path; empty for the root
  std::optional<std::uint32_t> field;       // of a leaf
  std::optional<std::uint32_t> presence;    // of an object: its presence field, if the schema has one
  std::vector<FieldNode> members;           // of an object
};

/// The tree of `fields` (positions in `schema`), or of all.
[[nodiscard]] FieldNode make_field_tree(const Schema& schema, const std::vector<std::uint32_t>& fields);
[[nodiscard]] FieldNode make_field_tree(const Schema& schema);

}    // namespace cepheid::runtime
