#include "nfa/matcher/match_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "nfa/automaton/automaton.hpp"
#include "nfa/matcher/single_matcher.hpp"
#include "tests/unit/expr/build_expr.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the conditions

constexpr std::size_t kAlways = 1;
constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

std::shared_ptr<const RowLayout> layout() {
  static const auto layout = std::make_shared<const RowLayout>(Schema({{"kind", Type::int64()},
                                                                       {"user", Type::int64()},
                                                                       {"whole", Type::int64()},
                                                                       {"real", Type::float64()},
                                                                       {"money", Type::decimal(2)},
                                                                       {"rate", Type::decimal(4)},
                                                                       {"word", Type::string()},
                                                                       {"when", Type::timestamp()},
                                                                       {"flag", Type::boolean()}}));
  return layout;
}
TypedExpr own(std::string_view name) {
  return field(layout()->schema(), name);
}
TypedExpr taken(StepId step, std::string_view name, std::int32_t index = -1) {
  return step_field(layout()->schema(), step, index, name);
}
TypedExpr kind_is(std::int64_t kind) {
  return test(Function::equal, {own("kind"), integer(kind)});
}

/// The pattern's automaton; `opposite`: with the opposite of each condition that looks back.
Program program_of(const PatternSpec& spec, bool opposite) {
  Program program = Automaton::build(spec)->freeze();
  for (Literal& literal : program.literals) {
    if (opposite && looks_back(program.conditions[literal.condition])) literal.negated = !literal.negated;
  }
  return program;
}

/// A matcher over rows of layout(), and what it gave, as text.
class MatcherRun : public MatchConsumer {
 public:
  MatcherRun(std::shared_ptr<const PatternSpec> spec, std::size_t indexed_from, bool opposite = false)
      : spec_(std::move(spec)), indexed_from_(indexed_from), opposite_(opposite) {
    begin();
  }

  void push(Row row, TimeMs time_ms) {
    CurrentEvent event{.row = row, .time_ms = time_ms, .place = ++place_, .sequence = place_};
    parts_->matcher.on_time(time_ms - 1, event.sequence);
    parts_->scratch.clear();
    parts_->bits->begin(row, time_ms);
    parts_->keys.begin();
    parts_->matcher.on_event(event, *parts_->bits, parts_->scratch);
    if (event.stored != nullptr) parts_->events.release(event.stored);
  }
  void finish() { parts_->matcher.on_time(kEndOfTime, ++place_); }
  std::string save() const {
    std::string bytes;
    ByteWriter out(bytes);
    EventWriter events(out, *layout());
    parts_->matcher.save(events);
    return bytes;
  }
  /// Goes on with what is saved and loaded.
  void go_on_as_loaded() {
    const std::string bytes = save();
    begin();
    ByteReader in{std::string_view(bytes)};
    EventReader events(in, *layout(), parts_->events, {.last_place = place_, .inputs = 1});
    ASSERT_TRUE(parts_->matcher.load(events));
    ASSERT_EQ(save(), bytes);
  }
  [[nodiscard]] std::uint64_t visits() const { return parts_->matcher.visits(); }
  [[nodiscard]] const PatternStats& stats() const { return parts_->matcher.stats(); }

  void on_match(const MatchView& match) override {
    std::string text = match.timed_out ? "timeout" : "match";
    for (const TakenEvent& event : match.events) {
      text += ' ' + std::to_string(event.step) + '@' + std::to_string(event.time_ms);
    }
    matches.push_back(text + " at " + std::to_string(match.time_ms));
  }

  std::vector<std::string> matches;

 private:
  struct Parts {
    Parts(const std::shared_ptr<const PatternSpec>& spec, std::size_t indexed_from, bool opposite,
          MatchConsumer& consumer)
        : matcher(spec, program_of(*spec, opposite), 0, events, keys, table, consumer, MatchWish(), indexed_from),
          bits(std::make_unique<PredicateBits>(table)) {}
    EventStore events{*layout(), false};
    KeyTable keys{{own("user")}, *layout(), false};
    PredicateTable table{*layout()};
    SingleMatcher matcher;
    std::unique_ptr<PredicateBits> bits;
    EvalScratch scratch;
  };
  void begin() { parts_ = std::make_unique<Parts>(spec_, indexed_from_, opposite_, *this); }

  std::shared_ptr<const PatternSpec> spec_;
  std::size_t indexed_from_;
  bool opposite_;
  std::unique_ptr<Parts> parts_;
  std::uint64_t place_ = 0;
};

