#include "nfa/matcher/node_ring.hpp"

namespace cepheid::nfa {

void NodeMarks::follow(EventMarks& events) {
  // A node's sets were made before it, so they have smaller numbers.
  for (std::uint32_t at = nodes_.size(); at-- > 0;) {
    if (number_[at] == 0) continue;
    const RingNode& node = nodes_[nodes_.begin() + at];
    if (node.step != RingNode::kJoins) events.mark(node.event);
    events.mark(node.start);
    for (const NodeId set : {node.previous, node.older, node.other}) mark(set);
  }
  size_ = 0;
  for (std::uint32_t& number : number_) {
    if (number != 0) number = ++size_;
  }
}

}    // namespace cepheid::nfa
