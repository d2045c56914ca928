#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "nfa/matcher/match.hpp"
#include "nfa/row/batch.hpp"
#include "runtime/shards/track.hpp"

namespace cepheid::runtime {

/// The rows that one engine's matches of one pattern have become in a pass, in the order in which it found them.
class MatchBatch {
 public:
  explicit MatchBatch(std::shared_ptr<const nfa::RowLayout> layout) : rows_(std::move(layout)) {}

  /// Appends a row with all fields null for the match and gives its words, valid until the next append.
  std::uint64_t* append(const nfa::MatchView& match) {
    std::uint64_t* row = rows_.append(match.time_ms, match.sequence);
    ranks_.push_back(match.rank);
    const std::size_t last = ranks_.size() - 1;
    in_order_ = in_order_ && (last == 0 || place(last - 1) <= place(last));
    return row;
  }
  [[nodiscard]] nfa::Batch& rows() { return rows_; }
  [[nodiscard]] const nfa::Batch& rows() const { return rows_; }
  void clear() {
    rows_.clear();
    ranks_.clear();
    in_order_ = true;
  }

  /// Where a row stands among those of its pattern, however many engines found them: by the cause, then the event time,
  /// then the row that is the match's last event. Rows that are equal in all are of one key.
  struct Place {
    std::uint64_t sequence;
    TimeMs time_ms;
    std::uint64_t rank;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  [[nodiscard]] Place place(std::size_t i) const { return {rows_.sequence(i), rows_.time_ms(i), ranks_[i]}; }
  [[nodiscard]] bool in_order() const { return in_order_; }

 private:
  nfa::Batch rows_;
  std::vector<std::uint64_t> ranks_;
  bool in_order_ = true;
};

/// Puts the rows of one pattern, found by several engines, into the empty batch `out` in one order, with the watermark
/// moves among them. Their text stays with `parts`, or comes along; both must live as long as `out` is read.
/// O(n log n) in the rows; O(1) where a single part has any and they are in order, as mostly.
void merge_matches(std::span<MatchBatch* const> parts, std::span<const Track::Advance> advances, nfa::Batch& out);

}    // namespace cepheid::runtime
