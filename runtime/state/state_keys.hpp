#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cepheid::runtime {

/// Whatever the holder of a state finds a key's rows by: the number of a group, an address.
using StateId = std::uint64_t;

/// The keys of a state in their order (append_state_key), so that those that begin alike are found together. A B-tree:
/// O(log n) a change, about 60 bytes a key, and the bytes of keys longer than 15 on top. Not thread-safe.
class StateKeys {
 public:
  struct Key {
    std::string bytes;
    StateId id = 0;
  };

  StateKeys();
  ~StateKeys();
  StateKeys(const StateKeys&) = delete;
  StateKeys& operator=(const StateKeys&) = delete;

  /// The key is there from now on, or has another id.
  void put(const std::string& bytes, StateId id);
  void erase(const std::string& bytes);
  [[nodiscard]] std::size_t size() const;

  /// The first `most` keys that begin with `prefix` and, if that is given, come after `after`.
  [[nodiscard]] std::vector<Key> find(std::string_view prefix, const std::optional<std::string>& after,
                                      std::size_t most) const;

 private:
  struct Tree;
  std::unique_ptr<Tree> tree_;
};

}    // namespace cepheid::runtime
