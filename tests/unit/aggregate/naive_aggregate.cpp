#include "tests/unit/aggregate/naive_aggregate.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace cepheid::runtime::aggregate_tests {

namespace {

constexpr DurationMs kDay = 86'400'000;

}    // namespace

TimeMs ZoneClock::start_of_day(std::int64_t day) const {
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const auto [since_ms, ahead_ms] = offsets[i];
    const TimeMs until_ms = i + 1 < offsets.size() ? offsets[i + 1].first : kEndOfTime;
    const TimeMs midnight_ms = day * kDay - ahead_ms;
    if (midnight_ms < until_ms) return std::max(midnight_ms, since_ms);
  }
  return kEndOfTime;
}

std::string NaiveStatement::text() const {
  std::string text = inputs == 1 ? "aggregate a on one {\n" : "aggregate a on one, two {\n";
  std::string names;
  for (std::size_t i = 0; i < key.size(); ++i) {
    text += fmt::format("{} k{} = {}", i == 0 ? "key" : ",", i, key[i].text);
    names += fmt::format("k{}, ", i);
  }
  switch (kind) {
    case Kind::none: text += "\nwindow none"; break;
    case Kind::session: text += fmt::format("\nwindow session {}ms", size_ms); break;
    case Kind::daily: text += fmt::format("\nwindow daily \"{}\"", zone->name); break;
    case Kind::fixed:
      text += size_ms == step_ms ? fmt::format("\nwindow tumbling {}ms", size_ms)
                                 : fmt::format("\nwindow sliding {}ms every {}ms", size_ms, step_ms);
  }
  text += "\nselect " + names + (kind == Kind::none ? "" : "window_start, window_end, ") + "c = count()";
  for (std::size_t i = 0; i < items.size(); ++i) text += fmt::format(", i{} = {}", i, items[i].text);
  text += fmt::format("\nhaving c > {}\n", having_more_rows_than);
  if (allowed_lateness > 0) text += fmt::format("allowed_lateness {}ms\n", allowed_lateness);
  if (emit_changes) text += "emit changes\n";
  return text + "}\n";
}

NaiveAggregate::NaiveAggregate(const NaiveStatement& statement)
    : statement_(statement), lows_(statement.inputs, kBeginOfTime) {}

void NaiveAggregate::push(const Step& step) {
  const std::uint64_t cause = steps_.size();
  steps_.push_back(step);
  late_.push_back(false);
  if (step.event) take(cause);
  if (!step.low_ms) return;
  lows_[step.input] = std::max(lows_[step.input], *step.low_ms);
  advance(cause, *std::ranges::min_element(lows_));
}

void NaiveAggregate::end() {
  for (std::size_t input = 0; input < lows_.size(); ++input) push({.input = input, .event = {}, .low_ms = kEndOfTime});
}

std::vector<NaiveAggregate::Window> NaiveAggregate::assigned(TimeMs time_ms) const {
  using Kind = NaiveStatement::Kind;
  if (statement_.kind == Kind::none) return {{kBeginOfTime, kEndOfTime, {}}};
  if (statement_.kind == Kind::session) return {{time_ms, time_ms + statement_.size_ms, {}}};
  std::vector<Window> windows;
  if (statement_.kind == Kind::daily) {
    for (std::int64_t day = time_ms / kDay - 3; day < time_ms / kDay + 3; ++day) {
      const Window window{statement_.zone->start_of_day(day), statement_.zone->start_of_day(day + 1), {}};
      if (window.start_ms <= time_ms && time_ms < window.end_ms) windows.push_back(window);
    }
    return windows;
  }
  // Each start that is a multiple of the step, one by one.
  for (TimeMs start_ms = time_ms - statement_.size_ms + 1; start_ms <= time_ms; ++start_ms) {
    if (start_ms % statement_.step_ms == 0) windows.push_back({start_ms, start_ms + statement_.size_ms, {}});
  }
  return windows;
}

// Flink's watermark is one less than `low`: what has `time <= low - 1` does not come any more.

bool NaiveAggregate::is_gone(const Window& window) const {
  return window.end_ms != kEndOfTime && low_ms_ != kBeginOfTime &&
         window.end_ms - 1 + statement_.allowed_lateness <= low_ms_ - 1;
}

