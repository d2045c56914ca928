#include "alerts/rules/deduplication.hpp"

#include <algorithm>
#include <vector>

#include "alerts/text/digest.hpp"

namespace cepheid::alerts {

namespace {

constexpr std::size_t kLongestKey =
    96;    // what is longer stands there as its digest, or few keys could fill the memory

std::string key_of(std::span<const std::string> values) {
  KeyText key;
  for (const std::string& value : values) key.add(value);
  return key.text().size() <= kLongestKey ? key.take() : digest(key.text());
}

}    // namespace

bool Deduplication::held_back(std::span<const std::string> values, TimeMs time) {
  const auto [found, is_new] = raised_.try_emplace(key_of(values), time);
  if (is_new) {
    if (raised_.size() > most_) forget_oldest();
    return false;
  }
  if (time < add_saturated(found->second, duration_)) return true;
  found->second = time;
  return false;
}

void Deduplication::forget_oldest() {
  std::vector<TimeMs> times;
  times.reserve(raised_.size());
  for (const auto& [key, time] : raised_) times.push_back(time);
  const auto last_to_go = times.begin() + static_cast<std::ptrdiff_t>(most_ / 8);
  std::nth_element(times.begin(), last_to_go, times.end());
  // All of one time go together, so that it does not depend on the order in the map who stays.
  erase_if(raised_, [oldest = *last_to_go](const auto& entry) { return entry.second <= oldest; });
}

}    // namespace cepheid::alerts
