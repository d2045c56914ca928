#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loaded_rules.hpp"

// Every refused rule file of tests/cases/rejected, and every odd one of tests/cases/warned, with the exact text of what
// is said about it.

namespace cepheid::patterns {
namespace {

struct Case {
  std::filesystem::path path;
  std::string rules;
  std::string diagnostics;
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Case read_case(const std::filesystem::path& path) {
  const std::string text = read_file(path);
  const std::string rules_head = "--- rules\n";
  const std::string diagnostics_head = "--- diagnostics\n";
  const std::size_t rules = text.find(rules_head);
  const std::size_t diagnostics = text.find(diagnostics_head);
  if (rules == std::string::npos || diagnostics == std::string::npos)
    return {path, "", "no `--- rules` or `--- diagnostics`"};
  const std::size_t rules_begin = rules + rules_head.size();
  return {path, text.substr(rules_begin, diagnostics - rules_begin),
          text.substr(diagnostics + diagnostics_head.size())};
}

std::vector<Case> read_cases(const std::string& folder) {
  std::vector<Case> cases;
  for (const auto& entry : std::filesystem::directory_iterator(CEPHEID_SOURCE_DIR "/tests/cases/" + folder)) {
    if (entry.path().extension() == ".case") cases.push_back(read_case(entry.path()));
  }
  std::sort(cases.begin(), cases.end(), [](const Case& a, const Case& b) { return a.path < b.path; });
  return cases;
}

std::set<DiagnosticKind> kinds_in(const std::string& folder) {
  std::set<DiagnosticKind> seen;
  for (const Case& one : read_cases(folder)) {
    for (const Diagnostic& diagnostic : load(one.rules).diagnostics->sorted()) seen.insert(diagnostic.kind);
  }
  return seen;
}

TEST(RejectedCases, AreReportedWordForWord) {
  for (const Case& one : read_cases("rejected")) {
    const LoadedRules loaded = load(one.rules);
    EXPECT_FALSE(loaded.plan) << one.path;
    EXPECT_EQ(loaded.diagnostics->render(), one.diagnostics) << one.path;
  }
}

TEST(RejectedCases, CoverEveryKindOfMistakeThatCanBeMade) {
  const std::set<DiagnosticKind> seen = kinds_in("rejected");
  for (int i = 0; i < static_cast<int>(DiagnosticKind::lint_unbounded); ++i) {
    const auto kind = static_cast<DiagnosticKind>(i);
    EXPECT_TRUE(seen.contains(kind)) << name_of(kind);
  }
}

TEST(WarnedCases, LoadAndAreReportedWordForWord) {
  for (const Case& one : read_cases("warned")) {
    const LoadedRules loaded = load(one.rules);
    EXPECT_TRUE(loaded.plan) << one.path;
    EXPECT_EQ(loaded.diagnostics->render(), one.diagnostics) << one.path;
  }
}

TEST(WarnedCases, CoverEveryLint) {
  const std::set<DiagnosticKind> seen = kinds_in("warned");
  for (int i = static_cast<int>(DiagnosticKind::lint_unbounded);
       i <= static_cast<int>(DiagnosticKind::lint_skip_target); ++i) {
    EXPECT_TRUE(seen.contains(static_cast<DiagnosticKind>(i))) << name_of(static_cast<DiagnosticKind>(i));
  }
}

}    // namespace
}    // namespace cepheid::patterns
