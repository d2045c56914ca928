#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nfa/row/layout.hpp"

namespace cepheid::runtime {

/// A member of a JSON object that a stream's rows have: a field, or an object with fields in it.
struct JsonMember {
  std::string name;
  std::uint32_t field = 0;
  Type type;                   // of a field
  nfa::FieldSlot slot;         // of a field
  std::int32_t object = -1;    // position in the list of nodes, of an object

  /// Is `key`, from behind its opening quote, this name and a closing quote? It has `size` bytes, or 8 if that is more,
  /// that may be read.
  [[nodiscard]] bool is_at(const char* key, std::size_t size) const {
    std::uint64_t word = 0;
    __builtin_memcpy(&word, key, sizeof word);
    if (((word ^ head) & head_mask) != 0) return false;
    if (tail.empty()) return true;
    return size >= sizeof word + tail.size() && __builtin_memcmp(key + sizeof word, tail.data(), tail.size()) == 0;
  }

  // The name and a closing quote: the first bytes as they lie in memory, and those behind them.
  std::uint64_t head = 0;
  std::uint64_t head_mask = 0;
  std::string tail;
};

/// An object of a stream's records. Members stand in the order in which the schema first names them.
struct JsonNode {
  std::vector<JsonMember> members;
  std::string path;
  std::optional<std::uint32_t> presence;
  std::vector<std::uint32_t> below;    // all fields and presence fields in it
  std::uint64_t seen_in = 0;           // number of the last record that had it
  std::size_t next = 0;                // the member that will probably come next: records mostly look alike
};

/// The objects of a layout's records, the whole record first.
[[nodiscard]] std::vector<JsonNode> make_json_nodes(const nfa::RowLayout& layout);

}    // namespace cepheid::runtime
