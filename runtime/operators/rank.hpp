#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "nfa/expr/program.hpp"
#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/operators/merged_inputs.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/operators/ranking.hpp"
#include "runtime/operators/row_select.hpp"
#include "runtime/state/state_view.hpp"

namespace cepheid::runtime {

/// `rank`: the latest row of each id, in the ranking of its key, and a row for each change that shows. Rows are taken
/// in the order of arrival, late ones too. Its watermark is the smallest of its inputs'. Its state is asked with a
/// ranking's key as `key`, and `entries` and `total` as `value`.
class RankOperator final : public Operator, public StateView {
 public:
  /// `name`: of the statement. All that is referred to must outlive it.
  RankOperator(const std::string& name, const patterns::RankPlan& plan, const std::vector<OperatorInput>& inputs,
               nfa::Batch& output);

  Result<void> process() override;
  void read(StateId id, const Visit& visit) override;

 private:
  using Rankings = std::unordered_map<std::string, Ranking>;
  /// An id, and where its ranking is.
  struct Member {
    RankedId id;
    Rankings::value_type* place = nullptr;
  };
  /// The row at hand.
  struct Cause {
    nfa::Row row;
    TimeMs time_ms;
    std::uint64_t sequence;
  };
  /// Named expressions over the input row and those before.
  struct Items {
    std::vector<nfa::ExprProgram> programs;
    std::vector<Type> types;
    std::vector<nfa::Datum> values;    // of the row at hand
  };

  void make_items(const std::vector<nfa::NamedExpr>& from, Items& items);
  void evaluate(Items& items, const Cause& cause);
  /// Writes the values to `bytes`, in place of what they held.
  static void encode(const std::vector<nfa::Datum>& values, const std::vector<Type>& types, std::string& bytes);
  [[nodiscard]] OwnedValues order_of(const Cause& cause);
  void take_row(Cause cause);
  /// Takes the member out of its ranking, and gives the row for that.
  void leave(Member& member, const Cause& cause);
  /// The ranking of the key in key_.values, made if it is not there.
  [[nodiscard]] Rankings::value_type& ranking_at_key();
  /// A row of ranking_layout that shows it; its parts live in the scratch memory.
  [[nodiscard]] nfa::Row row_of(const Ranking& ranking);
  void give(const Ranking& ranking, const Cause& cause);
  /// The row at hand, its key being the ranking's: that it left this one for another does not change this one's name.
  [[nodiscard]] nfa::Row with_key_of(const Ranking& ranking, nfa::Row row);

  const patterns::RankPlan& plan_;
  MergedInputs inputs_;
  Items key_;
  Items entry_;
  nfa::ExprProgram id_;
  std::optional<nfa::ExprProgram> leave_;
  std::vector<nfa::ExprProgram> by_;
  RankingOrder order_;
  RowSelect select_;
  Rankings rankings_;
  std::unordered_map<std::string, Member> members_;    // by id
  std::uint64_t next_arrival_ = 0;
  std::string id_bytes_;
  std::string key_bytes_;
  std::vector<std::uint64_t> ranking_row_;
  std::vector<std::uint64_t> keyed_row_;
  std::vector<std::uint64_t> key_row_;    // of shape().key
  nfa::EvalScratch scratch_;
  nfa::Batch& output_;
  CopyingOutput rows_;
};

}    // namespace cepheid::runtime
