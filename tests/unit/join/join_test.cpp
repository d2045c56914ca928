#include "runtime/operators/join.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "runtime/stream/watermark.hpp"
#include "tests/unit/expr/build_expr.hpp"

namespace cepheid::runtime {
namespace {

using nfa::TypedExpr;
using patterns::JoinPlan;
namespace build = nfa::build;

const Schema kSides({{"id", Type::int64()}, {"a", Type::int64()}, {"b", Type::string()}, {"x", Type::float64()}});

/// A row of either side.
struct Event {
  bool left = false;
  std::int64_t id = 0;
  TimeMs time_ms = 0;
  std::optional<std::int64_t> a;
  std::optional<std::string> b;
  std::optional<double> x;
};

/// What a join gave: the ids of both, -1 for no right row.
struct Pair {
  std::int64_t left;
  std::int64_t right;
  TimeMs time_ms;
  friend bool operator==(const Pair&, const Pair&) = default;
};

std::ostream& operator<<(std::ostream& out, const Pair& pair) {
  return out << pair.left << "+" << pair.right << "@" << pair.time_ms;
}

TypedExpr of_side(std::uint32_t side, std::string_view name) {
  TypedExpr expression = build::field(kSides, name);
  expression.kind = TypedExpr::Kind::side_field;
  expression.side = side;
  return expression;
}

JoinPlan::Alternative::Equality equal(std::string_view left, std::string_view right) {
  return {.left = build::field(kSides, left), .right = build::field(kSides, right)};
}

/// c.a == k.a, or c.b == k.b and c.x <= k.x, or c.x == k.a
JoinPlan make_plan(std::size_t alternatives, JoinPlan::Keep keep, bool keep_left, DurationMs before_ms) {
  const auto layout = std::make_shared<const nfa::RowLayout>(kSides);
  JoinPlan plan;
  plan.left = {.input = {.relation = 0, .fields = {0, 1, 2, 3}}, .layout = layout};
  plan.right = {.input = {.relation = 1, .fields = {0, 1, 2, 3}}, .layout = layout};
  plan.on.push_back({.equalities = {equal("a", "a")}, .rest = std::nullopt});
  plan.on.push_back({.equalities = {equal("b", "b")},
                     .rest = build::test(nfa::Function::less_equal, {of_side(0, "x"), of_side(1, "x")})});
  plan.on.push_back({.equalities = {equal("x", "a")}, .rest = std::nullopt});
  plan.on.resize(alternatives);
  plan.before_ms = before_ms;
  plan.keep = keep;
  plan.keep_left = keep_left;
  plan.items = {{.name = "left", .value = of_side(0, "id")},
                {.name = "right", .value = of_side(1, "id")},
                {.name = "text", .value = of_side(1, "b")}};
  return plan;
}

bool fits(const Event& c, const Event& k, std::size_t alternatives) {
  if (c.a && k.a && *c.a == *k.a) return true;
  if (alternatives > 1 && c.b && k.b && *c.b == *k.b && c.x && k.x && *c.x <= *k.x) return true;
  return alternatives > 2 && c.x && k.a && *c.x == static_cast<double>(*k.a);
}

/// The naive join: all rows that were not late, each with each.
std::vector<Pair> reference(const std::vector<Event>& events, const JoinPlan& plan,
                            const std::array<DurationMs, 2>& latenesses) {
  std::array<Watermark, 2> watermarks = {Watermark(latenesses[0]), Watermark(latenesses[1])};
  std::vector<Event> lefts;
  std::vector<Event> rights;
  for (const Event& event : events) {
    Watermark& watermark = watermarks[event.left ? 0 : 1];
    if (event.time_ms >= watermark.low_ms()) (event.left ? lefts : rights).push_back(event);
    watermark.note(event.time_ms);
  }
  std::ranges::stable_sort(lefts, {}, &Event::time_ms);
  std::ranges::stable_sort(rights, {}, &Event::time_ms);
  std::vector<Pair> pairs;
  for (const Event& c : lefts) {
    std::vector<Pair> found;
    for (const Event& k : rights) {
      if (k.time_ms < c.time_ms - plan.before_ms || k.time_ms > c.time_ms || !fits(c, k, plan.on.size())) continue;
      found.push_back({c.id, k.id, c.time_ms});
    }
    if (found.empty() && plan.keep_left) found.push_back({c.id, -1, c.time_ms});
    if (found.size() > 1 && plan.keep == JoinPlan::Keep::first) found.resize(1);
    if (found.size() > 1 && plan.keep == JoinPlan::Keep::last) found = {found.back()};
    pairs.insert(pairs.end(), found.begin(), found.end());
  }
  return pairs;
}

/// Runs the operator on the events, a pass of at most `pass_rows` at a time.
class JoinRun {
 public:
  JoinRun(const JoinPlan& plan, const std::array<DurationMs, 2>& latenesses)
      : latenesses_(latenesses),
        inputs_{nfa::Batch(plan.left.layout), nfa::Batch(plan.right.layout)},
        output_(std::make_shared<const nfa::RowLayout>(
            Schema({{"left", Type::int64()}, {"right", Type::int64()}, {"text", Type::string()}}))),
        join_(plan, {{.batch = &inputs_[0], .of_source = true}, {.batch = &inputs_[1], .of_source = true}}, output_,
              marks_) {}

