#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "nfa/engine/engine.hpp"
#include "tests/unit/automaton/build_pattern.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the patterns
using testing::ElementsAre;

std::shared_ptr<const RowLayout> sales_layout() {
  static const auto layout = std::make_shared<const RowLayout>(Schema({{"name", Type::string()},
                                                                       {"user", Type::string()},
                                                                       {"price", Type::float64()},
                                                                       {"level", Type::int64()},
                                                                       {"cost", Type::decimal(2)}}));
  return layout;
}
TypedExpr of(const char* field_name) {
  return field(sales_layout()->schema(), field_name);
}

using Patterns = std::vector<std::shared_ptr<const PatternSpec>>;
/// What the last step of each of some patterns asks for beside its name.
using Conditions = std::vector<std::vector<TypedExpr>>;

TypedExpr price(Function function, double than) {
  return test(function, {of("price"), number(than)});
}
TypedExpr level(Function function, std::int64_t than) {
  return test(function, {of("level"), integer(than)});
}
TypedExpr user(Function function, const char* than) {
  return test(function, {of("user"), text(than)});
}
TypedExpr cost(Function function, const char* than) {
  return test(function, {of("cost"), decimal(than)});
}

std::vector<Conditions> all_conditions() {
  using enum Function;
  return {
      {{price(greater, 1)}, {price(greater, 3)}, {price(greater, 3)}, {price(greater, 4)}, {price(greater, 99)}},
      {{price(greater_equal, 4)}, {price(greater_equal, 2)}, {price(greater_equal, 0)}, {price(greater, 2)}},
      {{price(less, 1)}, {price(less, 3)}, {price(less_equal, 3)}, {price(less, 2)}, {price(less, 3)}},
      {{level(equal, 1)}, {level(equal, 3)}, {level(equal, 1)}, {level(equal, 0)}, {level(not_equal, 2)}},
      {{user(equal, "u")}, {user(equal, "v")}, {user(equal, "w")}, {user(equal, "u")}, {user(less, "v")}},
      {{cost(less_equal, "1.50")}, {cost(less_equal, "0.50")}, {cost(greater, "1.50")}, {cost(equal, "2.00")}},
      {{price(greater, 1), level(equal, 1)}, {price(greater, 2), level(equal, 1)}, {price(greater, 1), level(less, 2)}},
      {{test(is_null, {of("price")})}, {price(greater, 2)}, {level(less, 2)}, {price(not_equal, 3)}},
  };
}

/// Patterns of shapes in which matches come alone, many at once, or wait for others; without their last conditions.
std::vector<std::function<void(PatternBuilder&)>> all_shapes() {
  const auto greedy = [](Quantifier quantifier) {
    quantifier.greedy = true;
    return quantifier;
  };
  const auto consecutive = [](Quantifier quantifier) {
    quantifier.inner = InnerContiguity::consecutive;
    return quantifier;
  };
  const auto optional = [](Quantifier quantifier) {
    quantifier.optional = true;
    return quantifier;
  };
  const auto any = Link::followed_by_any;
  const auto then = Link::followed_by;
  return {
      [=](PatternBuilder& p) { p.step(Link::begin, "a").step(then, "b", greedy(one_or_more())).step(then, "c"); },
      [=](PatternBuilder& p) { p.step(Link::begin, "a").step(then, "c"); },
      [=](PatternBuilder& p) { p.step(Link::begin, "a").step(Link::next, "b").step(any, "c"); },
      [=](PatternBuilder& p) { p.step(Link::begin, "a").step(then, "a", times(1, 3)).step(then, "b"); },
      [=](PatternBuilder& p) { p.step(Link::begin, "a").step(then, "a", times(2, 2)).step(Link::next, "b"); },
      [=](PatternBuilder& p) { p.step(Link::begin, "a").step(any, "b", consecutive(one_or_more())).step(any, "a"); },
      [=](PatternBuilder& p) { p.step(Link::begin, "a", one_or_more()).step(Link::next, "b"); },
      [=](PatternBuilder& p) { p.step(Link::begin, "a").step(then, "b", {.optional = true}).step(any, "c"); },
      [=](PatternBuilder& p) { p.step(Link::begin, "a").step(then, "c", one_or_more()); },
      [=](PatternBuilder& p) { p.step(Link::begin, "c"); },
      [=](PatternBuilder& p) { p.step(Link::begin, "a").step(then, "c", {.optional = true}); },
      [=](PatternBuilder& p) { p.step(Link::begin, "a").step(Link::not_followed_by, "b").step(then, "c"); },
      // A c that begins and completes waits for those that began with an a, and still have to take more.
      [=](PatternBuilder& p) { p.step(Link::begin, "a", optional(times(2, 2))).step(then, "c"); },
      [=](PatternBuilder& p) { p.step(Link::begin, "a", optional(times(3, 3))).step(Link::next, "c", one_or_more()); },
      [=](PatternBuilder& p) {
        p.step(Link::begin, "a", optional(times(2, 2))).step(Link::next, "b", {.optional = true}).step(then, "c");
      },
      [=](PatternBuilder& p) { p.step(Link::begin, "a", times(1, 2)).step(any, "b", times(2, 2)).step(then, "a"); },
  };
}

