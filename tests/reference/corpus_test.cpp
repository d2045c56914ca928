// The naive matcher against what Flink really did. Skipped unless CEPHEID_CONFORMANCE names the folder of the corpus.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "reference/matcher.hpp"
#include "reference/print.hpp"
#include "reference/read.hpp"
#include "reference/rejected.hpp"

namespace cepheid::reference {
namespace {

using Steps = std::map<std::string, std::vector<std::int64_t>>;

/// A match as the corpus tells it.
struct Outcome {
  std::string pattern;
  std::string key;
  Steps steps;
  bool timed_out = false;

  auto operator<=>(const Outcome&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  out << outcome.pattern << " " << outcome.key;
  for (const auto& [step, ids] : outcome.steps) {
    out << " " << step << ":";
    for (const std::int64_t id : ids) out << id << ",";
  }
  return out << (outcome.timed_out ? " timeout" : "");
}

Event event_of(const rapidjson::Value& row) {
  Event event;
  event.id = row["id"].GetInt64();
  event.ts = row["ts"].GetInt64();
  event.name = row["name"].GetString();
  event.user = row["user"].GetString();
  event.qty = row["qty"].GetInt64();
  if (row.HasMember("price") && !row["price"].IsNull()) event.price = row["price"].GetDouble();
  return event;
}

std::vector<Event> events_of(const rapidjson::Value& rows) {
  std::vector<Event> events;
  for (const auto& row : rows.GetArray()) events.push_back(event_of(row));
  return events;
}

Outcome expected_outcome(const rapidjson::Value& match) {
  Outcome outcome;
  outcome.pattern = match["pattern"].GetString();
  if (match.HasMember("key")) outcome.key = match["key"][0].GetString();
  outcome.timed_out = match.HasMember("timeout");
  for (const auto& step : match["match"].GetObject()) {
    for (const auto& id : step.value.GetArray()) outcome.steps[step.name.GetString()].push_back(id.GetInt64());
  }
  return outcome;
}

Outcome outcome_of(const Pattern& pattern, const Match& match) {
  Outcome outcome{pattern.name, match.key, {}, match.timed_out};
  for (const auto& [step, id] : match.path) outcome.steps[step].push_back(id);
  return outcome;
}

/// Calls `check(document, patterns)` for each case of the corpus' file.
template <typename Check>
void for_each_case(const std::string& file, Check check) {
  const char* folder = std::getenv("CEPHEID_CONFORMANCE");
  if (folder == nullptr) GTEST_SKIP() << "CEPHEID_CONFORMANCE is not set";
  std::ifstream lines(std::filesystem::path(folder) / file);
  ASSERT_TRUE(lines) << file;
  std::size_t cases = 0;
  for (std::string line; std::getline(lines, line);) {
    rapidjson::Document document;
    document.Parse(line.c_str());
    ASSERT_FALSE(document.HasParseError()) << line;
    const auto patterns = read_rules(document["rules"].GetString());
    check(document, patterns);
    ++cases;
  }
  EXPECT_GT(cases, 0u);
}

class Corpus : public testing::TestWithParam<const char*> {};

TEST_P(Corpus, IsWhatTheRulesGive) {
  for_each_case(GetParam(), [](const rapidjson::Document& document, const auto& read) {
    SCOPED_TRACE(document["name"].GetString());
    SCOPED_TRACE(document["rules"].GetString());
    ASSERT_TRUE(std::holds_alternative<std::vector<Pattern>>(read)) << std::get<std::string>(read);
    const std::vector<Event> events = events_of(document["events"]);
    std::multiset<Outcome> found;
    for (const Pattern& pattern : std::get<std::vector<Pattern>>(read)) {
      ASSERT_EQ(rejected(pattern), std::nullopt);
      for (const Match& match : run(pattern, events)) found.insert(outcome_of(pattern, match));
    }
    std::multiset<Outcome> expected;
    for (const auto& match : document["expected"].GetArray()) expected.insert(expected_outcome(match));
    EXPECT_EQ(found, expected) << to_jsonl(events);
  });
}

INSTANTIATE_TEST_SUITE_P(Conformance, Corpus,
                         testing::Values("flink.jsonl", "random-plain.jsonl", "random-not.jsonl",
                                         "random-timeout.jsonl", "random-late.jsonl"));

TEST(RejectedCorpus, IsRejectedByTheRules) {
  for_each_case("rejected.jsonl", [](const rapidjson::Document& document, const auto& read) {
    SCOPED_TRACE(document["name"].GetString());
    SCOPED_TRACE(document["rules"].GetString());
    ASSERT_TRUE(std::holds_alternative<std::vector<Pattern>>(read)) << std::get<std::string>(read);
    EXPECT_TRUE(rejected(std::get<std::vector<Pattern>>(read).front())) << document["rejected"].GetString();
  });
}

TEST(Rules, AreWrittenAsTheyAreRead) {
  for_each_case("random-not.jsonl", [](const rapidjson::Document& document, const auto& read) {
    ASSERT_TRUE(std::holds_alternative<std::vector<Pattern>>(read)) << document["rules"].GetString();
    for (const Pattern& pattern : std::get<std::vector<Pattern>>(read)) {
      const auto again = read_rules(to_rules(pattern));
      ASSERT_TRUE(std::holds_alternative<std::vector<Pattern>>(again)) << std::get<std::string>(again);
      EXPECT_EQ(to_rules(std::get<std::vector<Pattern>>(again).front()), to_rules(pattern));
    }
  });
}

}    // namespace
}    // namespace cepheid::reference
