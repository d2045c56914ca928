#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "nfa/engine/engine.hpp"
#include "patterns/plan/plan.hpp"

namespace cepheid {

/// One pattern in an engine, fed row by row. Its stream is `events`, with the fields `k int, kind int, ts timestamp`.
class PatternRun final : private nfa::MatchConsumer {
 public:
  /// `pattern`: the statement, `pattern p on events { … }`. It must be right.
  explicit PatternRun(const std::string& pattern);
  ~PatternRun() override;

  /// A row in time order: the watermark follows it.
  void push(std::int64_t key, std::int64_t kind, TimeMs time_ms);
  void advance(TimeMs time_ms);
  void end() { advance(kEndOfTime); }

  [[nodiscard]] const PatternStats& stats() const { return engine_->stats(0); }
  /// How many events the longest match had.
  [[nodiscard]] std::size_t longest_match() const { return longest_match_; }

 private:
  void on_match(const nfa::MatchView& match) override;

  patterns::Plan plan_;
  std::shared_ptr<const nfa::PatternSpec> spec_;
  std::unique_ptr<nfa::Engine> engine_;
  std::vector<std::uint64_t> row_;
  std::uint64_t sequence_ = 0;
  std::size_t longest_match_ = 0;
};

/// The pattern statement in a rule file with the stream that PatternRun feeds.
[[nodiscard]] std::string rules_of(const std::string& pattern);

/// A plan's first pattern.
[[nodiscard]] const nfa::PatternSpec& first_pattern(const patterns::Plan& plan);

}    // namespace cepheid
