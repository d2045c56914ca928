#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "nfa/engine/engine.hpp"
#include "nfa/engine/match_rows.hpp"
#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/operators/batch_merge.hpp"
#include "runtime/operators/late_marks.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/stream/counters.hpp"

namespace cepheid::runtime {

/// Who wants whole matches, not only the rows that `emit` makes of them.
class MatchListener {
 public:
  virtual ~MatchListener() = default;
  /// `emitted`: the values of the spec's `emit` or, of a timed-out match, `timeout_emit`. Views are valid during the
  /// call.
  virtual void on_match(const nfa::PatternSpec& spec, const nfa::MatchView& match,
                        std::span<const nfa::Datum> emitted) = 0;
  /// All matches of a run of rows were given; some of later `sequence` may have come before others of an earlier one.
  virtual Result<void> end_pass() = 0;
};

/// All patterns over one list of inputs, with their engine. Each pattern's rows go to the batch of its relation; those
/// of a `shadow` pattern go nowhere.
class PatternOperator final : public Operator, private nfa::MatchConsumer {
 public:
  struct Output {
    const patterns::PatternPlan* plan = nullptr;
    nfa::Batch* batch = nullptr;
    PatternCounters* counters = nullptr;
  };
  struct Input {
    const nfa::Batch* batch = nullptr;
    bool of_source = false;    // its rows are source rows, filtered or selected: being late concerns `late to`
  };

  /// Takes a line for the log; may be empty.
  using Log = std::function<void(std::string_view)>;

  /// All that is pointed to must outlive it. `listener` may be null.
  PatternOperator(const std::vector<Output>& outputs, const std::vector<Input>& inputs, LateMarks& marks,
                  MatchListener* listener, Log log);

  /// An error: a `limit … then fail` was reached. The rows made before it are in the batches.
  Result<void> process() override;

 private:
  struct Made {
    Output output;
    nfa::MatchRows rows;
    std::vector<std::uint32_t> emit_fields;    // where the values of `emit` go in the relation's layout
    std::vector<std::uint32_t> timeout_fields;
    bool warned = false;    // that the limit of a pattern that names none was reached
  };

  void on_match(const nfa::MatchView& match) override;
  Result<void> take_stats(std::uint32_t pattern);
  [[nodiscard]] static std::vector<std::uint32_t> fields_of(const std::vector<nfa::NamedExpr>& items,
                                                            const Output& output);
  void set_plain_fields(const Made& made, const nfa::MatchView& match, std::uint64_t* row);

  std::vector<Made> patterns_;
  std::vector<Input> inputs_;
  LateMarks& marks_;
  MatchListener* listener_;
  Log log_;
  BatchMerge merge_;
  nfa::EvalScratch scratch_;
  std::vector<nfa::Datum> items_;    // of the match at hand
  TimeMs low_ms_ = kBeginOfTime;
  std::unique_ptr<nfa::Engine> engine_;
};

}    // namespace cepheid::runtime
