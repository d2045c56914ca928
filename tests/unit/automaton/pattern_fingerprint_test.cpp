#include "nfa/automaton/pattern_fingerprint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/automaton/build_pattern.hpp"

namespace cepheid::nfa {
namespace {

using namespace build;    // NOLINT: the words of the patterns

PatternBuilder some_pattern() {
  PatternBuilder pattern;
  pattern.step(Link::begin, "a").step(Link::followed_by, "b", times(2, 3)).keyed().within(1'000);
  Element group;
  group.link = Link::followed_by;
  group.name = "g";
  group.group = std::make_unique<Sequence>();
  group.group->elements.push_back(pattern.element(Link::begin, "c"));
  pattern.add(std::move(group));
  return pattern;
}

TEST(PatternFingerprint, IsTheSameForTheSamePatternBuiltTwice) {
  EXPECT_EQ(fingerprint(*some_pattern().done()), fingerprint(*some_pattern().done()));
}

TEST(PatternFingerprint, OfADefaultLimitIsThatOfTheLimitWrittenDown) {
  PatternBuilder written = some_pattern();
  written.spec().limit.is_default = false;
  EXPECT_EQ(fingerprint(*written.done()), fingerprint(*some_pattern().done()));
}

TEST(PatternFingerprint, ChangesWithEachPartOfThePattern) {
  using Change = std::function<void(PatternSpec&)>;
  const auto element = [](PatternSpec& spec, std::size_t i) -> Element& { return spec.sequence.elements[i]; };
  const auto layout_of = [](std::vector<Field> fields) {
    return std::make_shared<const RowLayout>(Schema(std::move(fields)));
  };
  const std::vector<Change> changes = {
      [](PatternSpec& spec) { spec.name = "q"; },
      [&](PatternSpec& spec) {
        spec.layout = layout_of({{"name", Type::string()}, {"user", Type::int64()}});
      },
      [&](PatternSpec& spec) {
        spec.layout = layout_of({{"name", Type::string()}, {"users", Type::string()}});
      },
      [&](PatternSpec& spec) {
        spec.layout = layout_of({{"name", Type::string()}, {"user", Type::string(), true}});
      },
      [](PatternSpec& spec) { spec.inputs[0].stream = "others"; },
      [](PatternSpec& spec) {
        spec.inputs[0].fields = {1, 0};
      },
      [](PatternSpec& spec) { spec.inputs.push_back(spec.inputs[0]); },
      [](PatternSpec& spec) { spec.stream_field = 0; },
      [](PatternSpec& spec) { spec.key.clear(); },
      [](PatternSpec& spec) { spec.when = name_is("a"); },
      [](PatternSpec& spec) { spec.sequence.elements.pop_back(); },
      [](PatternSpec& spec) { spec.step_names[1] = "bb"; },
      [](PatternSpec& spec) { spec.within.reset(); },
      [](PatternSpec& spec) { spec.within = 1'001; },
      [](PatternSpec& spec) { spec.after_match.strategy = SkipStrategy::skip_to_first; },
      [](PatternSpec& spec) { spec.after_match.step = 0; },
      [](PatternSpec& spec) { spec.after_match.or_fail = true; },
      [](PatternSpec& spec) { spec.absence = Absence{.name = "a", .where = {}, .duration = 5}; },
      [](PatternSpec& spec) { spec.absence = Absence{.name = "a", .where = {}, .duration = 6}; },
      [](PatternSpec& spec) { spec.absence = Absence{.name = "a", .where = {name_is("a")}, .duration = 5}; },
      [](PatternSpec& spec) { spec.absence = Absence{.name = "b", .where = {}, .duration = 5}; },
      [](PatternSpec& spec) { spec.limit.most = 7; },
      [](PatternSpec& spec) { spec.limit.per_key = true; },
      [](PatternSpec& spec) { spec.limit.then = PartialMatchLimit::Then::fail; },
      [](PatternSpec& spec) { spec.has_emit = true; },
      [](PatternSpec& spec) { spec.has_timeout_emit = true; },
      [](PatternSpec& spec) {
        spec.emit.push_back({"x", integer(1)});
      },
      [](PatternSpec& spec) {
        spec.emit.push_back({"x", integer(2)});
      },
      [](PatternSpec& spec) {
        spec.emit.push_back({"y", integer(1)});
      },
      [](PatternSpec& spec) {
        spec.timeout_emit.push_back({"x", integer(1)});
      },
      [&](PatternSpec& spec) { element(spec, 1).link = Link::next; },
      [&](PatternSpec& spec) { element(spec, 1).link = Link::not_next; },
      [&](PatternSpec& spec) { element(spec, 1).name = "bb"; },
      [&](PatternSpec& spec) { element(spec, 1).step = 0; },
      [&](PatternSpec& spec) { element(spec, 1).where.clear(); },
      [&](PatternSpec& spec) { element(spec, 1).where = {name_is("c")}; },
      [&](PatternSpec& spec) { element(spec, 1).until = name_is("c"); },
      [&](PatternSpec& spec) { element(spec, 1).within_previous = 5; },
      [&](PatternSpec& spec) { element(spec, 1).within_of = {{.step = 0, .duration = 5}}; },
      [&](PatternSpec& spec) { element(spec, 1).within_of = {{.step = 0, .duration = 6}}; },
      [&](PatternSpec& spec) { element(spec, 1).quantifier.kind = Quantifier::Kind::at_least; },
      [&](PatternSpec& spec) { element(spec, 1).quantifier.from = 1; },
      [&](PatternSpec& spec) { element(spec, 1).quantifier.to = 4; },
      [&](PatternSpec& spec) { element(spec, 1).quantifier.optional = true; },
      [&](PatternSpec& spec) { element(spec, 1).quantifier.greedy = true; },
      [&](PatternSpec& spec) { element(spec, 1).quantifier.inner = InnerContiguity::consecutive; },
      [&](PatternSpec& spec) { element(spec, 2).group->elements[0].name = "d"; },
      [&](PatternSpec& spec) { element(spec, 2).any_of.push_back(std::move(*element(spec, 2).group)); },
      [&](PatternSpec& spec) {
        element(spec, 2).any_of.push_back(std::move(*std::exchange(element(spec, 2).group, nullptr)));
      },
      [&](PatternSpec& spec) { element(spec, 2).all_of = std::move(element(spec, 2).group->elements); },
  };
  std::set<std::string> seen = {fingerprint(*some_pattern().done())};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    PatternBuilder pattern = some_pattern();
    changes[i](pattern.spec());
    EXPECT_TRUE(seen.insert(fingerprint(*pattern.done())).second) << "change " << i;
  }
}

}    // namespace
}    // namespace cepheid::nfa
