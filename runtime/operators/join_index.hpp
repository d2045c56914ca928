#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/expr/program.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/tables/owned_row.hpp"

namespace cepheid::runtime {

class JoinBucket;

/// A row of a join's right side; stays where it is until it is freed.
struct KeptRow {
  OwnedRow row;
  TimeMs time_ms = 0;
  std::uint64_t arrival = 0;
  std::vector<std::pair<const std::string, JoinBucket>*> places;    // by alternative; null: it never fits there
};

/// Kept rows that one alternative cannot tell apart, by time, then arrival.
class JoinBucket {
 public:
  /// `kept` arrived last of all.
  void add(const KeptRow* kept);
  /// The first leaves; they leave in their order.
  void drop_first();
  [[nodiscard]] bool empty() const { return first_ == rows_.size(); }
  /// Those with from_ms <= time <= to_ms.
  [[nodiscard]] std::span<const KeptRow* const> between(TimeMs from_ms, TimeMs to_ms) const;

 private:
  std::vector<const KeptRow*> rows_;
  std::size_t first_ = 0;    // rows before it have left
};

/// The rows of a join's right side that rows of the left one may still be joined with. For each alternative of the
/// condition they are in a hash table by the values that its equalities ask for, those with equal values by time: what
/// may be joined with a row is found without a look at the others. Not thread-safe.
class JoinIndex {
 public:
  /// `plan` must outlive it.
  explicit JoinIndex(const patterns::JoinPlan& plan);
  JoinIndex(const JoinIndex&) = delete;
  JoinIndex& operator=(const JoinIndex&) = delete;

  /// Keeps a deep copy of a right row. O(log n) in the rows kept.
  void add(nfa::Row right, TimeMs time_ms);

  /// Puts what the left row is joined with in place of what `found` held, by time, then arrival; of `keep first` and
  /// `keep last` one row at most.
  void find(nfa::Row left, TimeMs time_ms, std::vector<const KeptRow*>& found);

  /// Frees the rows with time < `time_ms`.
  void free_before(TimeMs time_ms);

  /// Rows kept.
  [[nodiscard]] std::size_t size() const { return kept_.size(); }

 private:
  using Buckets = std::unordered_map<std::string, JoinBucket>;
  struct Alternative {
    std::vector<nfa::ExprProgram> left;
    std::vector<nfa::ExprProgram> right;
    std::optional<nfa::ExprProgram> rest;
    Buckets buckets;
  };

  /// Writes the values of a side to key_: right ones as those of the left side's types that equal them. False: nothing
  /// equals one of them.
  bool encode(const Alternative& alternative, bool of_right, nfa::Row row, TimeMs time_ms);
  void find_in(const Alternative& alternative, nfa::Row left, TimeMs time_ms, std::vector<const KeptRow*>& found);
  /// What the equalities leave.
  [[nodiscard]] bool fits(const Alternative& alternative, nfa::Row left, TimeMs time_ms, const KeptRow& kept);

  const patterns::JoinPlan& plan_;
  std::vector<Alternative> alternatives_;
  std::map<std::pair<TimeMs, std::uint64_t>, KeptRow> kept_;    // by time, then arrival
  std::uint64_t next_arrival_ = 0;
  std::string key_;
  nfa::EvalScratch scratch_;
};

}    // namespace cepheid::runtime
