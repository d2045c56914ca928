#include "nfa/matcher/partial_matches.hpp"

#include <limits>

namespace cepheid::nfa {
namespace {

constexpr std::uint64_t kFirstRank = std::uint64_t{1} << 62;
constexpr std::uint64_t kStep = std::uint64_t{1} << 30;    // between ranks at the list's ends
constexpr std::uint64_t kLastRank = std::numeric_limits<std::uint64_t>::max();

}    // namespace

void PartialMatches::insert_before(MatchSlot after, const PartialMatch& partial_match) {
  const MatchSlot before = after == kNoMatch ? last_ : entries_[after].previous;
  const std::uint64_t rank = rank_between(before, after);
  const MatchSlot slot = new_slot();
  entries_[slot] = {partial_match, before, after, rank};
  (before == kNoMatch ? first_ : entries_[before].next) = slot;
  (after == kNoMatch ? last_ : entries_[after].previous) = slot;
  ++size_;
  came(slot);
}

void PartialMatches::replace(MatchSlot slot, const PartialMatch& partial_match) {
  left(slot);
  entries_[slot].partial_match = partial_match;
  came(slot);
}

void PartialMatches::remove(MatchSlot slot) {
  left(slot);
  Entry& entry = entries_[slot];
  (entry.previous == kNoMatch ? first_ : entries_[entry.previous].next) = entry.next;
  (entry.next == kNoMatch ? last_ : entries_[entry.next].previous) = entry.previous;
  entry.next = free_;
  free_ = slot;
  if (--size_ == 0) clear();
}

void PartialMatches::clear() {
  entries_.clear();
  first_ = last_ = free_ = kNoMatch;
  size_ = 0;
  occupied_.clear();
  next_deadline_ms_ = kEndOfTime;
  index_.reset();
}

MatchSlot PartialMatches::new_slot() {
  if (free_ == kNoMatch) {
    entries_.emplace_back();
    return static_cast<MatchSlot>(entries_.size() - 1);
  }
  const MatchSlot slot = free_;
  free_ = entries_[slot].next;
  return slot;
}

void PartialMatches::came(MatchSlot slot) {
  const PartialMatch& partial_match = at(slot);
  occupied_.add(partial_match.state);
  next_deadline_ms_ = std::min(next_deadline_ms_, partial_match.deadline_ms);
  if (index_ != nullptr) index_->add(partial_match.state, slot, partial_match.path, size_);
}

void PartialMatches::left(MatchSlot slot) {
  occupied_.remove(at(slot).state);
  if (index_ != nullptr) index_->remove(slot);
}

std::uint64_t PartialMatches::rank_between(MatchSlot before, MatchSlot after) {
  if (before == kNoMatch && after == kNoMatch) return kFirstRank;
  for (;;) {
    const std::uint64_t low = before == kNoMatch ? 0 : entries_[before].rank;
    const std::uint64_t high = after == kNoMatch ? kLastRank : entries_[after].rank;
    if (high - low >= 2) {
      const std::uint64_t half = (high - low) / 2;
      return before == kNoMatch ? high - std::min(half, kStep) : low + std::min(half, kStep);
    }
    spread_ranks_around(before == kNoMatch ? after : before);
  }
}

/// Gives the entries of the smallest range of ranks around the slot's own that is not too full ranks at equal
/// distances. The larger a range is, the less full it may be, so that each entry is moved O(log n) times for each that
/// comes (Bender and others, "Two simplified algorithms for maintaining order in a list").
void PartialMatches::spread_ranks_around(MatchSlot slot) {
  constexpr double kGrowth = 1.5;    // of the number allowed when the range doubles
  constexpr int kRankBits = 64;
  MatchSlot from = slot;
  MatchSlot to = slot;
  std::uint64_t count = 1;
  double allowed = 1;
  for (int bits = 1; bits <= kRankBits; ++bits) {
    const std::uint64_t mask = bits == kRankBits ? kLastRank : (std::uint64_t{1} << bits) - 1;
    const std::uint64_t low = entries_[slot].rank & ~mask;
    for (; entries_[from].previous != kNoMatch && entries_[entries_[from].previous].rank >= low; ++count) {
      from = entries_[from].previous;
    }
    for (; entries_[to].next != kNoMatch && entries_[entries_[to].next].rank <= (low | mask); ++count) {
      to = entries_[to].next;
    }
    allowed *= kGrowth;
    const std::uint64_t distance = mask / (count + 1);
    if (bits < kRankBits && (static_cast<double>(count) > allowed || distance < 4)) continue;
    std::uint64_t rank = low;
    for (MatchSlot at = from;; at = entries_[at].next) {
      entries_[at].rank = rank += distance;
      if (at == to) return;
    }
  }
}

void PartialMatches::save(NodeWriter& nodes) const {
  ByteWriter& out = nodes.out();
  out.varint(size());
  if (empty()) return;
  out.boolean(occupied_.many());
  out.signed_varint(next_deadline_ms_);
  for (MatchSlot slot = first_; slot != kNoMatch; slot = next(slot)) {
    const PartialMatch& partial_match = at(slot);
    out.varint(partial_match.state);
    out.signed_varint(partial_match.deadline_ms);
    nodes.write(partial_match.path);
  }
}

bool PartialMatches::load(NodeReader& nodes, std::size_t states) {
  ByteReader& in = nodes.in();
  constexpr std::size_t kLeastBytes = 4;    // of a partial match
  const std::size_t count = in.count(kLeastBytes);
  if (count == 0) return in.ok();
  const bool many = in.boolean();
  const TimeMs next_deadline_ms = in.signed_varint();
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t state = in.varint();
    const TimeMs deadline_ms = in.signed_varint();
    if (!in.ok() || state >= states) return in.fail();
    Node* path = nodes.read();
    if (path == nullptr) return false;
    push_back({static_cast<StateId>(state), path, deadline_ms});
  }
  if (many) occupied_.set_many();
  set_next_deadline(next_deadline_ms);
  return in.ok();
}

}    // namespace cepheid::nfa
