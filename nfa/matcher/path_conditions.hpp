#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "nfa/expr/program.hpp"
#include "nfa/expr/running_aggregate.hpp"
#include "nfa/matcher/event_ring.hpp"
#include "nfa/matcher/node_ring.hpp"
#include "nfa/matcher/program.hpp"

namespace cepheid::nfa {

/// A pattern's conditions that look at what was taken, for partial matches in a NodeRing that are moved one by one.
/// What running aggregates have come to is kept beside each node, so that no condition on them goes along the path.
/// Not thread-safe.
class PathConditions {
 public:
  /// Those of a program that look back.
  [[nodiscard]] static std::vector<ConditionId> of(const Program& program);

  /// `conditions`: of(program), not empty. The rings are borrowed; what is kept beside the nodes is its own.
  PathConditions(const Program& program, const std::vector<ConditionId>& conditions, const RowLayout& layout,
                 NodeRing& nodes, const EventRing& events, std::size_t steps);

  /// To be called for each node that is added, with its event.
  void see_added(NodeId node);
  /// A path that ends with `node`, if that is one, will be asked about, or go on, soon.
  void look_ahead(NodeId node) const {
    if (!sums_.empty() && nodes_.holds(node) && node < nodes_.end()) __builtin_prefetch(nodes_.beside(node).data());
  }
  /// Which of them hold for the event behind the path that ends with `node` (0: nothing taken yet), a bit for each. The
  /// path is one alone: none of its nodes has another beside it. Linear in the path only for conditions that look at
  /// anything else than running aggregates.
  [[nodiscard]] std::uint64_t holding(NodeId node, const CurrentEvent& event, EvalScratch& scratch);

 private:
  /// One over the events of a step.
  struct StepSum {
    std::string text;    // what it is
    StepId step;
    RunningAggregate running;
    std::size_t word;    // of those beside a node, its first
  };

  void put_items(TypedExpr& expression, const RowLayout& layout);

  NodeRing& nodes_;
  const EventRing& events_;
  const std::size_t steps_;
  std::vector<ExprProgram> programs_;
  std::vector<StepSum> sums_;
  bool walks_ = false;    // does any look at anything else?
  TakenEvents taken_;
  std::vector<std::uint64_t> nothing_;    // beside no node
  std::vector<Datum> items_;              // what the sums are for the path at hand
};

}    // namespace cepheid::nfa