Patterns patterns_of(const std::function<void(PatternBuilder&)>& shape, const Conditions& conditions,
                     SkipStrategy strategy, DurationMs window, bool keyed) {
  Patterns patterns;
  for (const std::vector<TypedExpr>& own : conditions) {
    PatternBuilder pattern;
    pattern.spec().name = "p" + std::to_string(patterns.size());
    pattern.spec().layout = sales_layout();
    pattern.spec().after_match.strategy = strategy;
    if (window != 0) pattern.within(window);
    if (keyed) pattern.spec().key.push_back(of("user"));
    shape(pattern);
    for (const TypedExpr& condition : own) pattern.spec().sequence.elements.back().where.push_back(condition);
    patterns.push_back(pattern.done());
  }
  return patterns;
}

/// An engine and what it gave, by pattern.
class FamilyRun : public MatchConsumer {
 public:
  explicit FamilyRun(Patterns patterns, MatchWish wish = {}) : patterns_(std::move(patterns)), wish_(wish) {
    given.resize(patterns_.size());
    engine_ = new_engine();
  }

  void push(std::span<const Engine::Arrival> arrivals) { engine_->push(0, arrivals); }
  void push(std::span<const Engine::Arrival> arrivals, std::span<const Engine::Move> moves) {
    engine_->push(0, arrivals, moves);
  }
  void end(std::uint64_t sequence) { engine_->advance(0, kEndOfTime, sequence); }
  [[nodiscard]] const PatternStats& stats(std::uint32_t pattern) const { return engine_->stats(pattern); }
  [[nodiscard]] std::string saved() const {
    std::string bytes;
    ByteWriter out(bytes);
    engine_->save(out);
    return bytes;
  }
  /// Saves and goes on in a new engine.
  void go_on() {
    const std::string bytes = saved();
    ByteReader in{std::string_view(bytes)};
    engine_ = new_engine();
    ASSERT_TRUE(engine_->load(in));
    EXPECT_EQ(saved(), bytes);
  }

  void on_match(const MatchView& match) override {
    std::string text;
    for (const Datum& key : match.key) text += '[' + (key.null ? "null" : std::string(key.text->view())) + ']';
    for (const TakenEvent& event : match.events) {
      text += ' ' + patterns_[match.pattern]->step_names[event.step] + '@' + std::to_string(event.time_ms);
    }
    std::size_t taken = 0;
    for (StepId step = 0; step < patterns_[match.pattern]->step_names.size(); ++step) {
      taken += match.taken->events(step).size();
    }
    EXPECT_EQ(taken, match.events.size());
    for (const std::uint64_t number : {static_cast<std::uint64_t>(match.time_ms), match.sequence, match.rank}) {
      text += ' ' + std::to_string(number);
    }
    given[match.pattern].push_back(text);
    order.push_back({match.time_ms, match.sequence, match.rank, match.pattern});
  }

