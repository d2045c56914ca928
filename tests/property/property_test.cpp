// Random patterns on random events: the engine gives what the naive matcher gives, and rejects what it rejects.
// CEPHEID_PROPERTY_PAIRS: how many pairs; CEPHEID_SEED: of the first of them. A failing pair is printed with its own
// seed, shrunk, as a rule file and events.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "property/clauses.hpp"
#include "property/engine_under_test.hpp"
#include "property/pair.hpp"
#include "property/random.hpp"
#include "property/random_events.hpp"
#include "property/random_pattern.hpp"
#include "property/shrink.hpp"
#include "reference/matcher.hpp"
#include "reference/print.hpp"
#include "reference/rejected.hpp"

namespace cepheid::property {
namespace {

constexpr std::size_t kMaxRuns = 250;          // of the naive matcher: pairs with more are left out
constexpr std::size_t kMaxFailures = 20;       // shown; more would say no more

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Outcome {
  std::optional<std::string> rejected;
  std::vector<reference::Match> matches;    // sorted
};

/// Nothing if there are too many partial matches.
std::optional<Outcome> expected_outcome(const Pair& pair) {
  Outcome outcome;
  outcome.rejected = reference::rejected(pair.pattern);
  if (outcome.rejected) return outcome;
  auto matches = reference::run_bounded(pair.pattern, pair.events, kMaxRuns);
  if (!matches) return std::nullopt;
  outcome.matches = std::move(*matches);
  std::sort(outcome.matches.begin(), outcome.matches.end());
  return outcome;
}

Outcome engine_outcome(const Pair& pair) {
  EngineResult result = run_engine(reference::to_rules(pair.pattern), pair.events);
  Outcome outcome;
  if (!result.diagnostics.empty()) outcome.rejected = result.diagnostics;
  outcome.matches = std::move(result.matches);
  std::sort(outcome.matches.begin(), outcome.matches.end());
  return outcome;
}

bool same(const Outcome& a, const Outcome& b) {
  return a.rejected.has_value() == b.rejected.has_value() && a.matches == b.matches;
}

bool fails(const Pair& pair) {
  const std::optional<Outcome> expected = expected_outcome(pair);
  return expected && !same(*expected, engine_outcome(pair));
}

std::string text_of(const Outcome& outcome) {
  if (outcome.rejected) return "  rejected: " + *outcome.rejected + "\n";
  std::string text = outcome.matches.empty() ? "  none\n" : "";
  for (const reference::Match& match : outcome.matches) text += "  " + reference::to_text(match) + "\n";
  return text;
}

std::string report(std::uint64_t seed, const Pair& pair) {
  return fmt::format("seed {}\n{}\n{}expected:\n{}engine:\n{}", seed, reference::to_rules(pair.pattern),
                     reference::to_jsonl(pair.events), text_of(*expected_outcome(pair)), text_of(engine_outcome(pair)));
}

Pair make_pair(std::uint64_t seed) {
  Random random(seed);
  Pair pair;
  pair.pattern = random_pattern(random);
  pair.events = random_events(random, pair.pattern);
  return pair;
}

TEST(Engine, GivesWhatTheNaiveMatcherGives) {
  const std::uint64_t first = from_environment("CEPHEID_SEED", 1);
  const std::uint64_t pairs = from_environment("CEPHEID_PROPERTY_PAIRS", 2'000);
  std::cout << fmt::format("CEPHEID_SEED={} CEPHEID_PROPERTY_PAIRS={}\n", first, pairs);
  ClauseCounts counts;
  std::size_t rejected = 0;
  std::size_t failures = 0;
  for (std::uint64_t seed = first; seed < first + pairs && failures < kMaxFailures; ++seed) {
    const Pair pair = make_pair(seed);
    const std::optional<Outcome> expected = expected_outcome(pair);
    if (!expected) continue;
    if (expected->rejected) {
      ++rejected;
    } else {
      counts.add(pair, !expected->matches.empty());
    }
    if (same(*expected, engine_outcome(pair))) continue;
    ++failures;
    ADD_FAILURE() << report(seed, shrink(pair, fails));
  }
  std::cout << fmt::format("{}rejected: {} pairs\n", counts.table(), rejected);
  if (pairs < 1'000 || failures > 0) return;    // too few to judge the generator
  EXPECT_EQ(counts.neglected(), std::vector<std::string>{});
  EXPECT_GT(rejected * 100, pairs * 2);
}

}  // namespace
}  // namespace cepheid::property