  std::vector<Pair> run(const std::vector<Event>& events, std::size_t pass_rows) {
    std::array<Watermark, 2> watermarks = {Watermark(latenesses_[0]), Watermark(latenesses_[1])};
    for (std::size_t i = 0; i < events.size(); ++i) {
      const Event& event = events[i];
      const std::size_t side = event.left ? 0 : 1;
      marks_.extend(sequence_);
      append(inputs_[side], event);
      late_ += event.time_ms < watermarks[side].low_ms() ? 1 : 0;
      if (watermarks[side].note(event.time_ms)) inputs_[side].advance(watermarks[side].low_ms(), sequence_);
      ++sequence_;
      if ((i + 1) % pass_rows == 0) pass();
    }
    for (nfa::Batch& input : inputs_) {
      marks_.extend(sequence_);
      input.advance(kEndOfTime, sequence_++);
    }
    pass();
    return pairs_;
  }
  [[nodiscard]] std::uint64_t late() const { return late_; }
  [[nodiscard]] std::uint64_t marked_late() const { return marked_late_; }

 private:
  void append(nfa::Batch& batch, const Event& event) const {
    std::uint64_t* row = batch.append(event.time_ms, sequence_);
    batch.layout().set(row, 0, nfa::Datum::of_int(event.id));
    if (event.a) batch.layout().set(row, 1, nfa::Datum::of_int(*event.a));
    if (event.b) batch.layout().set(row, 2, nfa::Datum::of_text(batch.arena().copy_text(*event.b)));
    if (event.x) batch.layout().set(row, 3, nfa::Datum::of_double(*event.x));
  }

  void pass() {
    ASSERT_TRUE(join_.process());
    std::size_t advance = 0;
    for (std::size_t i = 0; i < output_.size(); ++i) {
      for (; advance < output_.advances().size() && output_.advances()[advance].rows_before <= i; ++advance) {
        low_ms_ = output_.advances()[advance].low_ms;
      }
      EXPECT_GE(output_.time_ms(i), low_ms_) << "a row that is late";
      const nfa::Datum right = nfa::read_field(output_.row(i), output_.layout().slot(1));
      pairs_.push_back({nfa::read_field(output_.row(i), output_.layout().slot(0)).integer,
                        right.null ? -1 : right.integer, output_.time_ms(i)});
    }
    if (!output_.advances().empty()) low_ms_ = output_.advances().back().low_ms;
    for (const nfa::Batch& input : inputs_) {
      for (std::size_t i = 0; i < input.size(); ++i) marked_late_ += marks_.is_late(input.sequence(i)) ? 1 : 0;
    }
    output_.clear();
    for (nfa::Batch& input : inputs_) input.clear();
    marks_.begin(sequence_);
  }

