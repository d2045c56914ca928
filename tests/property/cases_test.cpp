// The hand-worked cases of tests/cases/match, by the naive matcher and by the engine in each of its ways. A file holds
// several, each of them a comment, `--- rules` (one pattern `p`), `--- events` (CSV of the naive matcher's fields) and
// `--- matches`: `p[key] step=id,id step=id`, with `timeout=TIME` for a time-out, `since=TIME end=TIME` for `absent`.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <variant>
#include <vector>

#include "property/engine_under_test.hpp"
#include "reference/matcher.hpp"
#include "reference/read.hpp"
#include "reference/rejected.hpp"

namespace cepheid::property {
namespace {

using reference::Event;
using reference::Match;
using reference::Pattern;

struct Case {
  std::string title;
  std::string rules;
  std::vector<std::string> events;     // lines, the header first
  std::vector<std::string> matches;    // lines
};

std::vector<Case> read_cases(const std::filesystem::path& file) {
  std::vector<Case> cases;
  std::ifstream lines(file);
  std::string part;
  std::string title;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# ")) {
      title = line.substr(2);
    } else if (line.starts_with("--- ")) {
      part = line.substr(4);
      if (part == "rules") cases.push_back({title, {}, {}, {}});
    } else if (line.empty() || cases.empty()) {
      continue;
    } else if (part == "rules") {
      cases.back().rules += line + "\n";
    } else {
      (part == "events" ? cases.back().events : cases.back().matches).push_back(line);
    }
  }
  return cases;
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells{""};
  for (const char c : line) {
    if (c == ',') {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

std::vector<Event> events_of(const Case& test) {
  const std::vector<std::string> columns = cells_of(test.events.front());
  std::vector<Event> events;
  for (std::size_t line = 1; line < test.events.size(); ++line) {
    const std::vector<std::string> cells = cells_of(test.events[line]);
    Event event;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i] == "id") event.id = std::stoll(cells[i]);
      if (columns[i] == "ts") event.ts = std::stoll(cells[i]);
      if (columns[i] == "name") event.name = cells[i];
      if (columns[i] == "user") event.user = cells[i];
      if (columns[i] == "price" && !cells[i].empty()) event.price = std::stod(cells[i]);
    }
    events.push_back(std::move(event));
  }
  return events;
}

/// Sorted lines, as in the files.
std::vector<std::string> lines_of(const Pattern& pattern, const std::vector<Match>& matches) {
  std::vector<std::string> lines;
  for (const Match& match : matches) {
    std::string line = match.key.empty() ? "p" : "p[" + match.key + "]";
    std::string step;
    for (const auto& [name, id] : match.path) {
      line += name == step ? fmt::format(",{}", id) : fmt::format(" {}={}", name, id);
      step = name;
    }
    if (match.timed_out) line += fmt::format(" timeout={}", match.end);
    if (pattern.absence) line += fmt::format(" since={} end={}", match.start, match.end);
    lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

class Cases : public testing::TestWithParam<std::string> {};

TEST_P(Cases, GiveTheMatchesWorkedOutByHand) {
  const std::filesystem::path folder = std::filesystem::path(CEPHEID_SOURCE_DIR) / "tests/cases/match";
  const std::vector<Case> cases = read_cases(folder / (GetParam() + ".case"));
  ASSERT_FALSE(cases.empty());
  for (const Case& test : cases) {
    SCOPED_TRACE(test.title + "\n" + test.rules);
    const auto read = reference::read_rules(test.rules);
    ASSERT_TRUE(std::holds_alternative<std::vector<Pattern>>(read)) << std::get<std::string>(read);
    const Pattern pattern = std::get<std::vector<Pattern>>(read).front();
    const std::vector<Event> events = events_of(test);
    EXPECT_EQ(reference::rejected(pattern), std::nullopt);
    std::vector<std::string> expected = test.matches;
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(lines_of(pattern, reference::run(pattern, events)), expected) << "the naive matcher";
    const LoadedPattern loaded(test.rules);
    EXPECT_EQ(loaded.diagnostics(), "");
    if (!loaded.diagnostics().empty()) continue;
    for (const Way way : kWays) {
      EXPECT_EQ(lines_of(pattern, loaded.run(events, way)), expected) << "the engine, " << name_of(way);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Match, Cases, testing::Values("any_of", "all_of", "within_of", "absent"),
                         [](const auto& one) { return one.param; });

TEST(CaseFiles, AreAllRun) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(CEPHEID_SOURCE_DIR "/tests/cases/match")) {
    files.push_back(entry.path().stem());
  }
  EXPECT_THAT(files, testing::UnorderedElementsAre("any_of", "all_of", "within_of", "absent"));
}

}    // namespace
}    // namespace cepheid::property