  struct Place {
    TimeMs time_ms;
    std::uint64_t sequence;
    std::uint64_t rank;
    std::uint32_t pattern;
  };
  std::vector<std::vector<std::string>> given;
  std::vector<Place> order;

 private:
  std::unique_ptr<Engine> new_engine() {
    return std::make_unique<Engine>(patterns_, *this, Engine::Options{.matches = wish_});
  }

  Patterns patterns_;
  MatchWish wish_;
  std::unique_ptr<Engine> engine_;
};

/// Rows in the order of time, each with the watermark that it brings.
std::vector<Engine::Arrival> random_arrivals(Rows& rows, std::mt19937_64& random, std::size_t count,
                                             const std::vector<std::string>& users = {"u", "u", "v", "w"}) {
  std::vector<Engine::Arrival> arrivals;
  const auto pace = random() % 6 + 1;
  TimeMs time_ms = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (random() % 3 != 0) time_ms += static_cast<TimeMs>(random() % pace);
    if (random() % 25 == 0) time_ms += 25;
    const auto null_or = [&](Value value) { return random() % 12 == 0 ? Value{} : value; };
    const Row row = rows.add({{std::string(1, "aabbccd"[random() % 7])},
                              null_or({users[random() % users.size()]}),
                              null_or({static_cast<double>(random() % 10) / 2}),
                              null_or({static_cast<std::int64_t>(random() % 4)}),
                              null_or({DecimalValue{static_cast<Int128>(random() % 6) * 50, 2}})});
    arrivals.push_back({row, time_ms, random() % 4 == 0 ? kBeginOfTime : time_ms, i + 1});
  }
  return arrivals;
}

class PatternFamilies : public testing::TestWithParam<SkipStrategy> {};
INSTANTIATE_TEST_SUITE_P(Strategies, PatternFamilies,
                         testing::Values(SkipStrategy::skip_past_last, SkipStrategy::skip_to_next));

