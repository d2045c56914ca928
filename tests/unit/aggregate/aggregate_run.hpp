#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "patterns/plan/load.hpp"
#include "runtime/operators/aggregate.hpp"
#include "tests/unit/aggregate/steps.hpp"

namespace cepheid::runtime::aggregate_tests {

/// An aggregate operator, fed by hand. Fails the test where a row is late for what reads the output, or the output's
/// watermark is not what it should be.
class AggregateRun {
 public:
  /// `statement`: an aggregate `a` on streams of kStreams.
  explicit AggregateRun(const std::string& statement);

  /// Feeds the steps, so many at a time.
  void push(const std::vector<Step>& steps, std::size_t pass_steps = 1000);
  /// The end of all inputs.
  void end();
  /// All that was given up to here.
  [[nodiscard]] const std::vector<Given>& given() const { return given_; }
  /// By step: was a row marked late?
  [[nodiscard]] const std::vector<bool>& late() const { return late_; }
  /// The windows that have not ended, of an aggregate without a key.
  [[nodiscard]] std::vector<std::vector<std::string>> open() const;
  [[nodiscard]] const AggregateOperator& op() const { return *operator_; }

 private:
  [[nodiscard]] std::vector<std::string> cells_of(nfa::Row row) const;
  void append(std::size_t input, const Event& event);
  void pass();

  std::optional<patterns::Plan> loaded_;
  const patterns::AggregatePlan* plan_ = nullptr;
  std::vector<nfa::Batch> inputs_;
  std::vector<TimeMs> lows_;
  std::optional<nfa::Batch> output_;
  LateMarks marks_;
  std::unique_ptr<AggregateOperator> operator_;
  std::uint64_t sequence_ = 0;
  std::uint64_t pass_first_ = 0;
  TimeMs output_low_ms_ = kBeginOfTime;
  std::vector<Given> given_;
  std::vector<bool> late_;
};

/// A row of a stream as a step; its watermark follows with no lateness.
[[nodiscard]] Step in_time(Event event);
/// A row that moves no watermark.
[[nodiscard]] Step row(Event event);
[[nodiscard]] Step watermark(TimeMs low_ms);

/// What the steps give, the end included, a line each: the cells with a space between.
[[nodiscard]] std::string text_of(const std::string& statement, const std::vector<Step>& steps);

}    // namespace cepheid::runtime::aggregate_tests
