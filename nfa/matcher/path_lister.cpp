#include "nfa/matcher/path_lister.hpp"

#include <algorithm>
#include <utility>

namespace cepheid::nfa {

void PathLister::grow() {
  constexpr std::size_t kFirstSize = 16;
  std::vector<TakenEvent> larger(std::max(kFirstSize, 2 * path_.size()));
  std::ranges::copy(path_, larger.end() - static_cast<std::ptrdiff_t>(path_.size()));
  path_ = std::move(larger);
}

}    // namespace cepheid::nfa
