#include "nfa/matcher/node_weights.hpp"

#include <algorithm>
#include <functional>

namespace cepheid::nfa {
namespace {

constexpr std::uint32_t kNowhere = ~std::uint32_t{0};

void add(NodeWeights::Lanes& to, const NodeWeights::Lanes& weight) {
  for (std::size_t lane = 0; lane < to.size(); ++lane) to[lane] += weight[lane];
}

}    // namespace

void NodeWeights::find(std::span<const NodeId> roots, EventId alive) {
  alive_ = alive;
  for (const NodeId id : reached_) place(id) = kNowhere;
  if (places_.size() != nodes_.span()) places_.assign(nodes_.span(), kNowhere);
  reached_.clear();
  const auto reach = [&](NodeId id) {
    if (!is_alive(id) || place(id) != kNowhere) return;
    place(id) = 0;
    reached_.push_back(id);
  };
  for (const NodeId root : roots) reach(root);
  for (std::size_t i = 0; i < reached_.size(); ++i) {
    const RingNode& node = nodes_[reached_[i]];
    for (const NodeId below : {node.previous, node.older, node.other}) reach(below);
  }
  sort_reached();
  leaves_.clear();
  for (std::uint32_t i = 0; i < reached_.size(); ++i) {
    place(reached_[i]) = i;
    const RingNode& node = nodes_[reached_[i]];
    if (node.previous == 0) leaves_.push_back({node.event, i});
  }
  const auto is_later = [](const Leaf& a, const Leaf& b) { return is_before(b.start, a.start); };
  if (!std::ranges::is_sorted(leaves_, is_later)) std::ranges::stable_sort(leaves_, is_later);
}

/// The last made first.
void NodeWeights::sort_reached() {
  if (std::ranges::is_sorted(reached_, std::greater<>())) return;
  const auto [first, last] = std::ranges::minmax(reached_);
  // Where a key has most of the nodes, looking at all of them is faster.
  constexpr std::size_t kSparse = 4;
  if (last - first > kSparse * reached_.size()) {
    std::ranges::sort(reached_, std::greater<>());
    return;
  }
  reached_.clear();
  for (NodeId id = last; id >= first; --id) {
    if (place(id) != kNowhere) reached_.push_back(id);
  }
}

void NodeWeights::weigh(std::span<const NodeId> roots) {
  weights_.assign(reached_.size(), Lanes{});
  for (std::size_t lane = 0; lane < roots.size(); ++lane) weights_[place(roots[lane])][lane] += 1;
  for (std::size_t i = 0; i < reached_.size(); ++i) {
    const RingNode& node = nodes_[reached_[i]];
    const Lanes weight = weights_[i];
    for (const NodeId below : {node.previous, node.older, node.other}) {
      if (is_alive(below)) add(weights_[place(below)], weight);
    }
  }
}

}    // namespace cepheid::nfa
