#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/matcher/event_bytes.hpp"

namespace cepheid::nfa {

/// Events of a pattern's streams that wait for the watermark: they come out by time, equal times in the order of the
/// streams in `on`, then of arrival. Not thread-safe. Cost: O(log n) an event.
class EventOrder {
 public:
  explicit EventOrder(std::size_t inputs) : low_ms_(inputs, kBeginOfTime) {}

  [[nodiscard]] TimeMs low_ms(std::uint32_t input) const { return low_ms_[input]; }
  void set_low(std::uint32_t input, TimeMs low_ms) {
    if (low_ms <= low_ms_[input]) return;
    low_ms_[input] = low_ms;
    joint_low_ms_ = low_ms_.size() == 1 ? low_ms : *std::min_element(low_ms_.begin(), low_ms_.end());
  }
  /// The smallest of the inputs' watermarks.
  [[nodiscard]] TimeMs joint_low_ms() const { return joint_low_ms_; }

  /// Can nothing that is still to come stand before an event of this input and time?
  [[nodiscard]] bool is_due(TimeMs time_ms, std::uint32_t input) const {
    for (std::uint32_t other = 0; other < low_ms_.size(); ++other) {
      if (low_ms_[other] < time_ms || (low_ms_[other] == time_ms && other < input)) return false;
    }
    return true;
  }

  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }
  /// The time of the next event; kEndOfTime if none waits.
  [[nodiscard]] TimeMs next_ms() const { return waiting_.empty() ? kEndOfTime : waiting_.front().time_ms; }
  void add(StoredEvent* event);
  /// The next event if it is due, else null.
  [[nodiscard]] StoredEvent* take_due() {
    if (waiting_.empty() || !is_due(waiting_.front().time_ms, waiting_.front().input)) return nullptr;
    return take_any();
  }

  /// Writes the watermarks and what waits.
  void save(EventWriter& events) const;
  /// Reads what save wrote into a new order with as many inputs. False, the reader having failed, if that makes no
  /// sense; what waits then is there all the same, for take_any.
  bool load(EventReader& events);
  [[nodiscard]] std::size_t memory_bytes() const { return waiting_.capacity() * sizeof(Entry); }

  /// Any event; for giving back what waits when the engine ends.
  [[nodiscard]] StoredEvent* take_any();

 private:
  struct Entry {
    TimeMs time_ms;
    std::uint32_t input;
    std::uint64_t arrival;
    StoredEvent* event;
  };
  static bool later(const Entry& a, const Entry& b) {
    if (a.time_ms != b.time_ms) return a.time_ms > b.time_ms;
    if (a.input != b.input) return a.input > b.input;
    return a.arrival > b.arrival;
  }
  std::vector<Entry> waiting_;    // a heap
  std::vector<TimeMs> low_ms_;    // by input
  TimeMs joint_low_ms_ = kBeginOfTime;
  std::uint64_t arrivals_ = 0;
};

}    // namespace cepheid::nfa
