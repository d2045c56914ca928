// Random patterns, each with others beside it that differ in what the last step asks for: in one engine each gives what
// the naive matcher gives for it alone. CEPHEID_PROPERTY_FAMILIES: how many; CEPHEID_SEED: of the first of them.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "property/comparison.hpp"
#include "property/engine_under_test.hpp"
#include "property/random.hpp"
#include "property/shrink.hpp"
#include "reference/print.hpp"
#include "reference/read.hpp"
#include "reference/rejected.hpp"

namespace cepheid::property {
namespace {

using reference::Element;
using reference::Match;
using reference::Modifier;
using reference::Pattern;

/// What the last steps of some patterns ask for beside what they have in common.
using Conditions = std::vector<std::vector<std::string>>;

const std::vector<Conditions>& all_conditions() {
  static const std::vector<Conditions> conditions{
      {{"price > 2"}, {"price > 4"}, {"price > 4"}, {"price > 6.5"}, {"price > 100"}},
      {{"price >= 6"}, {"price >= 2"}, {"price >= 4"}, {"price >= 0"}},
      {{"price < 7"}, {"price < 3"}, {"price < 5"}, {"price <= 5"}, {"price <= 3"}},
      {{"qty == 1"}, {"qty == 3"}, {"qty == 3"}, {"qty == 0"}, {"qty > 3"}},
      {{"name == \"c\""}, {"name == \"a\""}, {"name == \"b\""}, {"name == \"a\""}, {"name > \"b\""}},
      {{"qty != 2"}, {"qty % 3 == 1"}, {"price is null"}, {"price > 3 or qty < 2"}, {"price >= 3"}, {"qty >= 0"}},
      {{"price > 5", "qty > 1"}, {"price > 2", "qty > 1"}, {"price > 2", "qty > 3"}, {"price > 4", "qty > 3"}},
      {{"name != \"a\"", "price < 5"}, {"name != \"b\"", "price < 7"}, {"name != \"b\"", "price < 5"}},
  };
  return conditions;
}

/// The pair's pattern with each of the conditions at its last step; nothing if that is no step that takes events.
std::vector<Pattern> family_of(const Pair& pair, const Conditions& conditions) {
  std::vector<Pattern> family;
  if (pair.pattern.elements.empty()) return family;
  const Element& last = pair.pattern.elements.back();
  if (!last.is_step() || last.negated()) return family;
  for (const std::vector<std::string>& own : conditions) {
    Pattern& pattern = family.emplace_back(pair.pattern);
    for (const std::string& text : own) {
      Modifier where{.kind = Modifier::Kind::where};
      where.condition = reference::read_expression(text);
      pattern.elements.back().modifiers.push_back(std::move(where));
    }
  }
  return family;
}

/// What is wrong with what an engine gives for the family; empty: nothing, or the naive matcher has too much to do.
std::string what_differs(const Pair& pair, const Conditions& conditions) {
  std::vector<std::vector<Match>> expected;
  std::vector<LoadedPattern> loaded;
  for (const Pattern& pattern : family_of(pair, conditions)) {
    std::optional<Outcome> outcome = expected_outcome({pattern, pair.events});
    if (!outcome || outcome->rejected) return "";
    expected.push_back(std::move(outcome->matches));
    loaded.emplace_back(reference::to_rules(pattern));
    if (!loaded.back().diagnostics().empty()) return loaded.back().diagnostics();
  }
  if (loaded.empty()) return "";
  std::string text;
  for (const Way way : kWays) {
    if (way == Way::by_key && !pair.pattern.keyed) continue;
    const auto given = LoadedPattern::run_together(loaded, pair.events, way);
    for (std::size_t i = 0; i < given.size(); ++i) {
      if (given[i] == expected[i]) continue;
      text += fmt::format("{}, pattern {}, expected:\n", name_of(way), i);
      for (const Match& match : expected[i]) text += "  " + reference::to_text(match) + "\n";
      text += "given:\n";
      for (const Match& match : given[i]) text += "  " + reference::to_text(match) + "\n";
    }
    if (way == Way::by_key) continue;
    const auto counted = LoadedPattern::run_together(loaded, pair.events, way, {.kind = nfa::MatchWish::Kind::count});
    for (std::size_t i = 0; i < counted.size(); ++i) {
      const auto matches = std::ranges::count(expected[i], false, &Match::timed_out);
      if (static_cast<std::ptrdiff_t>(counted[i].size()) == matches) continue;
      text += fmt::format("{}, pattern {}, counted: {} for {}\n", name_of(way), i, counted[i].size(), matches);
    }
  }
  return text;
}

TEST(Family, GivesForEachPatternWhatTheNaiveMatcherGives) {
  const char* const families_text = std::getenv("CEPHEID_PROPERTY_FAMILIES");
  const char* const seed_text = std::getenv("CEPHEID_SEED");
  const std::uint64_t families = families_text == nullptr ? 500 : std::strtoull(families_text, nullptr, 10);
  const std::uint64_t first = seed_text == nullptr ? 1 : std::strtoull(seed_text, nullptr, 10);
  std::size_t failures = 0;
  std::uint64_t tried = 0;
  for (std::uint64_t seed = first; tried < families && failures < 5; ++seed) {
    Pair pair = make_pair(seed);
    Random random(seed);
    // As patterns must be for their partial matches to be merged by start.
    pair.pattern.skip = random.chance(50) ? reference::Skip::skip_past_last : reference::Skip::skip_to_next;
    pair.pattern.skip_step.clear();
    pair.pattern.or_fail = pair.pattern.on_timeout = false;
    pair.pattern.limit.reset();
    const Conditions& conditions = random.pick(all_conditions());
    if (family_of(pair, conditions).empty() || reference::rejected(pair.pattern)) continue;
    ++tried;
    const auto differs = [&](const Pair& one) { return !what_differs(one, conditions).empty(); };
    if (!differs(pair)) continue;
    ++failures;
    const Pair small = shrink(pair, differs);
    ADD_FAILURE() << fmt::format("seed {}, and {}…\n{}\n{}\n{}", seed, conditions.front().front(),
                                 reference::to_rules(small.pattern), reference::to_jsonl(small.events),
                                 what_differs(small, conditions));
  }
}

}    // namespace
}    // namespace cepheid::property
