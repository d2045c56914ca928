#include "nfa/engine/event_order.hpp"

#include <algorithm>

namespace cepheid::nfa {

TimeMs EventOrder::joint_low_ms() const {
  return *std::min_element(low_ms_.begin(), low_ms_.end());
}

void EventOrder::add(StoredEvent* event) {
  waiting_.push_back({event->time_ms, event->input, arrivals_++, event});
  std::push_heap(waiting_.begin(), waiting_.end(), later);
}

StoredEvent* EventOrder::take_due() {
  if (waiting_.empty() || !is_due(waiting_.front().time_ms, waiting_.front().input)) return nullptr;
  return take_any();
}

StoredEvent* EventOrder::take_any() {
  if (waiting_.empty()) return nullptr;
  std::pop_heap(waiting_.begin(), waiting_.end(), later);
  StoredEvent* event = waiting_.back().event;
  waiting_.pop_back();
  return event;
}

}    // namespace cepheid::nfa