bool NaiveAggregate::has_ended(const Window& window) const {
  return window.end_ms != kEndOfTime && low_ms_ != kBeginOfTime && window.end_ms - 1 <= low_ms_ - 1;
}

void NaiveAggregate::take(std::uint64_t cause) {
  const Event& event = *steps_[cause].event;
  Key key;
  for (const NaiveStatement::Item& part : statement_.key) key.push_back(part.value({&event}));
  std::vector<Window>& held = windows_[key];
  bool taken = false;
  for (Window window : assigned(event.time_ms)) {
    window.rows = {cause};
    if (statement_.kind == NaiveStatement::Kind::session) {
      // Windows that overlap or touch are one, as long as there are any.
      for (bool merged = true; merged;) {
        merged = false;
        for (auto other = held.begin(); other != held.end(); ++other) {
          if (other->start_ms > window.end_ms || other->end_ms < window.start_ms) continue;
          window.start_ms = std::min(window.start_ms, other->start_ms);
          window.end_ms = std::max(window.end_ms, other->end_ms);
          window.rows.insert(window.rows.end(), other->rows.begin(), other->rows.end());
          held.erase(other);
          merged = true;
          break;
        }
      }
    } else {
      const auto same = std::ranges::find(held, window.start_ms, &Window::start_ms);
      if (same != held.end()) {
        window.rows.insert(window.rows.end(), same->rows.begin(), same->rows.end());
        held.erase(same);
      }
    }
    if (is_gone(window)) continue;
    taken = true;
    std::ranges::sort(window.rows);
    if (statement_.kind == NaiveStatement::Kind::none) {
      give(key, window, cause, event.time_ms);
    } else if (statement_.emit_changes || has_ended(window)) {
      give(key, window, cause, window.end_ms - 1);
    }
    held.push_back(std::move(window));
  }
  // What is in no window, being between them, is late only if it would be by itself.
  late_[cause] = !taken && low_ms_ != kBeginOfTime && event.time_ms + statement_.allowed_lateness <= low_ms_ - 1;
}

void NaiveAggregate::advance(std::uint64_t cause, TimeMs low_ms) {
  if (low_ms <= low_ms_) return;
  struct Due {
    const Key* key;
    const Window* window;
  };
  std::vector<Due> due;
  for (const auto& [key, held] : windows_) {
    for (const Window& window : held) {
      if (!has_ended(window)) due.push_back({&key, &window});
    }
  }
  low_ms_ = low_ms;
  std::erase_if(due, [this](const Due& one) { return !has_ended(*one.window); });
  std::ranges::stable_sort(due, {}, [](const Due& one) { return one.window->end_ms; });
  if (!statement_.emit_changes) {
    for (const Due& one : due) give(*one.key, *one.window, cause, one.window->end_ms - 1);
  }
  for (auto& [key, held] : windows_) {
    std::erase_if(held, [this](const Window& window) { return is_gone(window); });
  }
}

std::optional<std::vector<std::string>> NaiveAggregate::cells_of(const Key& key, const Window& window) const {
  Rows rows;
  for (const std::uint64_t step : window.rows) rows.push_back(&*steps_[step].event);
  if (rows.size() <= statement_.having_more_rows_than) return std::nullopt;
  std::vector<std::string> cells = key;
  if (statement_.kind != NaiveStatement::Kind::none) {
    cells.push_back(std::to_string(window.start_ms));
    cells.push_back(std::to_string(window.end_ms));
  }
  cells.push_back(std::to_string(rows.size()));
  for (const NaiveStatement::Item& item : statement_.items) cells.push_back(item.value(rows));
  return cells;
}

void NaiveAggregate::give(const Key& key, const Window& window, std::uint64_t cause, TimeMs time_ms) {
  if (auto cells = cells_of(key, window)) {
    given_.push_back({.cause = cause, .time_ms = time_ms, .cells = std::move(*cells)});
  }
}

std::vector<std::vector<std::string>> NaiveAggregate::open() const {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [key, held] : windows_) {
    std::vector<const Window*> in_order;
    for (const Window& window : held) {
      if (!has_ended(window)) in_order.push_back(&window);
    }
    std::ranges::sort(in_order, {}, &Window::start_ms);
    for (const Window* window : in_order) {
      if (auto cells = cells_of(key, *window)) rows.push_back(std::move(*cells));
    }
  }
  return rows;
}

}    // namespace cepheid::runtime::aggregate_tests
