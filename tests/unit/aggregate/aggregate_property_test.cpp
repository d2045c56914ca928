// The operator against the naive aggregate, on random statements, rows and watermarks.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/aggregate/aggregate_run.hpp"
#include "tests/unit/aggregate/naive_aggregate.hpp"
#include "tests/unit/aggregate/naive_functions.hpp"

namespace cepheid::runtime::aggregate_tests {
namespace {

constexpr DurationMs kHour = 3'600'000;

class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}

  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(n)); }
  bool one_in(std::int64_t n) { return below(n) == 0; }
  template <typename Value>
  const Value& of(const std::vector<Value>& all) {
    return all[static_cast<std::size_t>(below(static_cast<std::int64_t>(all.size())))];
  }

 private:
  std::mt19937 engine_;
};

/// A zone and a moment near which its clocks change.
struct Change {
  ZoneClock zone;
  TimeMs at_ms;
};

const std::vector<Change>& changes() {
  constexpr TimeMs kBerlinMarch = 1'711'846'800'000;       // 2024-03-31 01:00 UTC
  constexpr TimeMs kBerlinOctober = 1'729'990'800'000;     // 2024-10-27 01:00 UTC
  constexpr TimeMs kHavanaMarch = 1'710'046'800'000;       // 2024-03-10 05:00 UTC: 00:00 becomes 01:00
  constexpr TimeMs kHavanaNovember = 1'730'610'000'000;    // 2024-11-03 05:00 UTC: 01:00 becomes 00:00
  static const ZoneClock berlin = {"Europe/Berlin",
                                   {{kBeginOfTime, kHour}, {kBerlinMarch, 2 * kHour}, {kBerlinOctober, kHour}}};
  static const ZoneClock havana = {
      "America/Havana", {{kBeginOfTime, -5 * kHour}, {kHavanaMarch, -4 * kHour}, {kHavanaNovember, -5 * kHour}}};
  static const std::vector<Change> all = {
      {berlin, kBerlinMarch},
      {berlin, kBerlinOctober},
      {havana, kHavanaMarch},
      {havana, kHavanaNovember},
      {{"Asia/Seoul", {{kBeginOfTime, 9 * kHour}}}, kBerlinMarch},
      {{"Asia/Kathmandu", {{kBeginOfTime, 5 * kHour + kHour * 3 / 4}}}, kBerlinMarch},
  };
  return all;
}

NaiveStatement random_statement(Random& random) {
  using Kind = NaiveStatement::Kind;
  NaiveStatement statement;
  switch (random.below(6)) {
    case 0: statement.kind = Kind::none; break;
    case 1: statement.kind = Kind::session; break;
    case 2: statement.kind = Kind::daily; break;
    default: statement.kind = Kind::fixed; break;
  }
  statement.size_ms = 1 + random.below(12);
  // Tumbling, multiples, others, and steps that leave gaps between windows.
  statement.step_ms = random.one_in(3) ? statement.size_ms : 1 + random.below(14);
  if (statement.kind != Kind::none) {
    if (random.one_in(2)) statement.allowed_lateness = 1 + random.below(15);
    statement.emit_changes = random.one_in(4);
  }
  statement.inputs = random.one_in(3) ? 2 : 1;
  std::vector<NaiveStatement::Item> key = keys();
  const std::int64_t parts = random.below(4);
  for (std::int64_t i = 0; i < parts && i < 3; ++i) statement.key.push_back(random.of(key));
  const std::int64_t count = random.below(5);
  for (std::int64_t i = 0; i < count; ++i) statement.items.push_back(random.of(functions(random.of(conditions()))));
  if (random.one_in(4)) statement.having_more_rows_than = static_cast<std::size_t>(random.below(3));
  return statement;
}

