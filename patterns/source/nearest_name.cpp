#include <algorithm>
#include <cstddef>
#include <vector>

#include "patterns/source/diagnostics.hpp"

namespace cepheid::patterns {

namespace {

/// As many slips as a name of this length may have and still be recognised: a word of two letters is any other one
/// after one change.
std::size_t allowed_edits(std::size_t length) {
  if (length <= 2) return 0;
  if (length <= 4) return 1;
  return length <= 8 ? 2 : 3;
}

char lower(char c) {
  return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment), without regard to case.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const char x = lower(a[i - 1]);
      const char y = lower(b[j - 1]);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, last[j - 1] + (x == y ? 0 : 1)});
      if (i > 1 && j > 1 && x == lower(b[j - 2]) && lower(a[i - 2]) == y) {
        current[j] = std::min(current[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, current);
  }
  return last[b.size()];
}

}    // namespace

std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t kLongestCompared = 100;    // nobody misspells more than that by a letter or two
  if (name.size() > kLongestCompared) return {};
  const std::size_t limit = allowed_edits(name.size());
  std::string_view nearest;
  std::size_t smallest = limit + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t difference = std::max(name.size(), candidate.size()) - std::min(name.size(), candidate.size());
    if (difference > limit || candidate == name) continue;
    const std::size_t distance = edit_distance(name, candidate);
    // Of two that are as near, the one that goes on where the name stops: `wher` is rather `where` than `when`.
    if (distance < smallest || (distance == smallest && distance <= limit && candidate.starts_with(name))) {
      smallest = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}    // namespace cepheid::patterns
