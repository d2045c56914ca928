#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "nfa/matcher/key_index.hpp"
#include "runtime/aggregate/owned_datum.hpp"

namespace cepheid::runtime {

/// A block of state words for each value that came, in order of first appearance. Its holder frees what hangs on the
/// words.
class ValueGroups {
 public:
  struct Group {
    OwnedDatum value;
    std::uint64_t hash;
    std::uint64_t first;    // arrival of its first row
    std::unique_ptr<std::uint64_t[]> state;
  };

  /// The group of a value, not null; a new one has `words` zeros.
  Group& find_or_make(const nfa::Datum& value, const Type& type, std::uint64_t arrival, std::size_t words) {
    return find_or_make(value, type, memory_hash(value, type), arrival, words);
  }
  Group& find_or_make(const nfa::Datum& value, const Type& type, std::uint64_t hash, std::uint64_t arrival,
                      std::size_t words) {
    const std::uint32_t found =
        index_.find(hash, [&](std::uint32_t id) { return same_value(groups_[id].value.get(), value, type); });
    if (found != nfa::KeyIndex::kNone) return groups_[found];
    index_.add(hash, static_cast<std::uint32_t>(groups_.size()));
    return groups_.emplace_back(
        Group{OwnedDatum(value, type), hash, arrival, std::make_unique<std::uint64_t[]>(words)});
  }
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }

 private:
  std::vector<Group> groups_;
  nfa::KeyIndex index_;
};

}    // namespace cepheid::runtime
