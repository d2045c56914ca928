#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cepheid/fraud.hpp"
#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/operators/merged_inputs.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/operators/row_select.hpp"
#include "runtime/stream/counters.hpp"
#include "runtime/tables/table.hpp"
#include "runtime/tables/table_key.hpp"

namespace cepheid::runtime {

/// `fraud`: scores each row as it comes, late ones too. Its rows are the input's with the score behind.
class FraudOperator final : public Operator {
 public:
  /// `scorer` was made of the plan's rules. `tables`: those of the plan, in order. All that is referred to must outlive
  /// it.
  FraudOperator(const patterns::FraudPlan& plan, FraudScorer scorer, const std::vector<OperatorInput>& inputs,
                std::span<Table* const> tables, nfa::Batch& output, FraudCounters& counters);

  Result<void> process() override;

 private:
  struct List {
    Table* table;
    TableKey key;
  };
  /// Of a factor's object: where its facts begin, behind `type` and `risk_score`.
  static constexpr std::size_t kFirstFact = 2;

  void take_row(nfa::Row row, TimeMs time_ms, std::uint64_t sequence);
  [[nodiscard]] FraudTransaction transaction_of(nfa::Row row, TimeMs time_ms, std::uint64_t sequence);
  [[nodiscard]] std::optional<std::string_view> text_of(const std::optional<nfa::ExprProgram>& role,
                                                        const nfa::EvalInput& input);
  [[nodiscard]] std::optional<double> number_of(const std::optional<nfa::ExprProgram>& role,
                                                const nfa::EvalInput& input);
  void give(nfa::Row row, TimeMs time_ms, std::uint64_t sequence);
  /// The list of the score's factors, in the arena of the output.
  [[nodiscard]] nfa::Datum factors();

  const patterns::FraudPlan& plan_;
  FraudScorer scorer_;
  MergedInputs inputs_;
  std::vector<nfa::ExprProgram> key_;
  struct Roles {
    std::optional<nfa::ExprProgram> type, amount, latitude, longitude, merchant, device, country;
  } roles_;
  std::vector<List> lists_;
  std::vector<nfa::ExprProgram> features_;
  std::vector<double> feature_values_;
  std::string key_bytes_;
  FraudScore score_;
  nfa::EvalScratch scratch_;
  std::vector<std::uint64_t> words_;
  nfa::Batch& output_;
  CopyingOutput rows_;
  FraudCounters& counters_;
};

}    // namespace cepheid::runtime
