#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cepheid/type.hpp"
#include "nfa/row/datum.hpp"
#include "nfa/row/layout.hpp"
#include "runtime/codec/field_tree.hpp"

namespace cepheid::runtime {

/// Appends one value as JSON: a timestamp as its ms, a decimal with all digits of its scale, a double in the shortest form
/// that reads back the same.
void append_json(std::string& out, const nfa::Datum& datum, const Type& type);
/// Appends a text with its quotes and escapes.
void append_json_text(std::string& out, std::string_view text);

/// Writes rows of one layout as JSON objects; fields with dotted names are put into nested ones.
class JsonRowWriter {
 public:
  explicit JsonRowWriter(std::shared_ptr<const nfa::RowLayout> layout);
  /// Only these fields, by their positions, in this order.
  JsonRowWriter(std::shared_ptr<const nfa::RowLayout> layout, const std::vector<std::uint32_t>& fields);

  /// Appends the row without a line end.
  void append(std::string& out, nfa::Row row) const;

 private:
  void append_members(std::string& out, nfa::Row row, const FieldNode& object) const;

  std::shared_ptr<const nfa::RowLayout> layout_;
  FieldNode root_;
};

}  // namespace cepheid::runtime
