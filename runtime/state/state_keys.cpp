#include "runtime/state/state_keys.hpp"

namespace cepheid::runtime {

std::optional<StateKeys::Found> StateKeys::next(std::string_view prefix,
                                                const std::optional<std::string>& after) const {
  // What comes after a key that is less than the prefix begins with the prefix at the earliest.
  const bool is_within = after && std::string_view(*after) >= prefix;
  const auto found = is_within ? ids_.upper_bound(*after) : ids_.lower_bound(prefix);
  if (found == ids_.end() || !found->first.starts_with(prefix)) return std::nullopt;
  return Found{.bytes = found->first, .id = found->second};
}

}    // namespace cepheid::runtime
