// The cases again, by way of the library's own API: rows pushed one by one, matches by callback; and once more with the
// state saved and loaded on the way.

#include <algorithm>
#include <fstream>
#include <iostream>
#include <optional>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "conformance/compare_matches.hpp"
#include "conformance/json_tree.hpp"
#include "conformance/library_run.hpp"

namespace cepheid::conformance {
namespace {

class Library : public testing::TestWithParam<const char*> {};

TEST_P(Library, GivesWhatEveryCaseExpectsWithOneEngineAndWithTwo) {
  std::ifstream file(std::string(CEPHEID_SOURCE_DIR "/tests/conformance/cases/") + GetParam() + ".jsonl");
  std::mt19937 random(20261121);
  int cases = 0;
  for (std::string line; std::getline(file, line);) {
    const std::optional<JsonTree> test_case = parse_json(line);
    ASSERT_TRUE(test_case) << line;
    const Result<Rules> rules = Rules::from_text(test_case->find("rules")->text);
    ASSERT_TRUE(rules) << rules.error().message;
    const JsonTree& events = *test_case->find("events");
    const JsonTree& expected = *test_case->find("expected");
    ++cases;
    EXPECT_EQ(difference(expected, run_in_library(*rules, events, std::nullopt)), "") << test_case->find("name")->text;
    if (events.items.empty()) continue;
    const std::size_t saved_at = std::uniform_int_distribution<std::size_t>(0, events.items.size() - 1)(random);
    EXPECT_EQ(difference(expected, run_in_library(*rules, events, saved_at)), "")
        << test_case->find("name")->text << ", saved at event " << saved_at;
  }
  std::cout << GetParam() << ": " << cases << " cases\n";
  EXPECT_GT(cases, 0);
}

INSTANTIATE_TEST_SUITE_P(Cases, Library,
                         testing::Values("flink", "given-once", "random-late", "random-not", "random-plain",
                                         "random-timeout"),
                         [](const testing::TestParamInfo<const char*>& file) {
                           std::string name(file.param);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}    // namespace
}    // namespace cepheid::conformance
