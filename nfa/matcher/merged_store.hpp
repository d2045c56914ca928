#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "nfa/matcher/event_ring.hpp"
#include "nfa/row/bytes.hpp"

namespace cepheid::nfa {

class MergedMatcher;

/// The events of all merged matchers of an engine, and the clearing up that they do together.
class MergedStore {
 public:
  MergedStore(const RowLayout& layout, bool texts_stay)
      : layout_(layout), texts_stay_(texts_stay), events_(layout, texts_stay), compacted_at_(events_.begin()) {}

  void add(MergedMatcher& matcher) { matchers_.push_back(&matcher); }
  [[nodiscard]] EventRing& events() { return events_; }
  [[nodiscard]] const EventRing& events() const { return events_; }

  /// To be called between two events: makes room for what the next one may take.
  void prepare() {
    if (wanted_ || events_.size() >= look_at_) clear_up();
  }
  /// A matcher's nodes need clearing up.
  void want() { wanted_ = true; }

  /// The time from which on any matcher's on_time has something to do.
  [[nodiscard]] TimeMs alarm_ms() const { return alarm_ms_; }
  void lower_alarm(TimeMs time_ms) { alarm_ms_ = std::min(alarm_ms_, time_ms); }
  /// To be called before on_time of all matchers, each of which lowers it again.
  void forget_alarm() { alarm_ms_ = kEndOfTime; }

  /// Keys of all matchers with matches that wait for others: to these every event of theirs counts.
  [[nodiscard]] bool any_waiting() const { return waiting_ != 0; }
  void add_waiting(std::ptrdiff_t keys) { waiting_ += keys; }

  /// Writes the events that are still wanted and the state of all matchers; reads it into new ones of the same
  /// patterns. Not while an event is worked on.
  void save(ByteWriter& out);
  /// `inputs`: of the engine. False, the reader having failed, if that makes no sense; then all may only be destroyed.
  bool load(ByteReader& in, std::uint32_t inputs);

 private:
  void clear_up();
  /// Marks what is wanted, in all matchers.
  void mark();

  const RowLayout& layout_;
  const bool texts_stay_;
  EventRing events_;
  EventMarks marks_;
  std::vector<MergedMatcher*> matchers_;
  EventId compacted_at_;
  std::uint32_t kept_ = 0;       // events wanted then
  std::uint32_t look_at_ = 0;    // so many events are worth a look at what may go
  bool wanted_ = false;
  TimeMs alarm_ms_ = kEndOfTime;
  std::ptrdiff_t waiting_ = 0;
};

}    // namespace cepheid::nfa
