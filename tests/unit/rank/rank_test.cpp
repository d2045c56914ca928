#include "runtime/operators/rank.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "runtime/codec/json_writer.hpp"
#include "tests/unit/expr/build_expr.hpp"

namespace cepheid::runtime {
namespace {

using nfa::TypedExpr;
using patterns::RankPlan;
namespace build = nfa::build;

const Schema kInput({{"place", Type::string()},
                     {"id", Type::int64()},
                     {"score", Type::float64()},
                     {"name", Type::string()},
                     {"gone", Type::boolean()}});

struct Event {
  std::optional<std::string> place;
  std::optional<std::int64_t> id;
  std::optional<double> score;
  std::string name;
  bool gone = false;
};

struct Case {
  std::optional<std::int64_t> top;
  bool descending = true;
  bool by_name = false;    // the second in order
  bool shows_id = true;
};

TypedExpr of_ranking(const Schema& ranking, std::string_view name) {
  TypedExpr expression = build::field(ranking, name);
  expression.kind = TypedExpr::Kind::side_field;
  return expression;
}

RankPlan make_plan(const Case& given) {
  RankPlan plan;
  plan.input_layout = std::make_shared<const nfa::RowLayout>(kInput);
  plan.inputs = {{.relation = 0, .fields = {0, 1, 2, 3, 4}}};
  plan.key = {{.name = "place", .value = build::field(kInput, "place")}};
  plan.id = build::field(kInput, "id");
  plan.leave = build::field(kInput, "gone");
  plan.top = given.top;
  plan.by = {{.value = build::field(kInput, "score"), .descending = given.descending}};
  if (given.by_name) plan.by.push_back({.value = build::field(kInput, "name"), .descending = false});
  std::vector<ObjectField> fields = {{"name", Type::string()}, {"score", Type::float64()}};
  plan.entry = {{.name = "name", .value = build::field(kInput, "name")},
                {.name = "score", .value = build::field(kInput, "score")}};
  if (given.shows_id) {
    fields.push_back({"id", Type::int64()});
    plan.entry.push_back({.name = "id", .value = build::field(kInput, "id")});
  }
  const Schema ranking({{"entries", Type::list_of(Type::object_of(fields))}, {"total", Type::int64()}});
  plan.ranking_layout = std::make_shared<const nfa::RowLayout>(ranking);
  plan.items = {{.name = "place", .value = build::field(kInput, "place")},
                {.name = "list", .value = of_ranking(ranking, "entries")},
                {.name = "total", .value = of_ranking(ranking, "total")},
                {.name = "by", .value = build::field(kInput, "name")}};
  return plan;
}

std::string quoted(const std::optional<std::string>& text) {
  return text ? "\"" + *text + "\"" : "null";
}

/// Rankings as lists that are sorted anew for each row.
class Reference {
 public:
  explicit Reference(const Case& given) : given_(given) {}

  void take(const Event& event) {
    if (!event.id) return;
    const auto known = places_.find(*event.id);
    if (known != places_.end() && (event.gone || known->second != event.place)) {
      const std::optional<std::string> place = known->second;
      std::vector<Ranked>& old = rankings_[place];
      const std::string before = shown(old);
      std::erase_if(old, [&](const Ranked& ranked) { return ranked.event.id == event.id; });
      places_.erase(known);
      give(place, before, event);
    }
    if (event.gone) return;
    std::vector<Ranked>& ranking = rankings_[event.place];
    const std::string before = shown(ranking);
    const auto at = std::ranges::find_if(ranking, [&](const Ranked& ranked) { return ranked.event.id == event.id; });
    if (at == ranking.end()) {
      ranking.push_back({event, next_arrival_++});
    } else {
      at->event = event;
    }
    std::ranges::sort(ranking, [&](const Ranked& a, const Ranked& b) { return comes_before(a, b); });
    places_[*event.id] = event.place;
    give(event.place, before, event);
  }
  [[nodiscard]] const std::string& text() const { return text_; }
  /// All rankings that are not empty, by place.
  [[nodiscard]] std::string state() const {
    std::string text;
    for (const auto& [place, ranking] : rankings_) {
      if (ranking.empty()) continue;
      std::string of_ranking = shown(ranking);
      of_ranking.replace(0, std::string_view("\"list\"").size(), "\"entries\"");
      text += "{\"place\":" + quoted(place) + "}{" + of_ranking + "}\n";
    }
    return text;
  }

 private:
  struct Ranked {
    Event event;
    std::uint64_t arrival;
  };

  [[nodiscard]] bool comes_before(const Ranked& a, const Ranked& b) const {
    const std::optional<double>& x = a.event.score;
    const std::optional<double>& y = b.event.score;
    if (x.has_value() != y.has_value()) return x.has_value();
    if (x && *x != *y) return given_.descending ? *x > *y : *x < *y;
    if (given_.by_name && a.event.name != b.event.name) return a.event.name < b.event.name;
    return a.arrival < b.arrival;
  }

  [[nodiscard]] std::string shown(const std::vector<Ranked>& ranking) const {
    std::string list;
    for (std::size_t i = 0; i < ranking.size(); ++i) {
      if (given_.top && i >= static_cast<std::size_t>(*given_.top)) break;
      const Event& event = ranking[i].event;
      std::string score = "null";
      if (event.score) {
        score.clear();
        append_json(score, nfa::Datum::of_double(*event.score), Type::float64());
      }
      list += std::string(i == 0 ? "" : ",") + "{\"name\":\"" + event.name + "\",\"score\":" + score +
              (given_.shows_id ? ",\"id\":" + std::to_string(*event.id) : "") + "}";
    }
    return "\"list\":[" + list + "],\"total\":" + std::to_string(ranking.size());
  }