Event random_event(Random& random, std::size_t input) {
  Event event;
  const std::string long_tail(20, 'z');
  if (!random.one_in(5)) {
    event.who = std::string(1, static_cast<char>('a' + random.below(3))) + (random.one_in(2) ? long_tail : "");
  }
  if (!random.one_in(5)) event.part = random.below(4) - 1;
  if (!random.one_in(4)) event.n = random.below(9) - 3;
  if (random.one_in(20)) event.n = 9'000'000'000'000'000'000;
  if (input == 0 && !random.one_in(4)) event.x = static_cast<double>(random.below(17) - 8) / 4;
  if (!random.one_in(4)) event.d = random.below(2000) - 700;
  if (random.one_in(15)) event.d = Int128{1'000'000'000'000'000'000} * (random.below(9'000'000'000) - 3);
  if (!random.one_in(4)) event.s = "s" + std::to_string(random.below(5)) + (random.one_in(2) ? long_tail : "");
  if (!random.one_in(4)) event.b = random.one_in(2);
  return event;
}

std::vector<Step> random_steps(Random& random, const NaiveStatement& statement, TimeMs base_ms, DurationMs unit_ms) {
  const std::int64_t count = 5 + random.below(random.one_in(10) ? 300 : 60);
  const std::int64_t spread = 1 + random.below(30);
  const std::int64_t lateness = random.below(20);
  const std::int64_t hurry = 1 + random.below(3);    // how far time goes on from row to row
  std::vector<TimeMs> lows(statement.inputs, kBeginOfTime);
  std::vector<Step> steps;
  for (std::int64_t i = 0; i < count; ++i) {
    Step step;
    step.input = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(statement.inputs)));
    const TimeMs now_ms = base_ms + (i / 2 * hurry + random.below(spread)) * unit_ms +
                          (unit_ms > 1 ? random.below(unit_ms / 4) - unit_ms / 8 : 0);
    if (!random.one_in(10)) {
      step.event = random_event(random, step.input);
      step.event->time_ms = random.one_in(12) ? now_ms - 40 * unit_ms : now_ms;
    }
    if (random.one_in(3)) {
      const TimeMs low_ms = now_ms - random.below(lateness + 1) * unit_ms;
      if (low_ms > lows[step.input]) step.low_ms = lows[step.input] = low_ms;
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

bool same_cell(const std::string& a, const std::string& b, bool rounded) {
  if (a == b) return true;
  if (!rounded || a == "null" || b == "null") return false;
  const double x = std::strtod(a.c_str(), nullptr);
  const double y = std::strtod(b.c_str(), nullptr);
  return std::abs(x - y) <= 1e-9 * std::max({std::abs(x), std::abs(y), 1e-3});
}

/// Rows of one cause come in any order among themselves, but those of earlier windows first. Keys and the ends of the
/// window tell them apart.
void sort_given(std::vector<Given>& all, std::size_t telling) {
  std::ranges::stable_sort(all, [telling](const Given& a, const Given& b) {
    if (a.cause != b.cause) return a.cause < b.cause;
    const auto end = static_cast<std::ptrdiff_t>(telling);
    return std::lexicographical_compare(a.cells.begin(), a.cells.begin() + end, b.cells.begin(), b.cells.begin() + end);
  });
}

bool same_row(const std::vector<std::string>& a, const std::vector<std::string>& b, const NaiveStatement& statement) {
  if (a.size() != b.size()) return false;
  const std::size_t first_item = a.size() - statement.items.size();
  for (std::size_t cell = 0; cell < a.size(); ++cell) {
    const bool rounded = cell >= first_item && statement.items[cell - first_item].rounded;
    if (!same_cell(a[cell], b[cell], rounded)) return false;
  }
  return true;
}

void expect_same_open(const std::vector<std::vector<std::string>>& got,
                      const std::vector<std::vector<std::string>>& expected, const NaiveStatement& statement) {
  ASSERT_EQ(got.size(), expected.size()) << "open windows";
  for (std::size_t i = 0; i < got.size(); ++i) {
    ASSERT_TRUE(same_row(got[i], expected[i], statement))
        << "open window " << i << "\ngot      " << fmt::format("{}", fmt::join(got[i], " ")) << "\nexpected "
        << fmt::format("{}", fmt::join(expected[i], " "));
  }
}

void expect_same(std::vector<Given> got, std::vector<Given> expected, const NaiveStatement& statement) {
  const bool in_windows = statement.kind != NaiveStatement::Kind::none;
  for (std::size_t i = 1; i < got.size(); ++i) {
    ASSERT_LE(got[i - 1].cause, got[i].cause) << "causes in order";
    if (in_windows && got[i - 1].cause == got[i].cause) {
      ASSERT_LE(got[i - 1].time_ms, got[i].time_ms) << "windows of one cause in the order of their ends";
    }
  }
  const std::size_t telling = statement.key.size() + (in_windows ? 2 : 0);
  sort_given(got, telling);
  sort_given(expected, telling);
  const auto shown = [](const std::vector<Given>& all, std::size_t i) {
    return i < all.size() ? fmt::format("{}@{}: {}", all[i].cause, all[i].time_ms, fmt::join(all[i].cells, " "))
                          : std::string("nothing");
  };
  for (std::size_t i = 0; i < std::max(got.size(), expected.size()); ++i) {
    const bool same = i < got.size() && i < expected.size() && got[i].cause == expected[i].cause &&
                      got[i].time_ms == expected[i].time_ms && same_row(got[i].cells, expected[i].cells, statement);
    ASSERT_TRUE(same) << "row " << i << "\ngot      " << shown(got, i) << "\nexpected " << shown(expected, i);
  }
}

/// How much the random cases have shown.
struct Seen {
  std::size_t given = 0;
  std::size_t late = 0;
};

void compare(std::uint32_t seed, Seen& seen) {
  Random random(seed);
  NaiveStatement statement = random_statement(random);
  TimeMs base_ms = random.of(std::vector<TimeMs>{0, -40, 1'700'000'000'000});
  DurationMs unit_ms = 1;
  if (statement.kind == NaiveStatement::Kind::daily) {
    const Change& change = random.of(changes());
    statement.zone = &change.zone;
    unit_ms = kHour;
    base_ms = change.at_ms - (20 + random.below(60)) * kHour;
    statement.allowed_lateness *= kHour;
  }
  const std::vector<Step> steps = random_steps(random, statement, base_ms, unit_ms);
  SCOPED_TRACE(fmt::format("seed {}\n{}", seed, statement.text()));

  NaiveAggregate naive(statement);
  for (const Step& step : steps) naive.push(step);
  AggregateRun run(statement.text());
  const auto pass_steps = static_cast<std::size_t>(1 + random.below(100));
  run.push(steps, pass_steps);
  if (statement.key.empty()) expect_same_open(run.open(), naive.open(), statement);
  naive.end();
  run.end();
  seen.given += naive.given().size();
  seen.late += static_cast<std::size_t>(std::ranges::count(naive.late(), true));
  expect_same(run.given(), naive.given(), statement);
  if (statement.kind != NaiveStatement::Kind::none) {
    EXPECT_EQ(run.late(), naive.late());
    EXPECT_EQ(run.op().keys_held(), 0u);
    EXPECT_EQ(run.op().blocks_held(), 0u);
  }
}

// CEPHEID_AGGREGATE_CASES: how many.
TEST(AggregateProperty, IsWhatListsOfAllRowsOfEachWindowGive) {
  const char* cases = std::getenv("CEPHEID_AGGREGATE_CASES");
  const auto count = cases == nullptr ? 1000u : static_cast<std::uint32_t>(std::strtoul(cases, nullptr, 10));
  Seen seen;
  for (std::uint32_t seed = 0; seed < count && !::testing::Test::HasFailure(); ++seed) compare(seed, seen);
  EXPECT_GT(seen.given, 10 * count);
  EXPECT_GT(seen.late, count);
}

}    // namespace
}    // namespace cepheid::runtime::aggregate_tests
