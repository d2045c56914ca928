#include "runtime/state/state_keys.hpp"

#include <functional>

#include <absl/container/btree_map.h>

namespace cepheid::runtime {

struct StateKeys::Tree {
  absl::btree_map<std::string, StateId, std::less<>> ids;
};

StateKeys::StateKeys() : tree_(std::make_unique<Tree>()) {}
StateKeys::~StateKeys() = default;

void StateKeys::put(const std::string& bytes, StateId id) {
  tree_->ids.insert_or_assign(bytes, id);
}

void StateKeys::erase(const std::string& bytes) {
  tree_->ids.erase(bytes);
}

std::size_t StateKeys::size() const {
  return tree_->ids.size();
}

std::vector<StateKeys::Key> StateKeys::find(std::string_view prefix, const std::optional<std::string>& after,
                                            std::size_t most) const {
  const auto& ids = tree_->ids;
  const bool is_within = after && std::string_view(*after) >= prefix;
  std::vector<Key> keys;
  for (auto at = is_within ? ids.upper_bound(*after) : ids.lower_bound(prefix); at != ids.end(); ++at) {
    if (keys.size() == most || !at->first.starts_with(prefix)) break;
    keys.push_back({.bytes = at->first, .id = at->second});
  }
  return keys;
}

}    // namespace cepheid::runtime