TEST_P(PatternFamilies, GiveWhatEachPatternGivesByItself) {
  std::mt19937_64 random(7);
  std::size_t matches = 0;
  for (const auto& shape : all_shapes()) {
    for (const Conditions& conditions : all_conditions()) {
      for (const DurationMs window : {0, 9, 40}) {
        const bool keyed = random() % 2 == 0;
        const MatchWish wish = random() % 4 == 0 ? MatchWish{MatchWish::Kind::first, 1} : MatchWish{};
        const Patterns patterns = patterns_of(shape, conditions, GetParam(), window, keyed);
        FamilyRun together(patterns, wish);
        std::vector<std::unique_ptr<FamilyRun>> alone;
        for (const auto& pattern : patterns) alone.push_back(std::make_unique<FamilyRun>(Patterns{pattern}, wish));
        Rows rows(sales_layout()->schema());
        const std::vector<Engine::Arrival> arrivals = random_arrivals(rows, random, 120);
        for (std::span<const Engine::Arrival> left = arrivals; !left.empty();) {
          const auto next = left.first(std::min<std::size_t>(left.size(), random() % 20 + 1));
          left = left.subspan(next.size());
          together.push(next);
          for (const auto& one : alone) {
            for (const Engine::Arrival& arrival : next) one->push({&arrival, 1});
          }
          if (random() % 3 == 0) together.go_on();
        }
        together.end(arrivals.size() + 1);
        for (std::uint32_t i = 0; i < patterns.size(); ++i) {
          alone[i]->end(arrivals.size() + 1);
          ASSERT_EQ(together.given[i], alone[i]->given[0]) << "pattern " << i;
          EXPECT_EQ(together.stats(i).matches, alone[i]->stats(0).matches);
          EXPECT_EQ(together.stats(i).events, alone[i]->stats(0).events);
          matches += together.given[i].size();
        }
        // What is given of one event: the patterns in their order.
        for (std::size_t i = 1; i < together.order.size(); ++i) {
          const FamilyRun::Place& before = together.order[i - 1];
          const FamilyRun::Place& here = together.order[i];
          if (std::tie(before.sequence, before.time_ms, before.rank) ==
              std::tie(here.sequence, here.time_ms, here.rank)) {
            EXPECT_LE(before.pattern, here.pattern);
          }
        }
      }
    }
  }
  EXPECT_GT(matches, 10'000u);
}

TEST_P(PatternFamilies, CountWhatTheyWouldGive) {
  std::mt19937_64 random(11);
  for (const auto& shape : all_shapes()) {
    for (const Conditions& conditions : all_conditions()) {
      const Patterns patterns = patterns_of(shape, conditions, GetParam(), 30, true);
      FamilyRun listed(patterns);
      FamilyRun counted(patterns, {.kind = MatchWish::Kind::count});
      Rows rows(sales_layout()->schema());
      const std::vector<Engine::Arrival> arrivals = random_arrivals(rows, random, 60);
      listed.push(arrivals);
      counted.push(arrivals);
      for (std::uint32_t i = 0; i < patterns.size(); ++i) {
        EXPECT_EQ(counted.stats(i).matches, listed.given[i].size());
        EXPECT_THAT(counted.given[i], testing::IsEmpty());
      }
    }
  }
}

TEST_P(PatternFamilies, GiveTheSameAtMovesThatOtherRowsBringWhetherToldInTurnOrApart) {
  std::mt19937_64 random(17);
  std::size_t matches = 0;
  for (const auto& shape : all_shapes()) {
    for (const DurationMs window : {9, 40}) {
      for (const DurationMs lateness : {0, 7}) {
        const Patterns patterns = patterns_of(shape, all_conditions()[0], GetParam(), window, true);
        FamilyRun in_turn(patterns);
        FamilyRun apart(patterns);
        Rows rows(sales_layout()->schema());
        TimeMs low_ms = kBeginOfTime;
        std::vector<Engine::Arrival> all;
        std::vector<Engine::Arrival> own;
        std::vector<Engine::Move> moves;
        std::size_t more = 0;
        for (Engine::Arrival arrival : random_arrivals(rows, random, 400)) {
          const bool is_own = random() % 3 == 0;
          const bool rises = arrival.time_ms - lateness > low_ms;
          low_ms = arrival.low_after_ms = std::max(low_ms, arrival.time_ms - lateness);
          if (rises) moves.push_back({arrival.sequence, low_ms});
          if (is_own) own.push_back(arrival);
          if (!is_own) arrival.row = nullptr;
          all.push_back(arrival);
          if (more-- != 0) continue;
          more = random() % 100;
          in_turn.push(std::exchange(all, {}));
          apart.push(std::exchange(own, {}), std::exchange(moves, {}));
          ASSERT_EQ(apart.saved(), in_turn.saved());
        }
        ASSERT_EQ(apart.given, in_turn.given);
        matches += apart.given[0].size();
      }
    }
  }
  EXPECT_GT(matches, 300u);
}

TEST_P(PatternFamilies, StayWhatTheyAreWhenOldEventsAreClearedUp) {
  std::mt19937_64 random(13);
  std::vector<std::string> users;
  for (int i = 0; i < 300; ++i) users.push_back("user " + std::to_string(i));
  for (const std::size_t shape : {0, 3, 12}) {
    const Patterns patterns = patterns_of(all_shapes()[shape], all_conditions()[0], GetParam(), 2'000, true);
    FamilyRun together(patterns);
    std::vector<std::unique_ptr<FamilyRun>> alone;
    for (const auto& pattern : patterns) alone.push_back(std::make_unique<FamilyRun>(Patterns{pattern}));
    Rows rows(sales_layout()->schema());
    const std::vector<Engine::Arrival> arrivals = random_arrivals(rows, random, 40'000, users);
    together.push(arrivals);
    for (std::uint32_t i = 0; i < patterns.size(); ++i) {
      alone[i]->push(arrivals);
      ASSERT_EQ(together.given[i], alone[i]->given[0]) << "pattern " << i;
    }
    EXPECT_GT(together.given[0].size(), 500u);
  }
}

Patterns dearer_than(const std::vector<double>& prices) {
  Conditions conditions;
  for (const double one : prices) conditions.push_back({price(Function::greater, one)});
  return patterns_of(all_shapes()[0], conditions, SkipStrategy::skip_past_last, 1'000, false);
}

/// a, b, then c at these prices, a ms apart.
std::vector<Engine::Arrival> bought(Rows& rows, const std::vector<double>& prices) {
  std::vector<Engine::Arrival> arrivals;
  const auto add = [&](const char* name, double of_price) {
    const auto time_ms = static_cast<TimeMs>(arrivals.size());
    arrivals.push_back({rows.add({{name}, {"u"}, {of_price}}), time_ms, time_ms, arrivals.size() + 1});
  };
  add("a", 0);
  add("b", 0);
  for (const double one : prices) add("c", one);
  return arrivals;
}

TEST(PatternFamiliesOfOneEngine, ShareTheirPartialMatches) {
  std::vector<double> prices;
  for (int i = 0; i < 200; ++i) prices.push_back(i);
  FamilyRun run(dearer_than(prices));
  Rows rows(sales_layout()->schema());
  const std::size_t before = run.saved().size();
  run.push(bought(rows, {}));
  EXPECT_LT(run.saved().size(), before + 200);    // one start, and not 200
  run.push(bought(rows, {}));
  for (std::uint32_t i = 0; i < 200; ++i) {
    EXPECT_EQ(run.stats(i).keys, 1u);
    EXPECT_EQ(run.stats(i).partial_matches, run.stats(0).partial_matches);
  }
}

TEST(PatternFamiliesOfOneEngine, GiveInTheOrderOfThePatterns) {
  FamilyRun run(dearer_than({5, 1, 3, 9, 1}));
  Rows rows(sales_layout()->schema());
  run.push(bought(rows, {4, 2, 6}));
  std::vector<std::uint32_t> order;
  for (const FamilyRun::Place& place : run.order) order.push_back(place.pattern);
  EXPECT_THAT(order, ElementsAre(1, 2, 4, 0));
}

TEST(PatternFamiliesOfOneEngine, LeaveOutPatternsThatDifferElsewhere) {
  Patterns patterns = dearer_than({1, 3});
  for (const DurationMs window : {500, 2}) {
    PatternBuilder other;
    other.spec().name = "other" + std::to_string(window);
    other.spec().layout = sales_layout();
    other.spec().after_match.strategy = SkipStrategy::skip_past_last;
    other.within(window);
    all_shapes()[0](other);
    other.spec().sequence.elements.back().where.push_back(price(Function::greater, 2));
    patterns.insert(patterns.begin() + 1, other.done());
  }
  FamilyRun run(patterns);
  Rows rows(sales_layout()->schema());
  run.push(bought(rows, {2, 4}));
  std::vector<std::size_t> given;
  for (const auto& one : run.given) given.push_back(one.size());
  EXPECT_THAT(given, ElementsAre(1, 0, 1, 1));    // at the second price the window of 2 ms is over
}

TEST(PatternFamiliesOfOneEngine, AreNotOfPatternsWithALimit) {
  Patterns patterns = dearer_than({1, 3});
  PatternBuilder limited;
  limited.spec().name = "limited";
  limited.spec().layout = sales_layout();
  limited.spec().after_match.strategy = SkipStrategy::skip_past_last;
  limited.spec().limit = {.most = 1, .then = PartialMatchLimit::Then::block_start};
  limited.within(1'000);
  all_shapes()[0](limited);
  limited.spec().sequence.elements.back().where.push_back(price(Function::greater, 2));
  patterns.push_back(limited.done());
  FamilyRun run(patterns);
  Rows rows(sales_layout()->schema());
  std::vector<Engine::Arrival> arrivals = bought(rows, {});
  for (int i = 0; i < 3; ++i) run.push(arrivals);
  EXPECT_GT(run.stats(2).blocked, 0u);
  EXPECT_EQ(run.stats(0).blocked, 0u);
  EXPECT_GT(run.stats(0).partial_matches, run.stats(2).partial_matches);
}

}    // namespace
}    // namespace cepheid::nfa
