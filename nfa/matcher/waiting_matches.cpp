#include "nfa/matcher/waiting_matches.hpp"

namespace cepheid::nfa {

void WaitingMatches::save(NodeWriter& nodes) const {
  ByteWriter& out = nodes.out();
  out.varint(size());
  if (empty()) return;
  for (std::size_t i = first_; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    out.varint(entry.match.start);
    out.varint(entry.match.last_start - entry.match.start);
    out.varint(age_ - entry.age);    // how long ago: only the order of ages counts
    nodes.write(entry.match.path);
  }
}

bool WaitingMatches::load(NodeReader& nodes) {
  ByteReader& in = nodes.in();
  constexpr std::size_t kLeastBytes = 5;    // of a match
  const std::size_t count = in.count(kLeastBytes);
  if (count == 0) return in.ok();
  constexpr std::uint64_t kNow = std::uint64_t{1} << 62;
  age_ = kNow;
  for (std::size_t i = 0; i < count; ++i) {
    Entry entry{};
    entry.match.start = in.varint();
    const std::uint64_t further = in.varint();
    entry.age = kNow - in.varint(kNow);
    Node* path = nodes.read();
    if (path == nullptr) return false;
    entry.match.path = path;
    entry.match.last_start = entry.match.start + further;
    entries_.push_back(entry);
    // Finding the path of a start relies on these.
    const bool backwards = entries_.size() > 1 && before(entry, entries_[entries_.size() - 2]);
    if (entry.match.start > path->start || further > path->start - entry.match.start || backwards) return in.fail();
  }
  return in.ok();
}

}    // namespace cepheid::nfa