/// Steps of kinds 0, 1, …: each takes events of its kind for which its further condition holds.
class SpecBuilder {
 public:
  SpecBuilder() {
    spec_->layout = layout();
    spec_->inputs.push_back({"events", {0, 1, 2, 3, 4, 5, 6, 7, 8}});
    spec_->key.push_back(own("user"));
  }
  Element& step(Link link, std::int64_t kind, std::optional<TypedExpr> condition = std::nullopt) {
    Element& element = spec_->sequence.elements.emplace_back();
    element.link = link;
    element.name = "s" + std::to_string(spec_->sequence.elements.size());
    element.where.push_back(kind_is(kind));
    if (condition) element.where.push_back(std::move(*condition));
    if (!element.negated()) {
      element.step = static_cast<StepId>(spec_->step_names.size());
      spec_->step_names.push_back(element.name);
    }
    return element;
  }
  PatternSpec& spec() { return *spec_; }
  std::shared_ptr<const PatternSpec> done() const { return spec_; }

 private:
  std::shared_ptr<PatternSpec> spec_ = std::make_shared<PatternSpec>();
};

class RandomRun {
 public:
  explicit RandomRun(std::uint32_t seed) : random_(seed) {}

  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  template <typename Item>
  Item one_of(std::initializer_list<Item> items) {
    return items.begin()[below(static_cast<std::uint32_t>(items.size()))];
  }

  Row row(Rows& rows) {
    const auto small = [&] { return static_cast<std::int64_t>(below(8)); };
    const auto or_null = [&](Value value) { return chance(8) ? Value{} : std::move(value); };
    const double real = chance(8) ? std::numeric_limits<double>::quiet_NaN()
                                  : one_of({0.0, -0.0, 0.5, 1.0, 2.0, 2.5, 4.0, 1e300, -1e300});
    return rows.add({{chance(50) ? std::int64_t{0} : small() % 4},
                     {std::int64_t{below(2)}},
                     or_null({small()}),
                     or_null({real}),
                     or_null({DecimalValue{Decimal{small() * 50}, 2}}),
                     or_null({DecimalValue{Decimal{small() * 5000}, 4}}),
                     or_null({one_of<std::string>({"", "a", "ab", "a long word indeed", "b", "\xC3\xA4", "B"})}),
                     or_null({Timestamp{small()}}),
                     or_null({chance(50)})});
  }

  TypedExpr comparison(StepId steps) {
    const auto [of_event, of_path] = one_of<std::pair<const char*, const char*>>({{"whole", "whole"},
                                                                                  {"real", "real"},
                                                                                  {"whole", "real"},
                                                                                  {"real", "whole"},
                                                                                  {"money", "money"},
                                                                                  {"money", "rate"},
                                                                                  {"rate", "money"},
                                                                                  {"money", "real"},
                                                                                  {"real", "money"},
                                                                                  {"whole", "rate"},
                                                                                  {"word", "word"},
                                                                                  {"when", "when"},
                                                                                  {"when", "whole"},
                                                                                  {"flag", "flag"}});
    TypedExpr path = taken(static_cast<StepId>(below(steps)), of_path, one_of({-1, 0, 1, -2}));
    if (path.type.kind == TypeKind::int_ && chance(20)) path = call(Function::add, path.type, {path, integer(1)});
    TypedExpr event = own(of_event);
    if (event.type.kind == TypeKind::string && chance(30)) event = call(Function::lower, event.type, {event});
    const auto function = one_of({Function::equal, Function::equal, Function::not_equal, Function::less,
                                  Function::less_equal, Function::greater, Function::greater_equal});
    const bool path_first = chance(50);
    TypedExpr condition = test(function, {path_first ? path : event, path_first ? event : path});
    if (chance(20)) condition = test(Function::not_, {condition});
    if (chance(5))
      condition = test(Function::less,
                       {step_aggregate(layout()->schema(), StepAggregate::count, Type::int64(), 0), integer(3)});
    return condition;
  }

