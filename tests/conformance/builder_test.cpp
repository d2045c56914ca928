// The cases' patterns once more, built with the public API: what a builder writes must mean what the case wrote.

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "conformance/builder_translation.hpp"
#include "conformance/json_tree.hpp"
#include "nfa/automaton/pattern_fingerprint.hpp"
#include "patterns/check/check.hpp"
#include "patterns/plan/load.hpp"

namespace cepheid::conformance {
namespace {

namespace syntax = patterns::syntax;

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

// `(a or b) or c` and `a or (b or c)` are `a or b or c`, which is what builders write.

void flatten(syntax::Expr& expr) {
  using Kind = syntax::Expr::Kind;
  for (syntax::Expr& arg : expr.args) flatten(arg);
  for (syntax::Item& item : expr.items) flatten(item.value);
  if (expr.kind != Kind::and_ && expr.kind != Kind::or_) return;
  std::vector<syntax::Expr> args;
  for (syntax::Expr& arg : std::exchange(expr.args, {})) {
    if (arg.kind == expr.kind) {
      std::ranges::move(arg.args, std::back_inserter(args));
    } else {
      args.push_back(std::move(arg));
    }
  }
  expr.args = std::move(args);
}

void flatten(syntax::Element& element);
void flatten(syntax::Sequence& sequence) {
  for (syntax::Element& element : sequence.elements) flatten(element);
}
void flatten(syntax::Element& element) {
  if (element.group) flatten(*element.group);
  for (syntax::Sequence& one : element.any_of) flatten(one);
  for (syntax::Element& one : element.all_of) flatten(one);
  for (syntax::Modifier& modifier : element.modifiers) flatten(modifier.expr);
}

void flatten(syntax::Pattern& pattern) {
  for (syntax::Expr& key : pattern.key) flatten(key);
  if (pattern.when) flatten(*pattern.when);
  if (pattern.sequence) flatten(*pattern.sequence);
  if (pattern.absent) std::ranges::for_each(pattern.absent->where, [](syntax::Expr& where) { flatten(where); });
  for (auto* items : {&pattern.emit, &pattern.timeout_emit}) {
    if (!*items) continue;
    for (syntax::Item& item : **items) flatten(item.value);
  }
}

/// The rules with each pattern and stream as its builder writes it.
std::string rebuilt(const patterns::SourceFile& source, const syntax::File& file) {
  std::string text;
  for (const syntax::Statement& statement : file.statements) {
    if (const auto* pattern = std::get_if<syntax::Pattern>(&statement)) {
      text += build_pattern(*pattern).text();
      continue;
    }
    const auto* stream = std::get_if<syntax::Stream>(&statement);
    const std::optional<Stream> built = stream == nullptr ? std::nullopt : build_stream(*stream);
    const auto written = [&] {
      return std::string(std::visit([&](const auto& any) { return source.text(any.span); }, statement)) + "\n";
    };
    text += built ? built->text() : written();
  }
  return text;
}

/// What the patterns of rules mean, by their names, and the fields of their rows; or what is wrong with the rules.
struct Meaning {
  std::string errors;
  std::map<std::string, std::string> patterns;
};

Meaning meaning_of(const patterns::Plan& plan, const patterns::Diagnostics& diagnostics) {
  if (diagnostics.has_errors()) return {.errors = diagnostics.render(), .patterns = {}};
  Meaning meaning;
  for (const patterns::Relation& relation : plan.relations) {
    const auto* pattern = std::get_if<patterns::PatternPlan>(&relation.body);
    if (pattern == nullptr) continue;
    std::string& text = meaning.patterns[relation.name];
    text = nfa::fingerprint(pattern->spec) + (pattern->shadow ? " shadow" : "");
    for (const Field& field : relation.layout->schema().fields()) text += " " + field.name + to_string(field.type);
  }
  return meaning;
}

Meaning meaning_of(const std::string& rules) {
  const patterns::SourceFile source("rules.cep", rules);
  patterns::Diagnostics diagnostics(source);
  const syntax::File file = patterns::parse(source, {}, diagnostics);
  return meaning_of(patterns::check(file, {}, diagnostics), diagnostics);
}

struct Comparison {
  enum class Outcome { same, refused, not_parsed, different };
  Outcome outcome;
  std::string built;    // its text, and what is wrong with that
};

/// The patterns of rules against what their builders write.
Comparison compare(const std::string& rules, const patterns::Environment& environment) {
  const patterns::SourceFile source("rules.cep", rules);
  patterns::Diagnostics diagnostics(source);
  syntax::File file = patterns::parse(source, environment, diagnostics);
  if (diagnostics.has_errors()) return {Comparison::Outcome::not_parsed, {}};
  const std::string text = rebuilt(source, file);
  for (syntax::Statement& statement : file.statements) {
    if (auto* pattern = std::get_if<syntax::Pattern>(&statement)) flatten(*pattern);
  }
  const Meaning written = meaning_of(patterns::check(file, {}, diagnostics), diagnostics);
  const Meaning built = meaning_of(text);
  if (written.patterns != built.patterns || written.errors.empty() != built.errors.empty()) {
    return {Comparison::Outcome::different, text + built.errors};
  }
  return {written.errors.empty() ? Comparison::Outcome::same : Comparison::Outcome::refused, text};
}

class BuiltPatterns : public testing::TestWithParam<const char*> {};

TEST_P(BuiltPatterns, MeanWhatTheirTextMeans) {
  constexpr int kShown = 5;
  std::ifstream file(std::string(CEPHEID_SOURCE_DIR "/tests/conformance/cases/") + GetParam() + ".jsonl");
  std::map<Comparison::Outcome, int> cases;
  for (std::string line; std::getline(file, line);) {
    const std::optional<JsonTree> test_case = parse_json(line);
    ASSERT_TRUE(test_case) << line;
    const std::string& rules = test_case->find("rules")->text;
    const auto [outcome, built] = compare(rules, environment_of(*test_case));
    if (++cases[outcome] <= kShown && outcome == Comparison::Outcome::different) {
      ADD_FAILURE() << test_case->find("name")->text << "\n" << rules << "\nbuilt:\n" << built;
    }
  }
  std::cout << GetParam() << ": " << cases[Comparison::Outcome::same] << " mean the same, "
            << cases[Comparison::Outcome::refused] << " refused both, " << cases[Comparison::Outcome::not_parsed]
            << " do not parse, " << cases[Comparison::Outcome::different] << " differ\n";
  EXPECT_EQ(cases[Comparison::Outcome::different], 0);
  EXPECT_GT(cases[Comparison::Outcome::same] + cases[Comparison::Outcome::refused], 0);
}

INSTANTIATE_TEST_SUITE_P(Cases, BuiltPatterns,
                         testing::Values("expressions", "flink", "given-once", "random-late", "random-not",
                                         "random-plain", "random-timeout", "rejected"),
                         [](const testing::TestParamInfo<const char*>& file) {
                           std::string name(file.param);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

/// What the cases of Flink's meaning do not have.
TEST(BuiltPattern, OfClausesBeyondFlinkMeanWhatTheirTextMeans) {
  const std::string streams = R"(
    stream a { schema id int, ts timestamp, name string, `next` int, data.amount decimal(2) time ts lateness 90s }
    stream b { schema id int, ts timestamp, name string, extra double time ts require id, extra }
  )";
  const std::vector<std::string> bodies = {
      "on a { begin x followed_by any_of ( begin y next z ) ( begin w where name == 'w' ) one_or_more followed_by v }",
      "on a { begin any_of ( begin x ) ( begin ( begin y ) times(2, 3) ) }",
      "on a { begin x next all_of ( y where name == 'y' and id > x.id, z where name == 'z' ) consecutive }",
      "on a { begin x followed_by y within 5m of x followed_by z within 1h of x within 30m of y within 2h }",
      "on a { absent beat where name == 'beat' where id > 1 for 1d2h key id emit late = since, n = beat.id }",
      "on a { key name limit partial_matches 10_000 per key then drop_newest begin x followed_by y }",
      "on a { limit partial_matches 7 then fail begin x followed_by y within 1ms shadow }",
      "on a { limit partial_matches 7 then block_start begin x next y }",
      "on b, a { begin x of a where data.amount > 0.10 followed_by y of b where extra >= 1e-3 or name in ('p', 'q') }",
      "on a { begin `next` where id > 3 next y where `next`.`next` is not null and `next`[0].data.amount == 1.50 }",
      "on a { begin g ( begin x where data.amount between -0.5 and 3 ) until name like 'x%' one_or_more "
      "followed_by y after_match skip_to_last y or_fail }",
      "on a { when name not matches '^[0-9]+$' begin x followed_by y within 10s of_previous within 1m "
      "on_timeout emit id = x.id, n = count(y), s = sum(y.data.amount) * 2 }",
      "on a { begin x emit l = [x.id, -1, 2], o = {id = x.id, m = {n = x.name}}, s = '${N:-} $${y} \\u0001\"' }",
  };
  for (const std::string& body : bodies) {
    const std::string rules = streams + "pattern p " + body;
    const auto [outcome, built] = compare(rules, {});
    EXPECT_EQ(outcome, Comparison::Outcome::same) << body << "\nbuilt:\n" << built << meaning_of(rules).errors;
  }
}

}    // namespace
}    // namespace cepheid::conformance
