#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nfa/row/layout.hpp"
#include "patterns/check/relations.hpp"

namespace cepheid::patterns {

/// Several streams' fields in one row: field i of input n is field `positions[n][i]`.
struct JoinedLayout {
  std::vector<Field> fields;
  std::vector<std::vector<std::uint32_t>> positions;
  /// Fields of one name but two types, by input: (input, field in it). Each has a place of its own.
  struct Clash {
    std::size_t input;
    std::uint32_t field;
    Type earlier;
  };
  std::vector<Clash> clashes;
};

/// Fields of one name and type share a place, in the order in which they first come.
[[nodiscard]] JoinedLayout join_layouts(const std::vector<Relations::Target>& inputs);

/// The name, if any, of a field that stands where another field's path goes through: `data` beside `data.amount`.
[[nodiscard]] std::string find_nesting_clash(const Schema& schema);

}    // namespace cepheid::patterns
