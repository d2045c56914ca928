#include "runtime/shards/pattern_groups.hpp"

#include <string>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "patterns/plan/load.hpp"

namespace cepheid::runtime {
namespace {

constexpr std::uint32_t kShards = 4;

/// A line for each group over the inputs of the last pattern: its patterns, and ` @SHARD` where it stays on one.
std::vector<std::string> groups_of(const std::string& patterns) {
  const std::string rules =
      "stream a { from stdin schema id int, ts timestamp, user string time ts }\n"
      "stream b { from stdin schema id int, ts timestamp, user string time ts }\n"
      "stream small = from a where id < 10\n"
      "stream twice = from a, small\n"
      "stream other = from small, b\n" +
      patterns;
  const patterns::SourceFile source("test.cep", rules);
  patterns::Diagnostics diagnostics(source);
  const std::optional<patterns::Plan> plan = patterns::load_rules(source, {}, diagnostics);
  EXPECT_TRUE(plan) << diagnostics.render();
  if (!plan) return {};
  std::vector<std::string> lines;
  const auto& last = std::get<patterns::PatternPlan>(plan->relations.back().body);
  for (const PatternGroup& group : group_patterns(*plan, last.inputs, kShards)) {
    std::string& line = lines.emplace_back();
    for (const patterns::RelationId id : group.patterns) line += plan->relations[id].name;
    if (group.home) line += " @" + std::to_string(*group.home);
  }
  return lines;
}

using testing::ElementsAre;

TEST(PatternGroups, PatternsWithTheSameKeyShareAnEngine) {
  EXPECT_THAT(groups_of("pattern p on a { key user begin x }\n"
                        "pattern q on a { key id begin x }\n"
                        "pattern r on a { key user begin y }\n"),
              ElementsAre("pr", "q"));
}

TEST(PatternGroups, APatternWithoutAKeyHasAShardByItsPosition) {
  EXPECT_THAT(groups_of("pattern p on b { key user begin x }\n"
                        "pattern q on a { begin x }\n"
                        "pattern r on a { begin x }\n"),
              ElementsAre("q @1", "r @2"));
}

TEST(PatternGroups, ALimitOverAllKeysOrOneThatFailsKeepsAPatternOnOneShard) {
  EXPECT_THAT(
      groups_of("pattern p on a { key user begin x next y limit partial_matches 5 then drop_oldest }\n"
                "pattern q on a { key user begin x next y limit partial_matches 5 per key then fail }\n"
                "pattern r on a { key user begin x next y limit partial_matches 5 per key then drop_oldest }\n"),
      ElementsAre("p @0", "q @1", "r"));
}

TEST(PatternGroups, WhereAnEventComesByTwoWaysThePatternStaysOnOneShard) {
  EXPECT_THAT(groups_of("pattern p on twice { key user begin x }\n"), ElementsAre("p @0"));
  EXPECT_THAT(groups_of("pattern p on a, small { key user begin x }\n"), ElementsAre("p @0"));
  EXPECT_THAT(groups_of("pattern p on other { key user begin x }\n"), ElementsAre("p"));
  EXPECT_THAT(groups_of("pattern p on a, b { key user begin x }\n"), ElementsAre("p"));
}

}    // namespace
}    // namespace cepheid::runtime