  std::array<DurationMs, 2> latenesses_;
  std::array<nfa::Batch, 2> inputs_;
  nfa::Batch output_;
  LateMarks marks_;
  JoinOperator join_;
  std::uint64_t sequence_ = 0;
  TimeMs low_ms_ = kBeginOfTime;
  std::vector<Pair> pairs_;
  std::uint64_t late_ = 0;
  std::uint64_t marked_late_ = 0;
};

std::vector<Event> random_events(std::mt19937& random) {
  const auto below = [&](std::uint32_t n) { return static_cast<std::int64_t>(random() % n); };
  std::vector<Event> events;
  const std::int64_t count = 5 + below(60);
  for (std::int64_t i = 0; i < count; ++i) {
    Event event{.left = below(2) == 0, .id = i, .time_ms = i / 2 + below(12), .a = {}, .b = {}, .x = {}};
    if (below(5) != 0) event.a = below(3);
    if (below(5) != 0) event.b = std::string(static_cast<std::size_t>(1 + 20 * below(2)), 'p');
    if (below(5) != 0) event.x = static_cast<double>(below(6)) / 2;
    events.push_back(std::move(event));
  }
  return events;
}

TEST(Join, IsWhatTheNaiveJoinOfTheRowsThatAreNotLateGives) {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    std::mt19937 random(seed);
    const auto keep = static_cast<JoinPlan::Keep>(random() % 3);
    const JoinPlan plan = make_plan(1 + random() % 3, keep, random() % 2 == 0, random() % 10);
    const std::array<DurationMs, 2> latenesses = {static_cast<DurationMs>(random() % 8),
                                                  static_cast<DurationMs>(random() % 8)};
    const std::vector<Event> events = random_events(random);
    JoinRun run(plan, latenesses);
    const std::vector<Pair> got = run.run(events, 1 + random() % 20);
    ASSERT_EQ(got, reference(events, plan, latenesses)) << "seed " << seed;
    ASSERT_EQ(run.marked_late(), run.late()) << "seed " << seed;
  }
}

TEST(Join, NaNAndNullEqualNothing) {
  const JoinPlan plan = make_plan(3, JoinPlan::Keep::all, false, 10);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Event> events = {{.left = false, .id = 1, .time_ms = 0, .a = {}, .b = {}, .x = nan},
                                     {.left = true, .id = 2, .time_ms = 0, .a = {}, .b = {}, .x = nan}};
  JoinRun run(plan, {0, 0});
  EXPECT_EQ(run.run(events, 10), std::vector<Pair>());
}

TEST(Join, RightRowsAreFreedWhenNoLeftRowReachesBackToThem) {
  const JoinPlan plan = make_plan(2, JoinPlan::Keep::all, false, 10);
  build::Rows rows(kSides);
  JoinIndex index(plan);
  for (std::int64_t time = 0; time < 100; ++time) {
    index.add(rows.add({{time}, {std::int64_t{1}}, {std::string("b")}, {1.0}}), time);
  }
  index.add(rows.add({{std::int64_t{100}}}), 100);
  EXPECT_EQ(index.size(), 100u) << "a row of nulls fits nothing";
  index.free_before(90);
  EXPECT_EQ(index.size(), 10u);
  std::vector<const KeptRow*> found;
  index.find(rows.add({{std::int64_t{0}}, {std::int64_t{1}}}), 95, found);
  ASSERT_EQ(found.size(), 6u);
  EXPECT_EQ(found.front()->time_ms, 90);
  index.free_before(kEndOfTime);
  EXPECT_EQ(index.size(), 0u);
}

}    // namespace
}    // namespace cepheid::runtime
