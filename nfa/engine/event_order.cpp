#include "nfa/engine/event_order.hpp"

#include <algorithm>

namespace cepheid::nfa {

void EventOrder::add(StoredEvent* event) {
  waiting_.push_back({event->time_ms, event->input, arrivals_++, event});
  std::push_heap(waiting_.begin(), waiting_.end(), later);
}

StoredEvent* EventOrder::take_any() {
  if (waiting_.empty()) return nullptr;
  std::pop_heap(waiting_.begin(), waiting_.end(), later);
  StoredEvent* event = waiting_.back().event;
  waiting_.pop_back();
  return event;
}

void EventOrder::save(EventWriter& events) const {
  ByteWriter& out = events.out();
  for (const TimeMs low : low_ms_) out.signed_varint(low);
  out.varint(arrivals_);
  std::vector<Entry> in_order = waiting_;
  std::sort(in_order.begin(), in_order.end(), [](const Entry& a, const Entry& b) { return later(b, a); });
  out.varint(in_order.size());
  for (const Entry& entry : in_order) {
    out.varint(entry.arrival);
    events.write(entry.event);
  }
}

bool EventOrder::load(EventReader& events) {
  ByteReader& in = events.in();
  for (TimeMs& low : low_ms_) low = in.signed_varint();
  joint_low_ms_ = *std::min_element(low_ms_.begin(), low_ms_.end());
  arrivals_ = in.varint();
  constexpr std::size_t kLeastBytes = 2;    // of an event
  const std::size_t count = in.count(kLeastBytes);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t arrival = in.varint();
    StoredEvent* event = events.read();
    if (event == nullptr) return false;
    waiting_.push_back({event->time_ms, event->input, arrival, event});
  }
  std::make_heap(waiting_.begin(), waiting_.end(), later);
  return in.ok();
}

}    // namespace cepheid::nfa
