// The hand-worked cases of tests/cases/job/shadow.case. Each begins with `=== ` and the fact it shows, then comments on
// why, `--- rules` (of one source stream), `--- events` (that stream's text), `--- TARGET` with the lines of each sink
// and `--- counted` with a line for each pattern, and for the stream if rows were late or invalid. Counts of a pattern
// beyond matches and time-outs stand in its line only where they are not 0.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "patterns/plan/load.hpp"
#include "runtime/io/in_memory.hpp"
#include "runtime/stream/job.hpp"

namespace cepheid::runtime {
namespace {

using Lines = std::vector<std::string>;

struct Case {
  std::string fact;
  std::string rules;
  std::string events;
  std::map<std::string, Lines> sinks;    // by target
  Lines counted;
};

std::vector<Case> read_cases() {
  std::vector<Case> cases;
  std::ifstream lines(CEPHEID_SOURCE_DIR "/tests/cases/job/shadow.case");
  std::string part;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("=== ")) {
      part.clear();
      cases.push_back({.fact = line.substr(4), .rules = {}, .events = {}, .sinks = {}, .counted = {}});
    } else if (cases.empty() || line.empty()) {
      continue;
    } else if (line.starts_with("--- ")) {
      part = line.substr(4);
      if (part != "rules" && part != "events" && part != "counted") cases.back().sinks[part];
    } else if (part == "rules") {
      cases.back().rules += line + "\n";
    } else if (part == "events") {
      cases.back().events += line + "\n";
    } else if (part == "counted") {
      cases.back().counted.push_back(line);
    } else if (!part.empty()) {
      cases.back().sinks[part].push_back(line);
    }
  }
  return cases;
}

Lines lines_of(const std::string& text) {
  Lines lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

struct Outcome {
  std::map<std::string, Lines> sinks;             // by target
  std::map<std::string, std::string> patterns;    // counts, by name
  std::map<std::string, std::string> streams;     // of those with late or invalid rows
  std::set<std::string> shadows;                  // names of the patterns that are

  [[nodiscard]] Lines counted() const {
    Lines lines;
    for (const auto* counts : {&streams, &patterns}) {
      for (const auto& [name, text] : *counts) lines.push_back(fmt::format("{} {}", name, text));
    }
    return lines;
  }
};

std::string counts_of(const JobStats::Pattern& pattern) {
  std::string text = fmt::format("matches={} timeouts={}", pattern.matches, pattern.timeouts);
  if (pattern.skip_failures > 0) text += fmt::format(" skip_failures={}", pattern.skip_failures);
  if (pattern.dropped > 0) text += fmt::format(" dropped={}", pattern.dropped);
  if (pattern.blocked > 0) text += fmt::format(" blocked={}", pattern.blocked);
  return text;
}

/// Of rules that do not load, or a job that fails, an empty one; then the test has failed.
Outcome run(const std::string& rules, const std::string& events) {
  const patterns::SourceFile source("shadow.case", rules);
  patterns::Diagnostics diagnostics(source);
  std::optional<patterns::Plan> loaded = patterns::load_rules(source, {}, diagnostics);
  EXPECT_TRUE(loaded) << diagnostics.render();
  if (!loaded) return {};
  const auto plan = std::make_shared<const patterns::Plan>(std::move(*loaded));

  Outcome outcome;
  std::vector<JobInput> inputs;
  for (patterns::RelationId id = 0; id < plan->relations.size(); ++id) {
    const patterns::Relation& relation = plan->relations[id];
    if (const auto* stream = std::get_if<patterns::SourcePlan>(&relation.body)) {
      inputs.push_back({.stream = id, .source = make_text_source("in", events), .format = stream->format});
    } else if (const auto* pattern = std::get_if<patterns::PatternPlan>(&relation.body); pattern && pattern->shadow) {
      outcome.shadows.insert(relation.name);
    }
  }
  EXPECT_EQ(inputs.size(), 1u);
  std::vector<std::string> written(plan->sinks.size());
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.reserve(written.size());
  for (std::string& text : written) sinks.push_back(make_text_sink(text));
  Job job(plan, std::move(inputs), std::move(sinks), {.now = [] { return TimeMs{0}; }});
  const Result<void> done = job.run({});
  EXPECT_TRUE(done) << done.error().message;

  for (std::size_t i = 0; i < written.size(); ++i) {
    outcome.sinks[std::filesystem::path(plan->sinks[i].to.target).filename()] = lines_of(written[i]);
  }
  const JobStats stats = job.stats();
  for (const JobStats::Pattern& pattern : stats.patterns) outcome.patterns[pattern.name] = counts_of(pattern);
  for (const JobStats::Stream& stream : stats.streams) {
    if (stream.late + stream.invalid == 0) continue;
    outcome.streams[stream.name] =
        fmt::format("events={} late={} invalid={}", stream.events, stream.late, stream.invalid);
  }
  return outcome;
}

std::string without_shadow(std::string rules) {
  const std::string word = "shadow";
  for (std::size_t at = rules.find(word); at != std::string::npos; at = rules.find(word, at)) {
    rules.erase(at, word.size());
  }
  return rules;
}

TEST(ShadowCases, AreTwentyDifferentFacts) {
  std::set<std::string> facts;
  for (const Case& test : read_cases()) facts.insert(test.fact);
  EXPECT_EQ(facts.size(), 20u);
}

TEST(ShadowCases, WriteAndCountWhatWasWorkedOutByHand) {
  for (const Case& test : read_cases()) {
    SCOPED_TRACE(test.fact);
    const Outcome got = run(test.rules, test.events);
    EXPECT_EQ(got.sinks, test.sinks);
    EXPECT_THAT(got.counted(), testing::UnorderedElementsAreArray(test.counted));
  }
}

TEST(ShadowCases, WriteMoreWithoutTheWordAndCountTheSame) {
  for (const Case& test : read_cases()) {
    SCOPED_TRACE(test.fact);
    const Outcome hidden = run(test.rules, test.events);
    const Outcome open = run(without_shadow(test.rules), test.events);
    EXPECT_TRUE(open.shadows.empty());
    EXPECT_FALSE(hidden.shadows.empty());
    EXPECT_NE(open.sinks, hidden.sinks);
    EXPECT_EQ(open.streams, hidden.streams);
    for (const std::string& name : hidden.shadows) EXPECT_EQ(open.patterns.at(name), hidden.patterns.at(name)) << name;
  }
}

}    // namespace
}    // namespace cepheid::runtime
