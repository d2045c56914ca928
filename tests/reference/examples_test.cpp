// The examples of the matching rules. A step without `where` takes the events that bear its name; events are numbered
// from 1 in the order of arrival, 10 ms apart unless a time is given: `a@20`, with a price: `a/5`.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "reference/matcher.hpp"
#include "reference/read.hpp"
#include "reference/rejected.hpp"

namespace cepheid::reference {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

void name_conditions(std::vector<Element>& elements) {
  for (Element& element : elements) {
    const bool has_where = !element.modifiers.empty() && element.modifiers[0].kind == Modifier::Kind::where;
    if (element.is_step() && !has_where) {
      element.modifiers.push_back({Modifier::Kind::where, read_expression("name == \"" + element.name + "\"")});
    }
    name_conditions(element.group);
    name_conditions(element.all_of);
    for (std::vector<Element>& alternative : element.any_of) name_conditions(alternative);
  }
}

Pattern pattern_of(const std::string& clauses, std::int64_t lateness = 0) {
  auto read = read_rules("stream events { lateness " + std::to_string(lateness) + "ms } pattern p on events { " +
                         clauses + " }");
  if (const auto* mistake = std::get_if<std::string>(&read)) ADD_FAILURE() << *mistake;
  Pattern pattern = std::get<std::vector<Pattern>>(read).front();
  name_conditions(pattern.elements);
  return pattern;
}

std::vector<Event> events_of(const std::string& text) {
  std::vector<Event> events;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    Event event;
    event.id = static_cast<std::int64_t>(events.size()) + 1;
    event.name = word.substr(0, 1);
    event.user = "u1";
    event.ts = 10 * event.id;
    event.price = 1;
    if (const std::size_t at = word.find('@'); at != std::string::npos) event.ts = std::stoll(word.substr(at + 1));
    if (const std::size_t at = word.find('/'); at != std::string::npos) event.price = std::stod(word.substr(at + 1));
    events.push_back(event);
  }
  return events;
}

/// The matches as the rules write them: `c1 a2,3 b4`.
std::vector<std::string> matches(const std::string& clauses, const std::string& events, std::int64_t lateness = 0) {
  std::vector<std::string> texts;
  for (const Match& match : run(pattern_of(clauses, lateness), events_of(events))) {
    std::string text;
    std::string step;
    for (const auto& [name, id] : match.path) {
      text += name == step ? "," : (text.empty() ? "" : " ") + name;
      text += std::to_string(id);
      step = name;
    }
    texts.push_back(match.timed_out ? text + " timeout" : text);
  }
  return texts;
}

TEST(Order, LateEventsAreLeftOutAndOthersSortedByTime) {
  EXPECT_THAT(matches("begin a followed_by b", "a@50 b@10 b@60", 10), ElementsAre("a1 b3"));
  EXPECT_THAT(matches("begin a followed_by b", "a@50 b@45 b@60", 10), ElementsAre("a1 b3"));
  EXPECT_THAT(matches("begin a next b next c", "a@10 c@30 b@20", 20), ElementsAre("a1 b3 c2"));
  EXPECT_THAT(matches("begin a followed_by b", "a@10 b@10 b@10 a@10 b@10"), ElementsAre("a1 b2", "a4 b5"));
}

TEST(Contiguity, OfOptionalSteps) {
  const std::string pattern = "begin c followed_by a optional next b";
  EXPECT_THAT(matches(pattern, "c x b"), ElementsAre());
  EXPECT_THAT(matches(pattern, "c b"), ElementsAre("c1 b2"));
  EXPECT_THAT(matches(pattern, "c x a b"), ElementsAre("c1 a3 b4"));
  EXPECT_THAT(matches("begin a optional followed_by b", "a b b"), UnorderedElementsAre("a1 b2", "b2", "b3"));
}

