#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "nfa/row/batch.hpp"

namespace cepheid::runtime {

/// Walks several batches in one order: by `sequence`, equal ones in the order of the inputs. Rows and watermark moves
/// of one batch keep their order.
class BatchMerge {
 public:
  explicit BatchMerge(std::vector<const nfa::Batch*> inputs) : inputs_(std::move(inputs)), cursors_(inputs_.size()) {}

  /// Calls `on_row(input, batch, row)` and `on_advance(input, advance)`. O(rows × inputs).
  template <typename OnRow, typename OnAdvance>
  void walk(OnRow&& on_row, OnAdvance&& on_advance) {
    for (Cursor& cursor : cursors_) cursor = Cursor();
    if (inputs_.size() == 1) {
      walk_only(on_row, on_advance);
      return;
    }
    for (;;) {
      std::size_t input = 0;
      std::uint64_t sequence = 0;
      bool found = false;
      for (std::size_t i = 0; i < inputs_.size(); ++i) {
        std::uint64_t next = 0;
        if (next_sequence(i, next) && (!found || next < sequence)) {
          found = true;
          input = i;
          sequence = next;
        }
      }
      if (!found) return;
      const nfa::Batch& batch = *inputs_[input];
      Cursor& cursor = cursors_[input];
      if (at_advance(input)) {
        on_advance(input, batch.advances()[cursor.advance++]);
      } else {
        on_row(input, batch, cursor.row++);
      }
    }
  }

  /// The same without the watermark moves.
  template <typename OnRow>
  void walk_rows(OnRow&& on_row) {
    if (inputs_.size() == 1) {
      for (std::size_t row = 0; row < inputs_.front()->size(); ++row) on_row(0, *inputs_.front(), row);
    } else {
      walk(on_row, [](std::size_t, const nfa::Batch::Advance&) {});
    }
  }

  /// While a row is handed over: the watermark move that follows it at once in its batch, or null.
  [[nodiscard]] const nfa::Batch::Advance* advance_after_row(std::size_t input) const {
    return at_advance(input) ? &inputs_[input]->advances()[cursors_[input].advance] : nullptr;
  }

 private:
  struct Cursor {
    std::size_t row = 0;
    std::size_t advance = 0;
  };

  /// Of one input: there is nothing to choose.
  template <typename OnRow, typename OnAdvance>
  void walk_only(OnRow&& on_row, OnAdvance&& on_advance) {
    const nfa::Batch& batch = *inputs_.front();
    const std::span<const nfa::Batch::Advance> advances = batch.advances();
    const std::size_t rows = batch.size();
    Cursor& cursor = cursors_.front();
    std::size_t next = 0;
    for (std::size_t row = 0;; ++row) {
      while (next < advances.size() && advances[next].rows_before <= row) {
        cursor.advance = ++next;
        on_advance(0, advances[next - 1]);
      }
      if (row == rows) return;
      cursor.row = row + 1;
      on_row(0, batch, row);
    }
  }

  [[nodiscard]] bool at_advance(std::size_t input) const {
    const Cursor& cursor = cursors_[input];
    const auto& advances = inputs_[input]->advances();
    return cursor.advance < advances.size() && advances[cursor.advance].rows_before <= cursor.row;
  }
  [[nodiscard]] bool next_sequence(std::size_t input, std::uint64_t& sequence) const {
    const nfa::Batch& batch = *inputs_[input];
    const Cursor& cursor = cursors_[input];
    if (at_advance(input)) {
      sequence = batch.advances()[cursor.advance].sequence;
      return true;
    }
    if (cursor.row >= batch.size()) return false;
    sequence = batch.sequence(cursor.row);
    return true;
  }

  std::vector<const nfa::Batch*> inputs_;
  std::vector<Cursor> cursors_;
};

}    // namespace cepheid::runtime
