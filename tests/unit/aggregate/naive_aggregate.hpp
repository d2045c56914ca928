#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/aggregate/steps.hpp"

namespace cepheid::runtime::aggregate_tests {

using Rows = std::vector<const Event*>;    // in order of arrival

/// A zone by hand: since when clocks were how far ahead of UTC, in order.
struct ZoneClock {
  std::string name;
  std::vector<std::pair<TimeMs, DurationMs>> offsets;

  /// The first moment at which clocks show the midnight that begins a day since 1970-01-01, or more.
  [[nodiscard]] TimeMs start_of_day(std::int64_t day) const;
};

/// What an aggregate is asked for.
struct NaiveStatement {
  enum class Kind : std::uint8_t { none, fixed, session, daily };
  struct Item {
    std::string text;
    std::function<std::string(const Rows&)> value;    // as JSON
    bool rounded = false;                             // a double that may differ in its last digits
  };

  Kind kind = Kind::fixed;
  DurationMs size_ms = 10;    // or the gap
  DurationMs step_ms = 10;
  const ZoneClock* zone = nullptr;
  DurationMs allowed_lateness = 0;
  bool emit_changes = false;
  std::size_t inputs = 1;
  std::vector<Item> key;    // of one row
  std::vector<Item> items;
  std::size_t having_more_rows_than = 0;

  /// The statement in the language: keys, ends of the window, count of rows, items.
  [[nodiscard]] std::string text() const;
};

/// Flink's WindowOperator with EventTimeTrigger by its definition: each key has its windows, each window the list of
/// all its rows, and nothing is shared. Costs what it costs.
class NaiveAggregate {
 public:
  explicit NaiveAggregate(const NaiveStatement& statement);

  void push(const Step& step);
  void end();
  [[nodiscard]] const std::vector<Given>& given() const { return given_; }
  [[nodiscard]] const std::vector<bool>& late() const { return late_; }
  /// The cells of the windows that have not ended, of all keys.
  [[nodiscard]] std::vector<std::vector<std::string>> open() const;

 private:
  using Key = std::vector<std::string>;
  struct Window {
    TimeMs start_ms;
    TimeMs end_ms;
    std::vector<std::uint64_t> rows;    // steps
  };

  [[nodiscard]] std::vector<Window> assigned(TimeMs time_ms) const;
  /// Is the window cleaned up?
  [[nodiscard]] bool is_gone(const Window& window) const;
  [[nodiscard]] bool has_ended(const Window& window) const;
  void take(std::uint64_t cause);
  void advance(std::uint64_t cause, TimeMs low_ms);
  [[nodiscard]] std::optional<std::vector<std::string>> cells_of(const Key& key, const Window& window) const;
  void give(const Key& key, const Window& window, std::uint64_t cause, TimeMs time_ms);

  const NaiveStatement& statement_;
  std::vector<Step> steps_;
  std::vector<TimeMs> lows_;
  TimeMs low_ms_ = kBeginOfTime;
  std::map<Key, std::vector<Window>> windows_;
  std::vector<Given> given_;
  std::vector<bool> late_;
};

}    // namespace cepheid::runtime::aggregate_tests
