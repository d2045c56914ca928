// Merged partial matches give what single ones give, on streams long enough for rings to wrap, grow and be compacted:
// the naive matcher's streams are too short for that.

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cepheid/cepheid.hpp"

namespace cepheid {
namespace {

constexpr const char* kStream = "stream events { schema user string, kind int, n int, at timestamp  time at }\n";

struct Stream {
  int events;
  int users;
  int kinds;
  TimeMs step_ms;    // between two events, at most
};

/// What an engine gives for a random stream, sorted. `saved_every`: a new engine goes on so often; 0: never.
std::vector<std::string> matches_of(const Rules& rules, const Stream& stream, Engine::Options options,
                                    int saved_every) {
  std::vector<std::string> matches;
  const Handlers handlers{.on_match = [&matches](const Match& match) {
    std::string text(match.pattern());
    for (std::size_t i = 0; i < match.size(); ++i) {
      text += ' ';
      text += match.event(i).step;
      text += to_string(match.event(i).row["n"]);
    }
    matches.push_back(std::move(text));
  }};
  auto engine = std::make_unique<Engine>(rules, handlers, options);
  RowBatch batch(rules, StreamId{});
  std::mt19937_64 random(42);
  TimeMs now_ms = 0;
  for (int i = 0; i < stream.events; ++i) {
    if (saved_every != 0 && i % saved_every == saved_every - 1) {
      const std::string state = engine->save();
      engine = std::make_unique<Engine>(rules, handlers, options);
      const Result<void> loaded = engine->load(state);
      EXPECT_TRUE(loaded) << loaded.error().message;
    }
    now_ms += static_cast<TimeMs>(random() % static_cast<std::uint64_t>(stream.step_ms + 1));
    batch.clear();
    batch.add()
        .set("user", "user " + std::to_string(random() % static_cast<std::uint64_t>(stream.users)))
        .set("kind", static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(stream.kinds)))
        .set("n", i)
        .set("at", Timestamp{now_ms});
    engine->push(batch);
  }
  engine->finish();
  for (std::uint32_t i = 0; i < rules.patterns(); ++i) EXPECT_EQ(engine->stats(PatternId{i}).keys, 0u);
  std::ranges::sort(matches);
  return matches;
}

struct Case {
  const char* name;
  const char* pattern;
  Stream stream;
};

class Merged : public testing::TestWithParam<Case> {};

TEST_P(Merged, GivesWhatSinglePartialMatchesGive) {
  const Result<Rules> rules = Rules::from_text(kStream + std::string(GetParam().pattern));
  ASSERT_TRUE(rules) << rules.error().message;
  const std::vector<std::string> single = matches_of(*rules, GetParam().stream, {.merge_partial_matches = false}, 0);
  EXPECT_GT(single.size(), 100u);
  EXPECT_EQ(matches_of(*rules, GetParam().stream, {}, 0), single);
  EXPECT_EQ(matches_of(*rules, GetParam().stream, {}, GetParam().stream.events / 7), single);
}

constexpr Stream kManyUsers{.events = 60'000, .users = 3'000, .kinds = 6, .step_ms = 4};
constexpr Stream kOneKey{.events = 3'000, .users = 1, .kinds = 6, .step_ms = 2};

INSTANTIATE_TEST_SUITE_P(
    Cases, Merged,
    testing::Values(
        Case{"funnel",
             "pattern p on events { key user begin a where kind == 0 followed_by b where kind == 1 one_or_more greedy "
             "followed_by c where kind == 2 within 20s after_match skip_past_last }",
             kManyUsers},
        Case{"negation",
             "pattern p on events { key user begin a where kind == 0 not_followed_by b where kind == 1 "
             "followed_by c where kind == 2 within 20s after_match skip_to_next }",
             kManyUsers},
        Case{"times",
             "pattern p on events { key user begin a where kind <= 1 times(3) followed_by c where kind == 2 within 30s "
             "after_match skip_past_last }",
             kManyUsers},
        Case{"waiting",
             "pattern p on events { key user begin a where kind == 0 followed_by b where kind in (1, 2) one_or_more "
             "next c where kind == 3 within 9s after_match skip_to_next }",
             kManyUsers},
        Case{"combinations",
             "pattern p on events { begin a where kind == 0 followed_by_any b where kind == 1 followed_by_any "
             "c where kind == 2 within 40ms }",
             kOneKey},
        Case{"optional_combinations",
             "pattern p on events { begin a where kind == 0 followed_by_any b where kind == 1 one_or_more "
             "allow_combinations optional followed_by_any c where kind == 2 optional followed_by d where kind == 3 "
             "within 25ms }",
             kOneKey},
        Case{"groups",
             "pattern p on events { key user begin a where kind == 0 followed_by_any (begin b where kind == 1 "
             "followed_by c where kind == 2) one_or_more followed_by d where kind == 3 within 15s }",
             kManyUsers},
        Case{"two_patterns",
             "pattern p on events { key user begin a where kind == 0 followed_by b where kind == 1 within 5s }\n"
             "pattern q on events { key user begin a where kind == 0 followed_by b where kind == 2 within 25s "
             "after_match skip_past_last }",
             kManyUsers}),
    [](const testing::TestParamInfo<Case>& one) { return one.param.name; });

/// Without `within` nothing ends by itself, so keys are left at the end; but every pair is found.
TEST(MergedWithoutEnd, IsCompactedAndFindsEveryPair) {
  const Result<Rules> rules =
      Rules::from_text(std::string(kStream) +
                       "pattern p on events { key user begin a where kind == 0 followed_by b where kind == 1 "
                       "after_match skip_past_last emit n = a.n }");
  ASSERT_TRUE(rules) << rules.error().message;
  constexpr int kPairs = 50'000;
  constexpr int kOld = 1'000;
  std::int64_t sum = 0;
  Engine engine(*rules, {.on_match = [&sum](const Match& match) { sum += match["n"].as_int(); }});
  RowBatch batch(*rules, StreamId{});
  const auto push = [&](const std::string& user, int kind, int n) {
    batch.clear();
    batch.add().set("user", user).set("kind", kind).set("n", n).set("at", Timestamp{n});
    engine.push(batch);
  };
  // Old ones lie between others that come and go.
  for (int i = 0; i < kOld; ++i) push("old " + std::to_string(i), 0, i);
  for (int i = 0; i < kPairs; ++i) {
    push("pair", 0, kOld + i);
    push("pair", 1, kOld + i);
  }
  const std::size_t bytes = engine.memory_bytes();
  EXPECT_LT(bytes, 4'000'000u) << "what the pairs left behind was taken out";
  for (int i = 0; i < kOld; ++i) push("old " + std::to_string(i), 1, 2 * kPairs);
  constexpr std::int64_t kAll = kOld + kPairs;
  EXPECT_EQ(sum, kAll * (kAll - 1) / 2);
  EXPECT_EQ(engine.stats(PatternId{}).keys, 0u);
}

}    // namespace
}    // namespace cepheid
