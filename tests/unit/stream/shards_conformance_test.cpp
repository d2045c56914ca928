// The conformance cases of this repository as jobs: their patterns' rows are the same at any number of shards.

#include <string>
#include <variant>

#include <gtest/gtest.h>
#include <simdjson.h>

#include "sharded_run.hpp"

namespace cepheid::runtime {
namespace {

/// The rules of a case, and a sink for each of its patterns; with late ones, if there may be any.
std::shared_ptr<const patterns::Plan> job_of(const std::string& rules) {
  const auto plan = plan_of_rules(rules);
  if (plan == nullptr) return nullptr;
  std::string sinks;
  for (const patterns::Relation& relation : plan->relations) {
    if (!std::holds_alternative<patterns::PatternPlan>(relation.body)) continue;
    sinks += "sink out_of_" + relation.name + " from " + relation.name + " to stdout\n";
  }
  return plan_of_rules(rules + "\n" + sinks);
}

class ConformanceCases : public testing::TestWithParam<const char*> {};

TEST_P(ConformanceCases, GiveTheSameBytesAtAnyNumberOfShards) {
  const std::string path = std::string(CEPHEID_SOURCE_DIR "/tests/conformance/cases/") + GetParam();
  const simdjson::padded_string text = simdjson::padded_string::load(path);
  simdjson::dom::parser parser;
  std::size_t number = 0;
  std::size_t with_rows = 0;
  for (const simdjson::dom::element one_case : parser.parse_many(text)) {
    if (one_case["rejected"].error() == simdjson::SUCCESS) continue;
    std::string events;
    for (const simdjson::dom::element event : one_case["events"].get_array()) {
      events += simdjson::minify(event) + "\n";
    }
    const auto plan = job_of(std::string(std::string_view(one_case["rules"])));
    ASSERT_NE(plan, nullptr);
    const JobOutcome one = run_plan(plan, {{"events", events}}, {.shards = 1});
    with_rows += one.written.size() > plan->sinks.size() ? 1 : 0;
    const std::uint32_t several = 2 + number++ % 4;
    ASSERT_TRUE(run_plan(plan, {{"events", events}}, {.shards = several, .cut_seed = number}) == one)
        << std::string_view(one_case["name"]) << ", " << several << " shards";
  }
  EXPECT_GT(with_rows, number / 4);
}

INSTANTIATE_TEST_SUITE_P(Files, ConformanceCases,
                         testing::Values("flink.jsonl", "random-plain.jsonl", "random-not.jsonl",
                                         "random-timeout.jsonl", "random-late.jsonl"));

}    // namespace
}    // namespace cepheid::runtime
