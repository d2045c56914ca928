#include "nfa/matcher/condition_ladders.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace cepheid::nfa {
namespace {

/// Is the constant of `a` below that of `b`? Of tests of one field.
bool is_below(const FieldTest& a, const FieldTest& b) {
  switch (a.kind) {
    case FieldTest::Kind::int_: return a.constant.integer < b.constant.integer;
    case FieldTest::Kind::double_: return a.constant.number < b.constant.number;
    case FieldTest::Kind::decimal: return a.constant.units < b.constant.units;
    case FieldTest::Kind::equal_text:
    case FieldTest::Kind::compare_text: return a.constant.text->view() < b.constant.text->view();
  }
  return false;
}

/// May the test stand in a ladder?
bool is_rung(const FieldTest* test) {
  if (test == nullptr || test->mask == (kLess | kGreater)) return false;
  return test->kind != FieldTest::Kind::double_ || !std::isnan(test->constant.number);
}

/// The same test for other outcomes.
FieldTest with_mask(FieldTest test, Outcome mask) {
  test.mask = mask;
  if (test.kind == FieldTest::Kind::equal_text) test.kind = FieldTest::Kind::compare_text;
  return test;
}

/// The part in which the conditions differ most.
std::size_t most_different_part(const std::vector<std::vector<TypedExpr>>& conditions) {
  std::size_t most = 0;
  std::size_t best = 0;
  for (std::size_t part = 0; part < conditions.front().size(); ++part) {
    std::set<std::string> texts;
    for (const std::vector<TypedExpr>& parts : conditions) texts.insert(fingerprint(parts[part]));
    if (texts.size() <= most) continue;
    most = texts.size();
    best = part;
  }
  return best;
}

}    // namespace

ConditionLadders::ConditionLadders(const std::vector<std::vector<TypedExpr>>& conditions, const RowLayout& layout) {
  const std::size_t rung = most_different_part(conditions);
  // What those of one ladder have in common: the other parts, the field, the kind of test, the outcomes.
  using Common = std::tuple<std::string, std::uint32_t, FieldTest::Kind, Outcome>;
  struct Made {
    std::vector<std::uint32_t> conditions;
    bool has_rungs = false;
  };
  std::vector<Made> made;
  std::map<Common, std::size_t> by_common;
  for (std::uint32_t i = 0; i < conditions.size(); ++i) {
    rungs_.push_back(compile_expression(conditions[i][rung], {.row = &layout}));
    const FieldTest* test = rungs_.back().only_test();
    if (!is_rung(test)) {
      made.push_back({{i}, false});
      continue;
    }
    std::string others;
    for (std::size_t part = 0; part < conditions[i].size(); ++part) {
      if (part != rung) others += fingerprint(conditions[i][part]) + ";";
    }
    const auto [place, is_new] = by_common.try_emplace(
        {others, static_cast<std::uint32_t>(test->slot.word), test->kind, test->mask}, made.size());
    if (is_new) made.push_back({{}, true});
    made[place->second].conditions.push_back(i);
  }
  for (Made& next : made) {
    Ladder& ladder = ladders_.emplace_back();
    ladder.first = static_cast<std::uint32_t>(order_.size());
    const std::vector<TypedExpr>& parts = conditions[next.conditions.front()];
    for (std::size_t part = 0; part < parts.size(); ++part) {
      if (next.has_rungs && part == rung) continue;
      ladder.also.push_back(compile_expression(parts[part], {.row = &layout}));
    }
    if (next.has_rungs) {
      const Outcome mask = rungs_[next.conditions.front()].only_test()->mask;
      const bool falls = (mask & kLess) != 0;    // then the largest constant comes first
      std::ranges::stable_sort(next.conditions, [&](std::uint32_t a, std::uint32_t b) {
        const FieldTest& test_a = *rungs_[a].only_test();
        const FieldTest& test_b = *rungs_[b].only_test();
        return falls ? is_below(test_b, test_a) : is_below(test_a, test_b);
      });
      for (const std::uint32_t condition : next.conditions) {
        const FieldTest& test = *rungs_[condition].only_test();
        if (mask == kEqual) ladder.begins.push_back(with_mask(test, kGreater));
        ladder.ends.push_back(mask == kEqual ? with_mask(test, kGreater | kEqual) : test);
      }
    }
    order_.insert(order_.end(), next.conditions.begin(), next.conditions.end());
  }
}

void ConditionLadders::find(Row row, TimeMs time_ms, EvalScratch& scratch, std::vector<Range>& found) const {
  const auto count = [row](const std::vector<FieldTest>& tests) {
    const auto holds = [row](const FieldTest& test) { return test.holds(row); };
    return static_cast<std::uint32_t>(std::ranges::partition_point(tests, holds) - tests.begin());
  };
  for (const Ladder& ladder : ladders_) {
    const auto holds = [&](const ExprProgram& program) {
      return program.holds({.row = row, .time_ms = time_ms}, scratch);
    };
    if (!std::ranges::all_of(ladder.also, holds)) continue;
    const Range range{ladder.first + count(ladder.begins),
                      ladder.first + (ladder.ends.empty() ? 1 : count(ladder.ends))};
    if (range.first == range.end) continue;
    if (!found.empty() && found.back().end == range.first) {
      found.back().end = range.end;
    } else {
      found.push_back(range);
    }
  }
}

std::size_t ConditionLadders::memory_bytes() const {
  std::size_t tests = rungs_.size();
  for (const Ladder& ladder : ladders_) tests += ladder.begins.size() + ladder.ends.size();
  return tests * sizeof(FieldTest);
}

}    // namespace cepheid::nfa