TEST(Contiguity, OfLoops) {
  const std::string events = "c a a x a b";
  EXPECT_THAT(matches("begin c followed_by a one_or_more followed_by b", events),
              UnorderedElementsAre("c1 a2,3,5 b6", "c1 a2,3 b6", "c1 a2 b6"));
  EXPECT_THAT(matches("begin c followed_by a one_or_more consecutive followed_by b", events),
              UnorderedElementsAre("c1 a2,3 b6", "c1 a2 b6"));
  EXPECT_THAT(matches("begin c followed_by a one_or_more allow_combinations followed_by b", events),
              UnorderedElementsAre("c1 a2,3,5 b6", "c1 a2,3 b6", "c1 a2 b6", "c1 a2,5 b6"));
  EXPECT_THAT(matches("begin a followed_by b times(1, 3)", "a b b b b"), ElementsAre("a1 b2", "a1 b2,3", "a1 b2,3,4"));
}

TEST(Contiguity, OfGroups) {
  const std::string nested = "begin c followed_by (begin (begin a followed_by b)) followed_by d";
  EXPECT_THAT(matches(nested, "c a b d"), ElementsAre("c1 a2 b3 d4"));
  EXPECT_THAT(matches(nested, "c x a b d"), ElementsAre());
  EXPECT_THAT(matches("begin c followed_by (begin a followed_by b) one_or_more followed_by d", "c a b x a b d"),
              UnorderedElementsAre("c1 a2 b3 a5 b6 d7", "c1 a2 b3 d7"));
}

TEST(Greedy, KeepsEventsFromWhatFollows) {
  EXPECT_THAT(
      matches("begin c followed_by a one_or_more greedy followed_by e where name in (\"a\", \"d\")", "c a a a d"),
      ElementsAre("c1 a2,3,4 e5"));
  EXPECT_THAT(matches("begin a followed_by b times(1, 3) greedy", "a b b b b"),
              ElementsAre("a1 b2", "a1 b2,3", "a1 b2,3,4"));
  const std::string empty_between =
      "begin c followed_by a one_or_more greedy followed_by b where name in (\"a\", \"b\") times(0, 1) "
      "followed_by d where name in (\"a\", \"d\")";
  EXPECT_THAT(matches(empty_between, "c a b d"), UnorderedElementsAre("c1 a2 b3 d4", "c1 a2 d4"));
  EXPECT_THAT(matches(empty_between, "c a a d"), ElementsAre("c1 a2,3 d4"));
}

TEST(Greedy, SeesThePathOfTheRunThatAsks) {
  EXPECT_THAT(matches("begin a where name == \"a\" and count(a) < 2 one_or_more greedy "
                      "followed_by b where name in (\"a\", \"b\") and count(a) >= 1",
                      "a a a b"),
              UnorderedElementsAre("a1,2 b3", "a2,3 b4", "a3 b4"));
}

TEST(Until, EndsTheLoopButNotTheWaitingForIt) {
  const std::string pattern = "begin c followed_by a one_or_more until name == \"x\" followed_by b";
  EXPECT_THAT(matches(pattern, "c a a x a b"), UnorderedElementsAre("c1 a2,3 b6", "c1 a2 b6"));
  EXPECT_THAT(matches(pattern, "c x a b"), ElementsAre("c1 a3 b4"));
}

TEST(Until, LetsWhatFollowsAGreedyLoopTakeItsEvents) {
  const std::string pattern =
      "begin c followed_by a one_or_more greedy until name == \"b\" followed_by d where name in (\"a\", \"d\")";
  EXPECT_THAT(matches(pattern, "c a a b a d"), ElementsAre("c1 a2,3 d5"));
  EXPECT_THAT(matches(pattern, "c a d a b d"), UnorderedElementsAre("c1 a2 d3", "c1 a2,4 d6"));
}

TEST(Until, OfAGroupHoldsInTheMiddleOfIt) {
  const std::string pattern =
      "begin c followed_by (begin a followed_by b) one_or_more until name == \"x\" followed_by d";
  EXPECT_THAT(matches(pattern, "c a b x a b d"), ElementsAre("c1 a2 b3 d7"));
  EXPECT_THAT(matches(pattern, "c a x b d"), ElementsAre());
}

