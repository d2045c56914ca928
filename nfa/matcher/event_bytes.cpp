#include "nfa/matcher/event_bytes.hpp"

#include "nfa/row/row_bytes.hpp"

namespace cepheid::nfa {
namespace {

/// What stands before the first event.
constexpr StoredEvent kNoEvent{};

// Differences of unsigned numbers, which wrap around: so there is one for any two.
void write_difference(ByteWriter& out, std::uint64_t value, std::uint64_t before) {
  out.signed_varint(static_cast<std::int64_t>(value - before));
}

std::uint64_t read_difference(ByteReader& in, std::uint64_t before) {
  return before + static_cast<std::uint64_t>(in.signed_varint());
}

}    // namespace

void EventWriter::write(const StoredEvent* event) {
  const auto [found, is_new] = numbers_.try_emplace(event, numbers_.size());
  if (!is_new) {
    out_.varint(numbers_.size() - found->second);
    return;
  }
  const StoredEvent& before = last_ == nullptr ? kNoEvent : *last_;
  out_.varint(0);
  write_difference(out_, event->place, before.place);
  write_difference(out_, event->sequence, before.sequence);
  write_difference(out_, static_cast<std::uint64_t>(event->time_ms), static_cast<std::uint64_t>(before.time_ms));
  out_.varint(event->input);
  write_row(out_, layout_, event->row());
  last_ = event;
}

EventReader::~EventReader() {
  for (StoredEvent* event : read_) events_.release(event);
}

StoredEvent* EventReader::read() {
  const std::uint64_t back = in_.varint(read_.size());
  if (!in_.ok()) return nullptr;
  if (back == 0) {
    // Text would have to be where the user keeps it.
    if (events_.texts_stay()) in_.fail();
    const StoredEvent& before = read_.empty() ? kNoEvent : *read_.back();
    const std::uint64_t place = read_difference(in_, before.place);
    const std::uint64_t sequence = read_difference(in_, before.sequence);
    const auto time_ms = static_cast<TimeMs>(read_difference(in_, static_cast<std::uint64_t>(before.time_ms)));
    const std::uint64_t input = in_.varint();
    arena_.clear();
    read_row(in_, layout_, row_.data(), arena_);
    if (place > bounds_.last_place || input >= bounds_.inputs) in_.fail();
    if (!in_.ok()) return nullptr;
    read_.push_back(events_.store(row_.data(), time_ms, static_cast<std::uint32_t>(input), sequence));
    read_.back()->place = place;
  }
  StoredEvent* event = read_[read_.size() - (back == 0 ? 1 : back)];
  ++event->references;
  return event;
}

}    // namespace cepheid::nfa
