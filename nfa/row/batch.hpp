#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <numeric>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/row/arena.hpp"
#include "nfa/row/layout.hpp"
#include "nfa/row/word_buffer.hpp"

namespace cepheid::nfa {

/// Rows of one stream in their order of arrival, with the memory of their text, and how the stream's watermark moved
/// among them. Reused: clear() keeps the memory. Not thread-safe.
///
/// `sequence` is the position, in the whole job's order of arrival, of the source row that caused a row: rows of
/// several streams are put in one order by it. It never falls within a batch.
class Batch {
 public:
  /// The stream's watermark moved to `low_ms` when `rows_before` rows of this batch had passed, the cause being the
  /// source row `sequence`. A row with time < low_ms is late from there on. Never falls.
  struct Advance {
    std::uint32_t rows_before = 0;
    std::uint64_t sequence = 0;
    TimeMs low_ms = kBeginOfTime;
  };

  explicit Batch(std::shared_ptr<const RowLayout> layout) : layout_(std::move(layout)) {}

  [[nodiscard]] const RowLayout& layout() const { return *layout_; }
  [[nodiscard]] const std::shared_ptr<const RowLayout>& shared_layout() const { return layout_; }
  [[nodiscard]] std::size_t size() const { return times_.size(); }
  [[nodiscard]] bool empty() const { return times_.empty() && advances_.empty(); }
  [[nodiscard]] Row row(std::size_t i) const { return base_ + i * layout_->words(); }
  /// The same to be changed by RowLayout::set; not of borrowed rows.
  [[nodiscard]] std::uint64_t* words(std::size_t i) { return rows_.data() + i * layout_->words(); }
  [[nodiscard]] TimeMs time_ms(std::size_t i) const { return times_[i]; }
  [[nodiscard]] std::uint64_t sequence(std::size_t i) const { return sequences_[i]; }
  [[nodiscard]] const std::vector<Advance>& advances() const { return advances_; }
  /// Where text and composites of this batch's rows are put.
  [[nodiscard]] Arena& arena() { return arena_; }
  /// Gives the memory of text back, for rows that have none there.
  void free_arena() { arena_ = Arena(); }

  /// Appends a row with all fields null and gives its words, valid until the next append.
  std::uint64_t* append(TimeMs time_ms, std::uint64_t sequence) {
    std::uint64_t* const row = rows_.append(layout_->words());
    base_ = rows_.data();
    layout_->clear(row);
    times_.push_back(time_ms);
    sequences_.push_back(sequence);
    return row;
  }
  /// Appends `n` rows that are all as `row`; the words of the first, which the others follow, valid until the next
  /// append.
  std::uint64_t* append_alike(std::size_t n, Row row, TimeMs time_ms, std::uint64_t sequence) {
    const std::size_t words = layout_->words();
    std::uint64_t* const first = rows_.append(n * words);
    base_ = rows_.data();
    for (std::size_t at = 0; at < n * words; at += words) {
      for (std::size_t i = 0; i < words; ++i) first[at + i] = row[i];
    }
    times_.insert(times_.end(), n, time_ms);
    sequences_.insert(sequences_.end(), n, sequence);
    return first;
  }
  /// Appends the rows [begin, end) of a batch of the same layout, with their times and the sequences from `sequence`
  /// on. Text and composites stay where they are.
  void append_rows(const Batch& from, std::size_t begin, std::size_t end, std::uint64_t sequence) {
    const std::size_t words = layout_->words();
    if (begin != end) {
      std::memcpy(rows_.append((end - begin) * words), from.base_ + begin * words,
                  (end - begin) * words * sizeof(std::uint64_t));
    }
    base_ = rows_.data();
    append_places(from, begin, end, sequence);
  }
  /// Shows these rows as the same calls would, but leaves them where they are: `from` must stay as it is until clear().
  /// Requires that the batch is empty; nothing may be appended to it before clear().
  void borrow_rows(const Batch& from, std::size_t begin, std::size_t end, std::uint64_t sequence) {
    base_ = from.base_ + begin * layout_->words();
    append_places(from, begin, end, sequence);
  }
  /// Takes the last row back (a line that turned out not to decode). Its text stays in the arena until clear().
  void drop_last() {
    rows_.drop(layout_->words());
    times_.pop_back();
    sequences_.pop_back();
  }
  void set_time(std::size_t i, TimeMs time_ms) { times_[i] = time_ms; }
  /// For rows decoded before their place in the order of arrival is known.
  void set_sequence(std::size_t i, std::uint64_t sequence) { sequences_[i] = sequence; }

  /// The watermark moves to `low_ms` after the rows appended so far.
  void advance(TimeMs low_ms, std::uint64_t sequence) {
    advances_.push_back({static_cast<std::uint32_t>(size()), sequence, low_ms});
  }

  /// The same after `rows_before` of them; not before the last move noted.
  void advance_after(std::size_t rows_before, TimeMs low_ms, std::uint64_t sequence) {
    advances_.push_back({static_cast<std::uint32_t>(rows_before), sequence, low_ms});
  }

  /// The watermark moves with the rows from `first` on: `low_after(time)`, asked for one after the other, is where it
  /// is then, `low_ms` where it was before.
  template <typename LowAfter>
  void advance_by_rows(std::size_t first, TimeMs low_ms, LowAfter&& low_after) {
    std::size_t end = advances_.size();
    advances_.resize(end + (size() - first));
    // No branches: whether time goes on cannot be foreseen.
    for (std::size_t i = first; i < size(); ++i) {
      const TimeMs next_ms = low_after(times_[i]);
      advances_[end] = {static_cast<std::uint32_t>(i + 1), sequences_[i], next_ms};
      end += next_ms != low_ms ? 1 : 0;
      low_ms = next_ms;
    }
    advances_.resize(end);
  }

  void clear() {
    rows_.clear();
    base_ = rows_.data();
    times_.clear();
    sequences_.clear();
    advances_.clear();
    arena_.clear();
  }

 private:
  void append_places(const Batch& from, std::size_t begin, std::size_t end, std::uint64_t sequence) {
    times_.insert(times_.end(), from.times_.begin() + static_cast<std::ptrdiff_t>(begin),
                  from.times_.begin() + static_cast<std::ptrdiff_t>(end));
    const std::size_t first = sequences_.size();
    sequences_.resize(first + (end - begin));
    std::iota(sequences_.begin() + static_cast<std::ptrdiff_t>(first), sequences_.end(), sequence);
  }

  std::shared_ptr<const RowLayout> layout_;
  WordBuffer rows_;
  const std::uint64_t* base_ = nullptr;    // of the first row: in rows_, or borrowed
  std::vector<TimeMs> times_;
  std::vector<std::uint64_t> sequences_;
  std::vector<Advance> advances_;
  Arena arena_;
};

}    // namespace cepheid::nfa
