#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/btree_map.h>

namespace cepheid::runtime {

/// Whatever the holder of a state finds a key's rows by: the number of a group, an address.
using StateId = std::uint64_t;

/// The keys of a state in their order (append_state_key), so that those that begin alike are found together. A B-tree:
/// O(log n) a change, about 50 bytes a key, and the bytes of keys longer than 15 on top. Not thread-safe.
class StateKeys {
 public:
  struct Found {
    std::string bytes;
    StateId id = 0;
  };

  /// The key is there from now on, or has another id.
  void put(const std::string& bytes, StateId id) { ids_.insert_or_assign(bytes, id); }
  void erase(const std::string& bytes) { ids_.erase(bytes); }
  void clear() { ids_.clear(); }
  [[nodiscard]] std::size_t size() const { return ids_.size(); }

  /// The first key that begins with `prefix` and comes after `after`, if that is given.
  [[nodiscard]] std::optional<Found> next(std::string_view prefix, const std::optional<std::string>& after) const;

 private:
  absl::btree_map<std::string, StateId> ids_;
};

}    // namespace cepheid::runtime