TEST(NotNext, LooksAtTheOneEventAfter) {
  EXPECT_THAT(matches("begin a not_next x followed_by b", "a x b"), ElementsAre());
  EXPECT_THAT(matches("begin a not_next x followed_by b", "a y x b"), ElementsAre("a1 b4"));
  EXPECT_THAT(matches("begin a not_next x", "a y"), ElementsAre("a1"));
  EXPECT_THAT(matches("begin a not_next x", "a"), ElementsAre());
}

TEST(NotFollowedBy, GuardsTheWait) {
  EXPECT_THAT(matches("begin a one_or_more not_followed_by x followed_by b", "a a x b"), ElementsAre());
  const std::string times = "begin c followed_by a times(1, 3) not_followed_by x followed_by b";
  EXPECT_THAT(matches(times, "c a x a b"), ElementsAre());
  EXPECT_THAT(matches(times, "c a y x a b"), ElementsAre("c1 a2,5 b6"));
  EXPECT_THAT(matches("begin a not_followed_by n where price > 5 followed_by_any b", "a/1 b/2 b/9 b/3"),
              ElementsAre("a1 b2", "a1 b3"));
  EXPECT_THAT(matches("begin a not_followed_by n where price > 5 followed_by b followed_by c", "a/1 b/9 b/2 c/1"),
              ElementsAre());
  EXPECT_THAT(matches("begin c not_followed_by x followed_by (begin a followed_by b) followed_by d", "c a x b d"),
              ElementsAre("c1 a2 b4 d5"));
}

TEST(NotFollowedBy, GuardsPastWhatIsLeftOut) {
  const std::string pattern = "begin c not_followed_by x followed_by a optional followed_by b";
  EXPECT_THAT(matches(pattern, "c x b"), ElementsAre());
  EXPECT_THAT(matches(pattern, "c a x b"), UnorderedElementsAre("c1 a2 b4"));
}

TEST(NotFollowedBy, AtTheEndMatchesWhenTimeHasRunOut) {
  EXPECT_THAT(matches("begin a not_followed_by x within 50ms", "a@10 b@59 x@60"), ElementsAre("a1"));
  EXPECT_THAT(matches("begin a not_followed_by x within 50ms", "a@10 x@59"), ElementsAre());
  EXPECT_THAT(matches("begin a not_followed_by x within 50ms", "a@10 y@20"), ElementsAre("a1"));
  EXPECT_THAT(matches("begin a one_or_more not_followed_by x within 50ms", "a"), ElementsAre());
  EXPECT_THAT(matches("begin a one_or_more not_followed_by x within 50ms", "a y"), ElementsAre("a1"));
  EXPECT_THAT(matches("begin a times(2) not_followed_by x within 50ms", "a a"), ElementsAre("a1,2"));
}

TEST(Within, EndsBeforeItsLength) {
  EXPECT_THAT(matches("begin a followed_by b within 50ms", "a@10 b@59"), ElementsAre("a1 b2"));
  EXPECT_THAT(matches("begin a followed_by b within 50ms", "a@10 b@60"), ElementsAre());
  EXPECT_THAT(matches("begin a followed_by b within 20ms of_previous", "a@10 b@29"), ElementsAre("a1 b2"));
  EXPECT_THAT(matches("begin a followed_by b within 20ms of_previous", "a@10 b@30"), ElementsAre());
}

TEST(TimeOut, IsReportedForEveryRun) {
  EXPECT_THAT(matches("begin a one_or_more followed_by b within 50ms on_timeout emit x = true", "a@10 a@20 b@70"),
              UnorderedElementsAre("a1,2 timeout", "a1 timeout", "a2 timeout"));
}

TEST(Conditions, SeeThePathBeforeTheEventAtHand) {
  EXPECT_THAT(matches("begin a followed_by b where name == \"b\" and price > a.price", "a/5 b/3 b/6"),
              ElementsAre("a1 b3"));
}

