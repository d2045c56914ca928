#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alerts/rules/deduplication.hpp"
#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/codec/json_writer.hpp"
#include "runtime/codec/row_format.hpp"
#include "runtime/operators/alert_listener.hpp"
#include "runtime/operators/merged_inputs.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/operators/row_select.hpp"
#include "runtime/stream/counters.hpp"

namespace cepheid::runtime {

/// Can a channel get what the alert raises, at once or escalated?
[[nodiscard]] inline bool has_channels(const patterns::AlertPlan& plan) {
  return !plan.shadow && (!plan.notify.empty() || !plan.escalations.empty());
}

/// `alert`: raises rows, in order of arrival, late ones too. What is raised is a row of its stream and, if it has
/// channels, told to the listener; what `dedupe` holds back is counted.
class AlertOperator final : public Operator {
 public:
  /// `listener`: null if nobody is to be told. All that is referred to must outlive it.
  AlertOperator(const patterns::AlertPlan& plan, std::string name, const std::vector<OperatorInput>& inputs,
                nfa::Batch& output, AlertCounters& counters, AlertListener* listener);

  Result<void> process() override;

 private:
  void take_row(nfa::Row row, TimeMs time_ms, std::uint64_t sequence);
  [[nodiscard]] bool is_held_back(nfa::Row raised, TimeMs time_ms);
  void tell(nfa::Row raised, nfa::Row given, TimeMs time_ms, bool resolve);
  /// The values of `programs` over a row, as text; null is "".
  std::vector<std::string> texts_of(const std::vector<nfa::ExprProgram>& programs, nfa::Row row, TimeMs time_ms);

  const patterns::AlertPlan& plan_;
  std::string name_;
  MergedInputs inputs_;
  std::optional<nfa::ExprProgram> when_;
  std::optional<nfa::ExprProgram> resolve_when_;
  RowSelect raise_;
  std::optional<RowSelect> select_;
  std::optional<alerts::Deduplication> dedupe_;
  std::vector<nfa::ExprProgram> dedupe_by_;
  std::vector<nfa::ExprProgram> group_by_;
  TextRowWriter title_;
  TextRowWriter body_;
  JsonRowWriter json_;
  nfa::EvalScratch scratch_;
  std::string key_;    // of the row at hand
  nfa::Batch& output_;
  CopyingOutput rows_;
  AlertCounters& counters_;
  AlertListener* listener_;
};

}    // namespace cepheid::runtime
