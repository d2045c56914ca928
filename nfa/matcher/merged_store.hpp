#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "nfa/matcher/event_ring.hpp"
#include "nfa/row/bytes.hpp"

namespace cepheid::nfa {

class MergedMatcher;

/// The events of all merged matchers of an engine, and the clearing up that they do together.
class MergedStore {
 public:
  /// How many times as many events, or nodes, there may be as were alive the last time. A window mostly leaves fewer
  /// behind, and they go with it: then nothing is ever moved.
  static constexpr std::uint32_t kGarbageFactor = 5;

  /// `inputs`: of the engine.
  MergedStore(const RowLayout& layout, bool texts_stay, std::size_t inputs)
      : layout_(layout), texts_stay_(texts_stay), events_(layout, texts_stay, inputs), compacted_at_(events_.begin()) {}

  /// `window_ms`: of the matcher, if it has one.
  void add(MergedMatcher& matcher, std::optional<DurationMs> window_ms) {
    matchers_.push_back(&matcher);
    patience_ms_ = std::max(patience_ms_, 2 * std::min(window_ms.value_or(0), kEndOfTime / 2));
  }
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

  /// To be called after on_time of all matchers: gives all memory back when for two windows nothing was taken, so that
  /// it is not soon wanted again.
  void on_time(TimeMs now_ms);

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
  DurationMs patience_ms_ = 0;          // twice the longest window
  TimeMs give_back_ms_ = kEndOfTime;    // when memory is given back, unless something is taken
};

}    // namespace cepheid::nfa
