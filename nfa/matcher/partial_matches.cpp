#include "nfa/matcher/partial_matches.hpp"

namespace cepheid::nfa {

void PartialMatches::save(NodeWriter& nodes) const {
  ByteWriter& out = nodes.out();
  out.varint(size());
  if (empty()) return;
  out.boolean(occupied_.many());
  out.signed_varint(next_deadline_ms_);
  for (const PartialMatch& partial_match : all()) {
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
