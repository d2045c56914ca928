#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cepheid/type.hpp"
#include "nfa/row/datum.hpp"
#include "nfa/row/layout.hpp"

namespace cepheid::runtime {

struct FieldNode;

/// Appends one value as JSON: a timestamp as its ms, a decimal with all digits of its scale, a double in the shortest
/// form that reads back the same.
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
  /// A field, or an object with members, ready to be written.
  struct Member {
    std::string label;      // `"name":`, after the first member of an object with a comma before it
    nfa::FieldSlot slot;    // of a field
    Type type;              // of a field
    bool is_object = false;
    std::optional<nfa::FieldSlot> presence;    // of an object: null there makes it null
    std::vector<Member> members;               // of an object
  };

  [[nodiscard]] std::vector<Member> members_of(const FieldNode& object) const;
  static void append_members(std::string& out, nfa::Row row, const std::vector<Member>& members);

  std::shared_ptr<const nfa::RowLayout> layout_;
  std::vector<Member> members_;
};

}    // namespace cepheid::runtime
