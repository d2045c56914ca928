// The output of a job is the same at any number of shards, byte for byte: random rule files on random events.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sharded_run.hpp"

namespace cepheid::runtime {
namespace {

/// The same numbers for a seed on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(bound));
  }
  bool chance(int percent) { return below(100) < percent; }
  template <std::size_t size>
  std::string pick(const char* const (&items)[size]) {
    return items[below(size)];
  }

 private:
  std::mt19937_64 engine_;
};

constexpr std::int64_t kLatenesses[] = {0, 0, 3, 20};

std::string random_streams(Random& random) {
  std::string rules;
  for (const char* name : {"a", "b"}) {
    rules += fmt::format(
        "stream {0} {{\n  from stdin format json\n"
        "  schema id int, ts timestamp, user string, k int, kind string, v double\n"
        "  time ts lateness {1}ms require id, ts late to late_{0} invalid to bad_{0}\n}}\n",
        name, kLatenesses[random.below(4)]);
  }
  return rules +
         "stream small = from a where v < 60 select *, label = concat(user, \"-\", kind)\n"
         "stream patient = from b where v > 10 lateness 25ms\n"
         "stream both = from a, b select *, twice = v * 2\n"
         "stream some = from a where k > 1 select *\n"
         "stream twofold = from a, some select id, ts, user, k = if(v > 50, k, 0 - k), kind, v\n";
}

std::string random_body(Random& random) {
  switch (random.below(8)) {
    case 0: return "begin x where kind == \"a\"\n  followed_by y where kind == \"b\"\n  within 30ms\n";
    case 1:
      return "begin x where kind == \"a\"\n  followed_by_any y where v > 30 one_or_more\n"
             "  followed_by z where kind == \"c\"\n  within 15ms\n";
    case 2:
      return "begin x where kind == \"a\"\n  followed_by y where kind == \"b\" one_or_more greedy\n"
             "  followed_by z where kind == \"c\"\n  within 25ms\n";
    case 3:
      return "begin x where kind == \"a\"\n  followed_by y where v > x.v\n"
             "  not_followed_by n where kind == \"c\"\n  within 12ms\n";
    case 4: return "begin x where v > 20\n  next y where v > 40\n";
    case 5: return "begin x where kind == \"a\"\n  followed_by y optional where kind == \"b\"\n  within 10ms\n";
    case 6: return "begin x where kind != \"c\" times(2, 3)\n  followed_by y where kind == \"c\"\n  within 40ms\n";
    default: return "begin x\n";
  }
}

std::string random_pattern(Random& random, const std::string& name, const std::string& inputs) {
  const std::string keys[] = {"",
                              "",
                              "  key user\n",
                              "  key user\n",
                              "  key user\n",
                              "  key k, user\n",
                              "  key k % 3\n",
                              "  key concat(user, kind)\n"};
  std::string text = "pattern " + name + " on " + inputs + " {\n" + keys[random.below(8)];
  if (random.chance(20)) text += "  when v > 5\n";
  if (random.chance(15)) {
    text += fmt::format("  absent x where kind == \"b\" for {}ms\n", 5 + random.below(30));
    if (random.chance(50)) text += "  emit id = x.id, since = since\n";
    return text + "}\n";
  }
  const std::string body = random_body(random);
  text += "  " + body;
  if (random.chance(50)) {
    text += "  after_match " + random.pick({"no_skip", "skip_past_last", "skip_to_next", "skip_to_first x"}) + "\n";
  }
  const bool has_emit = random.chance(80);
  if (has_emit) {
    text +=
        "  emit p = \"" + name + "\", id = last(x.id), n = count(x), user = x.user, k = x.k, kind = x.kind, v = x.v\n";
  }
  if (has_emit && body.find("within") != std::string::npos && random.chance(40)) {
    text += "  on_timeout emit p = \"out of time\", id = x.id\n";
  }
  if (random.chance(25)) {
    text += "  limit partial_matches " +
            random.pick({"3 per key then drop_oldest", "6 then drop_oldest", "6 then block_start"}) + "\n";
  }
  if (random.chance(5)) text += "  shadow\n";
  return text + "}\n";
}

