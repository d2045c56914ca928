#pragma once

#include <span>

#include "runtime/aggregate/windows.hpp"

namespace cepheid::runtime {

/// `window none`: one state for each key, never freed, given after each row in the order of arrival, at the row's time.
class RunningTotals {
 public:
  explicit RunningTotals(WindowParts parts) : parts_(parts) {}

  [[nodiscard]] static TimeMs alarm_of(TimeMs /*time_ms*/) { return kEndOfTime; }
  void add(std::span<InputRow> rows);
  [[nodiscard]] static TimeMs alarm_ms() { return kEndOfTime; }
  static void advance(TimeMs /*low_ms*/, std::uint64_t /*sequence*/) {}

  template <typename Use>
  void each_open(GroupId key, TimeMs /*low_ms*/, Use&& use) {
    const BlockId id = parts_.keys[key].newest;
    if (id != kNoBlock) use(kBeginOfTime, kEndOfTime, parts_.blocks.state(id));
  }

 private:
  WindowParts parts_;
};

}    // namespace cepheid::runtime
