#include "nfa/matcher/waiting_matches.hpp"

namespace cepheid::nfa {

void WaitingMatches::save(NodeWriter& nodes) const {
  nodes.out().varint(size());
  for (std::size_t i = first_; i < paths_.size(); ++i) nodes.write(paths_[i]);
}

bool WaitingMatches::load(NodeReader& nodes) {
  ByteReader& in = nodes.in();
  constexpr std::size_t kLeastBytes = 2;    // of a match
  const std::size_t count = in.count(kLeastBytes);
  for (std::size_t i = 0; i < count; ++i) {
    Node* path = nodes.read();
    if (path == nullptr) return false;
    paths_.push_back(path);
    // Letting them out relies on the order.
    if (i != 0 && path->start < paths_[i - 1]->start) return in.fail();
  }
  return in.ok();
}

}    // namespace cepheid::nfa
