#include "property/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "property/engine_under_test.hpp"
#include "property/random.hpp"
#include "property/random_events.hpp"
#include "property/random_pattern.hpp"
#include "reference/matcher.hpp"
#include "reference/print.hpp"
#include "reference/rejected.hpp"

namespace cepheid::property {
namespace {

constexpr std::size_t kMaxRuns = 250;    // of the naive matcher: pairs with more are left out

/// What the engine gives in some way that differs from `expected`, with the ways' names.
std::vector<std::pair<std::string, Outcome>> other_outcomes(const Pair& pair, const Outcome& expected) {
  const LoadedPattern loaded(reference::to_rules(pair.pattern));
  std::vector<std::pair<std::string, Outcome>> others;
  if (!loaded.diagnostics().empty()) {
    if (!expected.rejected) others.emplace_back("", Outcome{loaded.diagnostics(), {}});
    return others;
  }
  if (expected.rejected) {
    others.emplace_back("", Outcome{});
    return others;
  }
  for (const Way way : kWays) {
    if (way == Way::by_key && !pair.pattern.keyed) continue;
    Outcome outcome{std::nullopt, loaded.run(pair.events, way)};
    if (!outcome.agrees_with(expected)) others.emplace_back(name_of(way), std::move(outcome));
  }
  const auto matches = std::ranges::count(expected.matches, false, &reference::Match::timed_out);
  for (const Way way : kWays) {
    if (way == Way::by_key) continue;
    const std::optional<std::uint64_t> counted = loaded.count(pair.events, way);
    if (counted == static_cast<std::uint64_t>(matches)) continue;
    others.emplace_back(fmt::format("{}, counted: {}", name_of(way), counted ? std::to_string(*counted) : "given"),
                        Outcome{});
  }
  return others;
}

std::string text_of(const Outcome& outcome) {
  if (outcome.rejected) return "  rejected: " + *outcome.rejected + "\n";
  std::string text = outcome.matches.empty() ? "  none\n" : "";
  for (const reference::Match& match : outcome.matches) text += "  " + reference::to_text(match) + "\n";
  return text;
}

}    // namespace

Pair make_pair(std::uint64_t seed) {
  Random random(seed);
  Pair pair;
  pair.pattern = random_pattern(random);
  pair.events = random_events(random, pair.pattern);
  return pair;
}

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

bool differs(const Pair& pair) {
  const std::optional<Outcome> expected = expected_outcome(pair);
  return expected && !other_outcomes(pair, *expected).empty();
}

std::string report(std::uint64_t seed, const Pair& pair) {
  const Outcome expected = *expected_outcome(pair);
  std::string text = fmt::format("seed {}\n{}\n{}expected:\n{}", seed, reference::to_rules(pair.pattern),
                                 reference::to_jsonl(pair.events), text_of(expected));
  for (const auto& [way, outcome] : other_outcomes(pair, expected)) {
    text += fmt::format("engine, {}:\n{}", way, text_of(outcome));
  }
  return text;
}

}    // namespace cepheid::property
