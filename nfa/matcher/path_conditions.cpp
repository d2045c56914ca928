#include "nfa/matcher/path_conditions.hpp"

namespace cepheid::nfa {

std::vector<ConditionId> PathConditions::of(const Program& program) {
  std::vector<ConditionId> found;
  for (ConditionId id = 0; id < program.conditions.size(); ++id) {
    if (looks_back(program.conditions[id])) found.push_back(id);
  }
  return found;
}

PathConditions::PathConditions(const Program& program, const std::vector<ConditionId>& conditions,
                               const RowLayout& layout, const NodeRing& nodes, const EventRing& events,
                               std::size_t steps)
    : nodes_(nodes), events_(events), steps_(steps) {
  for (const ConditionId id : conditions) {
    programs_.push_back(compile_expression(program.conditions[id], {.row = &layout, .taken = &layout, .sides = {}}));
  }
}

std::uint64_t PathConditions::holding(NodeId node, const CurrentEvent& event, EvalScratch& scratch) {
  taken_.reset(steps_);
  for (; node != 0; node = nodes_[node].previous) taken_.add(nodes_[node].step, events_.row(nodes_[node].event));
  taken_.reverse();
  std::uint64_t holding = 0;
  for (std::size_t i = 0; i < programs_.size(); ++i) {
    const bool holds = programs_[i].holds(
        {.row = event.row, .time_ms = event.time_ms, .taken = &taken_, .sides = {}, .items = {}}, scratch);
    holding |= std::uint64_t{holds} << i;
  }
  return holding;
}

}    // namespace cepheid::nfa