  std::shared_ptr<const PatternSpec> pattern() {
    SpecBuilder pattern;
    PatternSpec& spec = pattern.spec();
    if (Element& first = pattern.step(Link::begin, 0); chance(10))
      first.quantifier = {.kind = Quantifier::Kind::times, .from = 2, .to = 2};
    const std::int64_t last = 1 + below(2);
    for (std::int64_t kind = 1; kind <= last; ++kind) {
      const auto steps = static_cast<StepId>(spec.step_names.size());
      if (chance(15)) pattern.step(Link::not_followed_by, 3, comparison(steps));
      Element& step = pattern.step(one_of({Link::followed_by, Link::followed_by, Link::followed_by_any, Link::next}),
                                   chance(80) ? kind : 0, comparison(steps));
      if (chance(30)) step.where.push_back(comparison(steps));
      if (chance(15)) {
        step.quantifier = {.kind = Quantifier::Kind::at_least, .greedy = chance(30)};
        if (chance(40)) step.until = comparison(steps);
      } else if (kind != last && chance(15) && step.link != Link::followed_by_any) {
        step.quantifier.optional = true;
      }
      if (chance(10)) step.within_previous = 40;
    }
    if (chance(80)) spec.within = one_of<DurationMs>({60, 300});
    if (chance(15) && spec.within) {
      pattern.step(Link::not_followed_by, 3, comparison(static_cast<StepId>(spec.step_names.size())));
    }
    spec.has_timeout_emit = chance(30);
    spec.after_match.strategy =
        one_of({SkipStrategy::no_skip, SkipStrategy::no_skip, SkipStrategy::skip_to_next, SkipStrategy::skip_past_last,
                SkipStrategy::skip_to_first, SkipStrategy::skip_to_last});
    spec.after_match.step = static_cast<StepId>(below(static_cast<std::uint32_t>(spec.step_names.size())));
    spec.limit = {.most = chance(30) ? 20u : 400u,
                  .per_key = chance(50),
                  .then = one_of({PartialMatchLimit::Then::drop_oldest, PartialMatchLimit::Then::drop_newest,
                                  PartialMatchLimit::Then::block_start})};
    return pattern.done();
  }

 private:
  std::mt19937 random_;
};

TEST(MatchIndex, ChangesNeitherMatchesNorTheirOrder) {
  std::size_t matches = 0;
  std::uint64_t visits_without = 0;
  std::uint64_t visits_with = 0;
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    RandomRun random(seed);
    const auto spec = random.pattern();
    ASSERT_TRUE(Automaton::build(*spec));
    const bool opposite = seed % 4 == 0;
    MatcherRun visiting(spec, kNever, opposite);
    MatcherRun indexed(spec, kAlways, opposite);
    MatcherRun as_usual(spec, SinglePaths::kIndexedFrom, opposite);
    MatcherRun loaded(spec, kAlways, opposite);
    Rows rows(layout()->schema());
    TimeMs time_ms = 0;
    for (int i = 0; i < 300; ++i) {
      const Row row = random.row(rows);
      time_ms += random.below(4);
      for (MatcherRun* run : {&visiting, &indexed, &as_usual, &loaded}) run->push(row, time_ms);
      if (random.chance(3)) loaded.go_on_as_loaded();
      ASSERT_EQ(indexed.matches.size(), visiting.matches.size()) << "pattern " << seed << ", row " << i;
    }
    ASSERT_EQ(indexed.save(), visiting.save()) << "pattern " << seed;
    visits_without += visiting.visits();
    visits_with += indexed.visits();
    for (MatcherRun* run : {&visiting, &indexed, &as_usual, &loaded}) run->finish();
    ASSERT_EQ(indexed.matches, visiting.matches) << "pattern " << seed;
    ASSERT_EQ(as_usual.matches, visiting.matches) << "pattern " << seed;
    ASSERT_EQ(loaded.matches, visiting.matches) << "pattern " << seed;
    ASSERT_EQ(indexed.stats().dropped, visiting.stats().dropped) << "pattern " << seed;
    matches += visiting.matches.size();
  }
  // The patterns do something, and the index, too.
  EXPECT_GT(matches, 10'000u);
  EXPECT_LT(visits_with, visits_without / 2);
}

/// `begin a; followed_by b where CONDITION`, with a's of `whole` 0 to 999 alive.
class ThousandLive {
 public:
  explicit ThousandLive(TypedExpr condition, Link link = Link::followed_by) : run_(spec(condition, link), kAlways) {
    for (std::int64_t i = 0; i < 1000; ++i) push(0, i);
  }
  /// How many partial matches a `b` with this value was offered to.
  std::uint64_t visits_of(std::int64_t whole) {
    const std::uint64_t before = run_.visits();
    push(1, whole);
    return run_.visits() - before;
  }
  [[nodiscard]] std::size_t matches() const { return run_.matches.size(); }

 private:
  static std::shared_ptr<const PatternSpec> spec(const TypedExpr& condition, Link link) {
    SpecBuilder pattern;
    pattern.step(Link::begin, 0);
    pattern.step(link, 1, condition);
    return pattern.done();
  }
  void push(std::int64_t kind, std::int64_t whole) {
    run_.push(rows_.add({{kind},
                         {std::int64_t{0}},
                         {whole},
                         {static_cast<double>(whole)},
                         {},
                         {},
                         {"word " + std::to_string(whole)}}),
              ++time_ms_);
  }

  MatcherRun run_;
  Rows rows_{layout()->schema()};
  TimeMs time_ms_ = 0;
};