std::string random_rules(Random& random) {
  std::string rules = random_streams(random);
  const auto patterns = 1 + random.below(5);
  std::string read;
  for (std::int64_t i = 0; i < patterns; ++i) {
    const std::string name = fmt::format("p{}", i);
    const std::string pattern = random_pattern(
        random, name,
        random.pick({"a", "a", "b", "a, b", "small", "patient", "both", "twofold", "late_a", "b, small"}));
    rules += pattern;
    if (pattern.find("shadow") != std::string::npos) continue;
    rules += fmt::format("sink s{0} from {0} to stdout\n", name);
    if (pattern.find("emit p") == std::string::npos) continue;
    // What reads the pattern: a stream of its rows, and a pattern of these and of a source.
    rules += fmt::format(
        "stream d{0} = from {0} where id % 2 == 0 select id, user, k\n"
        "pattern q{0} on {0} {{\n  key user\n  begin x followed_by y within 1h\n  emit one = x.id, two = y.id\n}}\n"
        "sink t{0} from q{0}, d{0} to stdout\n",
        name);
  }
  return rules + "sink late from late_a, late_b to stdout\nsink bad from bad_a, bad_b, both to stdout\n";
}

std::string random_events(Random& random, std::int64_t count, std::int64_t first_id) {
  std::string text;
  std::int64_t time = 0;
  const std::int64_t users = 1 + random.below(12);
  for (std::int64_t i = 0; i < count; ++i) {
    time += random.below(4);
    const std::int64_t behind = random.chance(20) ? random.below(40) : 0;
    if (random.chance(1)) text += "no json\n";
    text += fmt::format(R"({{"id":{},"ts":{},"user":{},"k":{},"kind":"{}","v":{}}})"
                        "\n",
                        first_id + i, time - behind,
                        random.chance(3) ? std::string("null") : fmt::format("\"user {}\"", random.below(users)),
                        random.below(5), random.pick({"a", "b", "c"}), random.below(100));
  }
  return text;
}

class RandomJobs : public testing::TestWithParam<int> {};

TEST_P(RandomJobs, GiveTheSameBytesAtAnyNumberOfShardsHoweverTheirInputIsCut) {
  for (int round = 0; round < 6; ++round) {
    const auto seed = static_cast<std::uint64_t>(GetParam() * 1000 + round);
    Random random(seed);
    const std::string rules = random_rules(random);
    const std::shared_ptr<const patterns::Plan> plan = plan_of_rules(rules);
    ASSERT_NE(plan, nullptr) << "seed " << seed;
    const std::map<std::string, std::string> texts = {{"a", random_events(random, 40 + random.below(3000), 0)},
                                                      {"b", random_events(random, random.below(3000), 10'000)}};
    const JobOutcome one = run_plan(plan, texts, {});
    for (const std::uint32_t shards : {2U, 3U, 8U}) {
      const JobOutcome several = run_plan(plan, texts, {.shards = shards});
      ASSERT_EQ(several.counted, one.counted) << "seed " << seed << ", " << shards << " shards\n" << rules;
      ASSERT_TRUE(several == one) << "seed " << seed << ", " << shards << " shards\n" << rules;
    }
    for (const std::uint32_t shards : {1U, 3U}) {
      const JobOutcome cut = run_plan(plan, texts, {.shards = shards, .cut_seed = seed + 1});
      ASSERT_EQ(cut.counted, one.counted) << "seed " << seed << ", cut, " << shards << " shards\n" << rules;
      ASSERT_TRUE(cut == one) << "seed " << seed << ", cut, " << shards << " shards\n" << rules;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomJobs, testing::Range(1, 5));

}    // namespace
}    // namespace cepheid::runtime
