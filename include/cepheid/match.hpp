#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "cepheid/export.hpp"
#include "cepheid/row_view.hpp"
#include "cepheid/rules.hpp"
#include "cepheid/time.hpp"
#include "cepheid/value_view.hpp"

namespace cepheid::inline v0 {

/// Rows that lie one behind the other in some order: those that a step took.
class RowRange {
 public:
  RowRange(const std::uint64_t* const* rows, std::size_t size, const Schema& schema, const FieldSlot* slots)
      : rows_(rows), size_(size), schema_(&schema), slots_(slots) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] RowView operator[](std::size_t i) const { return {rows_[i], *schema_, slots_}; }
  [[nodiscard]] RowView front() const { return (*this)[0]; }
  [[nodiscard]] RowView back() const { return (*this)[size_ - 1]; }

  class Iterator {
   public:
    Iterator(const RowRange& range, std::size_t at) : range_(&range), at_(at) {}
    RowView operator*() const { return (*range_)[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }

   private:
    const RowRange* range_;
    std::size_t at_;
  };
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size_}; }

 private:
  const std::uint64_t* const* rows_;
  std::size_t size_;
  const Schema* schema_;
  const FieldSlot* slots_;
};

/// One event of a match.
struct MatchEvent {
  std::string_view step;
  StreamId stream;
  TimeMs time_ms;
  RowView row;
};

/// A match, or a partial match that ran out of time, as a callback gets it: all views end with the callback. Nothing is
/// copied; `emit` is worked out when it is first asked for.
class Match {
 public:
  [[nodiscard]] CEPHEID_API PatternId pattern_id() const;
  [[nodiscard]] CEPHEID_API std::string_view pattern() const;

  /// The values of the pattern's `key`, in its order; none if it has no key.
  [[nodiscard]] CEPHEID_API std::size_t key_size() const;
  [[nodiscard]] CEPHEID_API ValueView key(std::size_t i) const;

  /// Time of the first event; of a row of `absent`, since when there was none.
  [[nodiscard]] CEPHEID_API TimeMs start_ms() const;
  /// Time of the last event; of a time-out, when it ran out.
  [[nodiscard]] CEPHEID_API TimeMs end_ms() const;
  /// Event time at which it is given out.
  [[nodiscard]] CEPHEID_API TimeMs time_ms() const;
  [[nodiscard]] CEPHEID_API bool timed_out() const;

  /// The events in the order taken.
  [[nodiscard]] CEPHEID_API std::size_t size() const;
  [[nodiscard]] CEPHEID_API MatchEvent event(std::size_t i) const;
  /// Those that a step took, in order; none if there is no such step. Linear in the steps. Over several streams a row
  /// has the fields of all of them, null where its own stream lacks one.
  [[nodiscard]] CEPHEID_API RowRange events(std::string_view step) const;

  /// The values of `emit` (of a time-out: of `on_timeout emit`), in the order written; none without it.
  [[nodiscard]] CEPHEID_API std::size_t emit_size() const;
  [[nodiscard]] CEPHEID_API std::string_view emit_name(std::size_t i) const;
  [[nodiscard]] CEPHEID_API ValueView emit(std::size_t i) const;
  /// The item of that name; null, of type null, if there is none. Linear in the items.
  [[nodiscard]] CEPHEID_API ValueView operator[](std::string_view item) const;

  Match(const Match&) = delete;
  Match& operator=(const Match&) = delete;

 private:
  friend class Engine;
  struct Impl;    // the engine's own
  explicit Match(Impl& impl) : impl_(impl) {}
  Impl& impl_;
};

}    // namespace cepheid::inline v0