TEST(AfterMatch, WaitsForEarlierRuns) {
  const std::string pattern =
      "begin a followed_by b where name == \"b\" and price > a.price after_match skip_past_last";
  EXPECT_THAT(matches(pattern, "a/9 a/1 b/5"), ElementsAre());
  EXPECT_THAT(matches(pattern + " within 100ms", "a/9@10 a/1@20 b/5@30 z@200"), ElementsAre("a2 b3"));
}

TEST(AfterMatch, SkipsByItsStrategy) {
  const std::string pattern = "begin a one_or_more followed_by b after_match ";
  EXPECT_THAT(matches(pattern + "skip_past_last", "a a a b a b"), ElementsAre("a1,2,3 b4", "a5 b6"));
  EXPECT_THAT(matches(pattern + "skip_to_first b", "a a a b a b"), ElementsAre("a1,2,3 b4", "a5 b6"));
  EXPECT_THAT(matches(pattern + "skip_to_next", "a a a b a b"), ElementsAre("a1,2,3 b4", "a2,3 b4", "a3 b4", "a5 b6"));
  EXPECT_THAT(matches("begin a followed_by b after_match skip_past_last", "a a b"), ElementsAre("a1 b3"));
  EXPECT_THAT(matches("begin a followed_by b after_match skip_to_first a", "a a b"), ElementsAre("a1 b3", "a2 b3"));
  EXPECT_THAT(matches("begin a followed_by b one_or_more followed_by c after_match skip_to_last b", "a b b a b c"),
              ElementsAre("a1 b2,3,5 c6"));
}

TEST(Rejected, IsWhatSection12Lists) {
  for (const std::string pattern : {
           "begin a followed_by a",
           "begin a one_or_more times(2)",
           "begin a times(0)",
           "begin a times(3, 2)",
           "begin a times(0, 0)",
           "begin a times_or_more(0)",
           "begin a zero_or_more optional",
           "begin a times(0, 2) optional",
           "begin a not_next b one_or_more",
           "begin a not_next b optional",
           "begin a not_next (begin b)",
           "begin a optional not_next b followed_by c",
           "begin a not_followed_by b",
           "begin a greedy",
           "begin (begin a) one_or_more greedy",
           "begin a one_or_more greedy allow_combinations",
           "begin a one_or_more greedy followed_by b optional",
           "begin a consecutive",
           "begin a one_or_more consecutive allow_combinations",
           "begin a times(2) until price > 1",
           "begin (begin a) after_match skip_to_first a",
           "begin a one_or_more within 20ms of_previous within 10ms",
           "begin (begin a) where price > 1",
           "begin a not_followed_by b not_followed_by c within 10ms",
           "begin c followed_by (begin a not_followed_by x) followed_by d",
           "begin c followed_by any_of (begin a not_followed_by x) (begin b) followed_by d",
           "begin any_of (begin a) (begin a)",
           "begin any_of (begin a) (begin b) one_or_more greedy",
           "begin any_of (begin a) (begin b) where price > 1",
           "begin all_of (a, b) one_or_more",
           "begin a one_or_more greedy followed_by all_of (b, c) optional",
           "begin all_of (a, b) within 5ms of_previous",
           "begin a within 5ms of a",
           "begin a followed_by b within 20ms of a within 10ms",
       }) {
    EXPECT_TRUE(rejected(pattern_of(pattern))) << pattern;
  }
}

TEST(Rejected, AreNotTheseWhichLookOdd) {
  for (const std::string pattern : {
           "begin a followed_by_any b one_or_more greedy",
           "begin a followed_by (begin b)",
           "begin a optional followed_by b optional",
           "begin a not_next b",
           "begin a followed_by all_of (b, c) consecutive",
           "begin a followed_by any_of (begin b) (begin c) times(0, 2)",
           "begin a followed_by (begin b not_next c)",
           "begin a one_or_more greedy followed_by b times(0, 2)",
       }) {
    EXPECT_FALSE(rejected(pattern_of(pattern))) << pattern;
  }
}

}    // namespace
}    // namespace cepheid::reference