  void give(const std::optional<std::string>& place, const std::string& before, const Event& event) {
    const std::string now = shown(rankings_[place]);
    if (now == before) return;
    text_ += "{\"place\":" + quoted(place) + "," + now + ",\"by\":\"" + event.name + "\"}\n";
  }

  Case given_;
  std::map<std::optional<std::string>, std::vector<Ranked>> rankings_;
  std::map<std::int64_t, std::optional<std::string>> places_;
  std::uint64_t next_arrival_ = 0;
  std::string text_;
};

/// All keys of the operator's state in their order, with what there is of them.
std::string state_of(RankOperator& rank) {
  const JsonRowWriter key(rank.shape().key.layout, rank.shape().key.fields);
  const JsonRowWriter value(rank.shape().value.layout, rank.shape().value.fields);
  std::string text;
  for (const StateKeys::Key& found : rank.keys()->find("", std::nullopt, 1000)) {
    rank.read(found.id, [&](nfa::Row key_row, nfa::Row value_row) {
      key.append(text, key_row);
      value.append(text, value_row);
      text.push_back('\n');
    });
  }
  return text;
}

/// What the operator gives; its state at the end is put into `state`.
std::string run(const RankPlan& plan, const std::vector<Event>& events, std::size_t pass_rows,
                std::string* state = nullptr) {
  nfa::Batch input(plan.input_layout);
  const auto layout = std::make_shared<const nfa::RowLayout>(Schema({{"place", Type::string()},
                                                                     {"list", plan.items[1].value.type},
                                                                     {"total", Type::int64()},
                                                                     {"by", Type::string()}}));
  nfa::Batch output(layout);
  RankOperator rank("ranks", plan, {{.batch = &input}}, output);
  if (state != nullptr) rank.keep_keys();
  const JsonRowWriter writer(layout);
  std::string text;
  const auto pass = [&] {
    EXPECT_TRUE(rank.process());
    for (std::size_t i = 0; i < output.size(); ++i) {
      writer.append(text, output.row(i));
      text.push_back('\n');
    }
    output.clear();
    input.clear();
  };
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Event& event = events[i];
    // Times go back and forth: a ranking goes by arrival alone.
    std::uint64_t* row = input.append(static_cast<TimeMs>(i * 7 % 5), i);
    if (event.place) plan.input_layout->set(row, 0, nfa::Datum::of_text(input.arena().copy_text(*event.place)));
    if (event.id) plan.input_layout->set(row, 1, nfa::Datum::of_int(*event.id));
    if (event.score) plan.input_layout->set(row, 2, nfa::Datum::of_double(*event.score));
    plan.input_layout->set(row, 3, nfa::Datum::of_text(input.arena().copy_text(event.name)));
    plan.input_layout->set(row, 4, nfa::Datum::of_bool(event.gone));
    if ((i + 1) % pass_rows == 0) pass();
  }
  pass();
  if (state != nullptr) *state = state_of(rank);
  return text;
}

std::vector<Event> random_events(std::mt19937& random) {
  const auto below = [&](std::uint32_t n) { return static_cast<std::int64_t>(random() % n); };
  std::vector<Event> events(static_cast<std::size_t>(5 + below(80)));
  const auto ids = static_cast<std::uint32_t>(1 + below(12));
  for (Event& event : events) {
    if (below(8) != 0) event.place = below(3) == 0 ? "x" : "y";
    if (below(10) != 0) event.id = below(ids);
    if (below(6) != 0) event.score = static_cast<double>(below(4)) / 2;
    event.name = std::string(static_cast<std::size_t>(1 + below(2)), 'n');
    event.gone = below(6) == 0;
  }
  return events;
}

TEST(Rank, IsWhatSortingAnewForEachRowGives) {
  for (std::uint32_t seed = 0; seed < 1500; ++seed) {
    std::mt19937 random(seed);
    Case given{.top = {}, .descending = random() % 2 == 0, .by_name = random() % 2 == 0, .shows_id = random() % 2 == 0};
    if (random() % 4 != 0) given.top = static_cast<std::int64_t>(random() % 5);
    const std::vector<Event> events = random_events(random);
    Reference reference(given);
    for (const Event& event : events) reference.take(event);
    const RankPlan plan = make_plan(given);
    std::string state;
    ASSERT_EQ(run(plan, events, 1 + random() % 20, &state), reference.text()) << "seed " << seed;
    ASSERT_EQ(state, reference.state()) << "seed " << seed;
  }
}

TEST(Rank, AnIdThatGoesToAnotherKeyLeavesItsRankingFirst) {
  const RankPlan plan = make_plan({});
  EXPECT_EQ(
      run(plan, {{.place = "x", .id = 1, .score = 2, .name = "a"}, {.place = "y", .id = 1, .score = 2, .name = "b"}},
          10),
      "{\"place\":\"x\",\"list\":[{\"name\":\"a\",\"score\":2,\"id\":1}],\"total\":1,\"by\":\"a\"}\n"
      "{\"place\":\"x\",\"list\":[],\"total\":0,\"by\":\"b\"}\n"
      "{\"place\":\"y\",\"list\":[{\"name\":\"b\",\"score\":2,\"id\":1}],\"total\":1,\"by\":\"b\"}\n");
}

}    // namespace
}    // namespace cepheid::runtime
