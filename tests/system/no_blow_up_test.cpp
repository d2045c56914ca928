// What costs little must go on costing little however much of it comes: keys, repetitions, equal events, long matches.
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "nfa/automaton/automaton.hpp"
#include "patterns/plan/load.hpp"
#include "system/pattern_run.hpp"

namespace cepheid {
namespace {

constexpr TimeMs kHour = 3'600'000;

/// Memory of this process that is in use, in bytes.
std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(NoBlowUp, KeysThatNeverComeBackLeaveNothingBehind) {
  constexpr std::int64_t kKeys = 1'000'000;
  PatternRun run("pattern p on events { key k begin a where kind == 1 followed_by b where kind == 2 within 1h }");
  std::size_t before = 0;
  for (std::int64_t round = 0; round < 2; ++round) {
    for (std::int64_t i = 0; i < kKeys; ++i) run.push(round * kKeys + i, 1, round * 2 * kHour + i / 1'000);
    EXPECT_EQ(run.stats().partial_matches, static_cast<std::uint64_t>(kKeys));
    if (round == 0) before = resident_bytes();
    run.advance((round + 1) * 2 * kHour);
    EXPECT_EQ(run.stats().partial_matches, 0u);
    EXPECT_EQ(run.stats().keys, 0u);
  }
  EXPECT_LT(resident_bytes(), before + before / 5);
}

std::size_t states_of(const std::string& pattern) {
  const patterns::SourceFile source("rules.cep", rules_of(pattern));
  patterns::Diagnostics diagnostics(source);
  const std::optional<patterns::Plan> plan = patterns::load_rules(source, {}, diagnostics);
  EXPECT_TRUE(plan) << diagnostics.render();
  if (!plan) return 0;
  const Result<nfa::Automaton> automaton = nfa::Automaton::build(first_pattern(*plan));
  EXPECT_TRUE(automaton);
  return automaton ? automaton->states() : 0;
}

TEST(NoBlowUp, StatesGrowWithTheNumberOfRepetitionsAndNoFaster) {
  const auto states = [](int n) {
    return states_of("pattern p on events { begin a where kind == 1 times(1, " + std::to_string(n) + ") }");
  };
  EXPECT_LE(states(1'000), 3u * 1'000);
  EXPECT_LE(states(2'000), 2 * states(1'000) + 10);
}

TEST(NoBlowUp, AThousandRepetitionsRunOverTenThousandRows) {
  constexpr int kRows = 10'000;
  PatternRun run(
      "pattern p on events { begin a where kind == 1 times(1, 1000) followed_by b where kind == 2\n"
      "after_match skip_past_last }");
  for (int i = 0; i < kRows; ++i) run.push(0, 1, i);
  run.push(0, 2, kRows);
  run.end();
  EXPECT_EQ(run.stats().matches, 1u);
  EXPECT_EQ(run.stats().partial_matches, 0u);
}

TEST(NoBlowUp, NestedRepetitionsThatMultiplyAreRefused) {
  std::string sequence = "begin a where kind == 1";
  for (int depth = 0; depth < 4; ++depth) sequence = "begin ( " + sequence + " ) times(1000)";
  const patterns::SourceFile source("rules.cep", rules_of("pattern p on events { " + sequence + " }"));
  patterns::Diagnostics diagnostics(source);
  EXPECT_FALSE(patterns::load_rules(source, {}, diagnostics));
  EXPECT_EQ(diagnostics.errors(), 1u) << diagnostics.render();
}

constexpr int kEqualRows = 20'000;

TEST(NoBlowUp, TwoLoopsOverEqualRowsOfOneKeyThatBothMatch) {
  PatternRun run(
      "pattern p on events { begin a where kind == 1 one_or_more followed_by b where kind == 1 one_or_more\n"
      "after_match skip_past_last }");
  for (int i = 0; i < kEqualRows; ++i) run.push(0, 1, i);
  run.end();
  EXPECT_EQ(run.stats().matches, static_cast<std::uint64_t>(kEqualRows / 2));
}

TEST(NoBlowUp, TwoLoopsOverEqualRowsOfOneKeyOfWhichOneMatches) {
  PatternRun run(
      "pattern p on events { begin a where kind == 1 one_or_more followed_by b where kind == 2 one_or_more\n"
      "after_match skip_past_last }");
  for (int i = 0; i < kEqualRows; ++i) run.push(0, 1, i);
  run.push(0, 2, kEqualRows);
  run.end();
  EXPECT_EQ(run.stats().matches, 1u);
}

TEST(NoBlowUp, AMatchOfAHundredThousandEventsNeedsNoDeepStack) {
  constexpr std::int64_t kLoop = 100'000;
  PatternRun run(
      "pattern p on events { begin first where kind == 0 next a where kind == 1 one_or_more consecutive greedy\n"
      "next b where kind == 2 }");
  run.push(0, 0, 0);
  for (std::int64_t i = 1; i <= kLoop; ++i) run.push(0, 1, i);
  run.push(0, 2, kLoop + 1);
  run.end();
  EXPECT_EQ(run.stats().matches, 1u);
  EXPECT_EQ(run.longest_match(), static_cast<std::size_t>(kLoop) + 2);
}

}    // namespace
}    // namespace cepheid
