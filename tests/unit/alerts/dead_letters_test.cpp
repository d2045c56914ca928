#include "alerts/delivery/dead_letters.hpp"

#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "unit/alerts/fakes.hpp"

namespace cepheid::alerts {
namespace {

TEST(DeadLettersTest, LettersOfSeveralThreadsAreOneLineEach) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kLetters = 100;
  const TestFolder folder;
  const DeadLetters letters(folder.path() / "dead-c.jsonl", "c");
  // Longer than a page: the system lets a file grow page by page.
  const std::string alert = '"' + std::string(30'000, 'x') + '"';
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (std::size_t letter = 0; letter < kLetters; ++letter) {
        EXPECT_TRUE(letters.append(alert, "status 500", 1, 0));
      }
    });
  }
  threads.clear();

  std::istringstream text(folder.text_of("dead-c.jsonl"));
  std::string line;
  std::size_t lines = 0;
  for (; std::getline(text, line); ++lines) {
    EXPECT_TRUE(line.starts_with(R"({"channel":"c")") && line.ends_with("x\"}")) << "a line of " << line.size();
  }
  EXPECT_EQ(lines, kThreads * kLetters);
}

}    // namespace
}    // namespace cepheid::alerts
