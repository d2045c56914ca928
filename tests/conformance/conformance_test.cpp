#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "conformance/compare_matches.hpp"
#include "conformance/json_tree.hpp"
#include "patterns/plan/load.hpp"
#include "runtime/io/in_memory.hpp"
#include "runtime/stream/print_matches.hpp"

namespace cepheid::conformance {
namespace {

patterns::Environment environment_of(const JsonTree& test_case) {
  patterns::Environment environment;
  environment.variable = [&test_case](std::string_view name) -> std::optional<std::string> {
    const JsonTree* variables = test_case.find("env");
    const JsonTree* value = variables == nullptr ? nullptr : variables->find(name);
    if (value == nullptr) return std::nullopt;
    return value->text;
  };
  return environment;
}

/// The only stream that events can be put into.
patterns::RelationId stream_of(const patterns::Plan& plan) {
  patterns::RelationId id = 0;
  while (!std::holds_alternative<patterns::SourcePlan>(plan.relations[id].body)) ++id;
  return id;
}

std::string lines_of(const JsonTree& events) {
  std::string lines;
  for (const JsonTree& event : events.items) lines += to_json(event) + "\n";
  return lines;
}

/// What is wrong with a case; empty if it holds.
std::string failure_of(const JsonTree& test_case) {
  const patterns::SourceFile source("rules.cep", test_case.find("rules")->text);
  patterns::Diagnostics diagnostics(source);
  std::optional<patterns::Plan> loaded = patterns::load_rules(source, environment_of(test_case), diagnostics);
  if (const JsonTree* reason = test_case.find("rejected")) {
    if (loaded) return "accepted, but must be refused: " + reason->text;
    return diagnostics.render().empty() ? "refused without a word" : "";
  }
  if (!loaded) return diagnostics.render();

  const auto plan = std::make_shared<const patterns::Plan>(std::move(*loaded));
  std::vector<runtime::JobInput> inputs;
  inputs.push_back({.stream = stream_of(*plan),
                    .source = runtime::make_text_source("events", lines_of(*test_case.find("events"))),
                    .format = patterns::SourceFormat::json});
  std::string printed;
  const Result<void> done = runtime::print_matches(plan, std::move(inputs), {}, runtime::make_text_sink(printed),
                                                   {.now = [] { return TimeMs{0}; }}, {});
  if (!done) return done.error().message;
  return difference(*test_case.find("expected"), printed);
}

class Conformance : public testing::TestWithParam<const char*> {};

TEST_P(Conformance, EveryCaseOfTheFileHolds) {
  constexpr int kShown = 5;
  std::ifstream file(std::string(CEPHEID_SOURCE_DIR "/tests/conformance/cases/") + GetParam() + ".jsonl");
  int passed = 0;
  int failed = 0;
  for (std::string line; std::getline(file, line);) {
    const std::optional<JsonTree> test_case = parse_json(line);
    ASSERT_TRUE(test_case) << line;
    const std::string failure = failure_of(*test_case);
    if (failure.empty()) {
      ++passed;
    } else if (++failed <= kShown) {
      ADD_FAILURE() << test_case->find("name")->text << "\n"
                    << test_case->find("rules")->text << lines_of(*test_case->find("events")) << failure;
    }
  }
  std::cout << GetParam() << ": " << passed << " passed, " << failed << " failed\n";
  EXPECT_EQ(failed, 0);
  EXPECT_GT(passed, 0);
}

INSTANTIATE_TEST_SUITE_P(Cases, Conformance,
                         testing::Values("expressions", "flink", "given-once", "random-late", "random-not",
                                         "random-plain", "random-timeout", "rejected"),
                         [](const testing::TestParamInfo<const char*>& file) {
                           std::string name(file.param);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}    // namespace
}    // namespace cepheid::conformance
