#pragma once

#include <cstdint>
#include <vector>

#include "nfa/expr/program.hpp"
#include "nfa/matcher/event_ring.hpp"
#include "nfa/matcher/node_ring.hpp"
#include "nfa/matcher/program.hpp"

namespace cepheid::nfa {

/// A pattern's conditions that look at what was taken, for partial matches in a NodeRing that are moved one by one. Not
/// thread-safe.
class PathConditions {
 public:
  /// Those of a program that look back.
  [[nodiscard]] static std::vector<ConditionId> of(const Program& program);

  /// `conditions`: of(program), not empty. The rings are borrowed.
  PathConditions(const Program& program, const std::vector<ConditionId>& conditions, const RowLayout& layout,
                 const NodeRing& nodes, const EventRing& events, std::size_t steps);

  /// Which of them hold for the event behind the path that ends with `node` (0: nothing taken yet), a bit for each. The
  /// path is one alone: none of its nodes has another beside it. Linear in the path.
  [[nodiscard]] std::uint64_t holding(NodeId node, const CurrentEvent& event, EvalScratch& scratch);

 private:
  const NodeRing& nodes_;
  const EventRing& events_;
  const std::size_t steps_;
  std::vector<ExprProgram> programs_;
  TakenEvents taken_;
};

}    // namespace cepheid::nfa
