#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "nfa/engine/match_rows.hpp"
#include "nfa/matcher/match.hpp"
#include "runtime/bench/bench_run.hpp"
#include "runtime/operators/match_listener.hpp"

namespace cepheid::runtime {

/// Does with each match what MatchWork says, and counts. Fed by engines (of_engine()) or by a job. Not thread-safe.
class MatchVisitor final : public MatchListener {
 public:
  /// The specs of `plan` must outlive it. `first`: with MatchWork::first, so many are visited of matches in a row that
  /// have the same last event.
  MatchVisitor(const patterns::Plan& plan, MatchWork work, std::uint64_t first);

  /// Forgets what was counted: the setup is over.
  void reset();
  /// Puts what visitors of the same work have counted into `run`; `found` is the number of all matches.
  static void report(const std::deque<MatchVisitor>& visitors, std::uint64_t found, BenchRun& run);

  void on_match(const nfa::PatternSpec& spec, const nfa::MatchView& match,
                std::span<const nfa::Datum> emitted) override;
  Result<void> end_pass() override { return {}; }

  /// A match of a pattern whose `emit` nobody has computed yet: `rows` does.
  void on_engine_match(const nfa::PatternSpec& spec, const nfa::MatchRows& rows, const nfa::MatchView& match);
  /// The memory of computed rows is taken back: between runs of events.
  void end_run_of_events() { scratch_.clear(); }

 private:
  void visit(const nfa::PatternSpec& spec, const nfa::MatchView& match);

  MatchWork work_;
  std::uint64_t first_;
  bool has_ids_;
  std::uint64_t visited_ = 0;
  std::uint64_t match_events_ = 0;
  std::uint64_t checksum_ = 0;
  // Of the pattern and the event that matches were visited for last.
  const nfa::PatternSpec* spec_ = nullptr;
  const nfa::FieldSlot* id_ = nullptr;    // of that pattern's rows; null: they have none
  std::uint64_t rank_ = 0;
  std::uint64_t of_event_ = 0;    // matches visited
  nfa::EvalScratch scratch_;
  std::vector<nfa::Datum> items_;
};

}    // namespace cepheid::runtime
