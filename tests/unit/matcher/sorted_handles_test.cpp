#include "nfa/matcher/sorted_handles.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace cepheid::nfa {
namespace {

// Against a list of all that live: every set of outcomes wanted, many of one value, handles that come and go.
TEST(SortedHandles, FindsWhatAListDoes) {
  std::mt19937 random(5);
  for (int round = 0; round < 60; ++round) {
    const std::int64_t values = 1 + static_cast<std::int64_t>(random() % (round % 2 == 0 ? 5 : 400));
    SortedHandles<std::int64_t> handles;
    MatchStamps stamps;
    std::map<MatchSlot, std::int64_t> live;
    for (int step = 0; step < 1'500; ++step) {
      const auto slot = static_cast<MatchSlot>(random() % 300);
      if (live.contains(slot)) {
        stamps.remove(slot);
        live.erase(slot);
      } else {
        const std::int64_t value = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(values));
        handles.add(value, stamps.handle(slot), stamps);
        live[slot] = value;
      }
      if (step % 5 != 0) continue;
      const std::int64_t bound = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(values + 2)) - 1;
      const auto outcome = [bound](std::int64_t value) { return compare_plain(value, bound); };
      const auto wanted = static_cast<Outcome>(1 + random() % 7);
      std::vector<MatchSlot> found;
      handles.collect(wanted, outcome, stamps, found);
      std::ranges::sort(found);
      std::vector<MatchSlot> expected;
      for (const auto& [known, value] : live) {
        if ((outcome(value) & wanted) != 0) expected.push_back(known);
      }
      ASSERT_EQ(found, expected) << "round " << round << ", step " << step << ", wanted " << int{wanted};
      ASSERT_GE(handles.size(), live.size());
    }
  }
}

}    // namespace
}    // namespace cepheid::nfa