TEST(MatchIndex, OffersAnEventOnlyToThoseWhoseComparisonHolds) {
  const auto compared = [](Function function, std::string_view name) {
    return ThousandLive(test(function, {own(name), taken(0, name)}));
  };
  for (const char* name : {"whole", "real"}) {
    EXPECT_EQ(compared(Function::equal, name).visits_of(500), 1u);
    EXPECT_EQ(compared(Function::not_equal, name).visits_of(500), 1000u);    // for so many all are gone through
    EXPECT_EQ(compared(Function::less, name).visits_of(990), 9u);
    EXPECT_EQ(compared(Function::less_equal, name).visits_of(990), 10u);
    EXPECT_EQ(compared(Function::greater, name).visits_of(10), 10u);
    EXPECT_EQ(compared(Function::greater_equal, name).visits_of(10), 11u);
    EXPECT_EQ(compared(Function::greater, name).visits_of(-1), 0u);
  }
  EXPECT_EQ(compared(Function::equal, "word").visits_of(7), 1u);
  EXPECT_EQ(compared(Function::less, "word").visits_of(998), 1u);
  // With the sides and the types otherwise.
  EXPECT_EQ(ThousandLive(test(Function::less, {taken(0, "whole"), own("real")})).visits_of(3), 3u);
  EXPECT_EQ(ThousandLive(test(Function::not_, {test(Function::less, {own("whole"), taken(0, "whole")})})).visits_of(3),
            4u);
  // A value that is computed from the path.
  EXPECT_EQ(ThousandLive(test(Function::less,
                              {call(Function::add, Type::int64(), {taken(0, "whole"), integer(2)}), own("whole")}))
                .visits_of(10),
            8u);
  // Of two comparisons the one that finds fewer.
  const auto both = test(Function::and_, {test(Function::less, {taken(0, "whole"), own("whole")}),
                                          test(Function::equal, {own("word"), taken(0, "word")})});
  EXPECT_EQ(ThousandLive(both).visits_of(500), 1u);
}

TEST(MatchIndex, WhatHasLeftIsNotFoundAgain) {
  ThousandLive live(test(Function::greater, {own("whole"), taken(0, "whole")}));
  EXPECT_EQ(live.visits_of(100), 100u);
  EXPECT_EQ(live.matches(), 100u);
  EXPECT_EQ(live.visits_of(100), 0u);
  EXPECT_EQ(live.visits_of(101), 1u);
  ThousandLive staying(test(Function::greater, {own("whole"), taken(0, "whole")}), Link::followed_by_any);
  EXPECT_EQ(staying.visits_of(100), 100u);
  EXPECT_EQ(staying.visits_of(100), 100u);
}

TEST(MatchIndex, DoesNotServeWhereAnEventEndsThoseThatItIsNotFor) {
  ThousandLive live(test(Function::equal, {own("whole"), taken(0, "whole")}), Link::next);
  EXPECT_EQ(live.matches(), 0u);
  EXPECT_EQ(live.visits_of(999), 1u);    // each `a` ended the one before
  EXPECT_EQ(live.matches(), 1u);
}

/// Partial matches of one start that come between others all the time keep their order.
TEST(PartialMatches, KeepTheirOrderWhereverNewOnesCome) {
  std::mt19937 random(3);
  PartialMatches list;
  std::vector<Node> nodes(20'000);
  std::vector<MatchSlot> order;
  const auto put = [&](std::size_t at, Node& node) {
    const MatchSlot before = at < order.size() ? order[at] : kNoMatch;
    list.insert_before(before, {.state = 0, .path = &node});
    const MatchSlot slot = before == kNoMatch ? list.last() : list.previous(before);
    order.insert(order.begin() + static_cast<std::ptrdiff_t>(at), slot);
  };
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::size_t size = order.size();
    switch (i / 4000) {
      case 0: put(size, nodes[i]); break;
      case 1: put(size / 2, nodes[i]); break;
      case 2: put(std::min<std::size_t>(size, 1), nodes[i]); break;
      case 3: put(0, nodes[i]); break;
      default: put(random() % size, nodes[i]); break;
    }
    if (i % 3 == 0) {
      const std::size_t at = random() % order.size();
      list.remove(order[at]);
      order.erase(order.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  ASSERT_EQ(list.size(), order.size());
  std::size_t at = 0;
  for (MatchSlot slot = list.first(); slot != kNoMatch; slot = list.next(slot)) {
    ASSERT_EQ(slot, order[at]);
    if (at > 0) {
      ASSERT_TRUE(list.comes_before(order[at - 1], slot));
    }
    ++at;
  }
}

}    // namespace
}    // namespace cepheid::nfa
