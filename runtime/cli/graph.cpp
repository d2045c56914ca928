#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "nfa/automaton/draw.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/rule_file.hpp"

namespace cepheid::cli {

namespace {

struct Options {
  std::string rules;
  std::string pattern;
  std::string format = "dot";
};

std::string draw(const nfa::PatternSpec& spec, const std::string& format) {
  if (format == "mermaid") return nfa::draw_mermaid(spec);
  if (format == "svg") return nfa::draw_svg(spec);
  return nfa::draw_dot(spec);
}

int graph(const Options& options) {
  const LoadedRules rules = load_rules(options.rules);
  if (rules.plan == nullptr) return kWrong;
  std::vector<const nfa::PatternSpec*> specs;
  for (const patterns::Relation& relation : rules.plan->relations) {
    const auto* pattern = std::get_if<patterns::PatternPlan>(&relation.body);
    if (pattern != nullptr && (options.pattern.empty() || options.pattern == relation.name)) {
      specs.push_back(&pattern->spec);
    }
  }
  if (specs.empty()) {
    print_error(options.pattern.empty() ? "the rule file has no pattern"
                                        : fmt::format("no pattern `{}` in the rule file", options.pattern));
    return kWrong;
  }
  if (specs.size() > 1 && options.format == "svg") {
    print_error("the rule file has several patterns, and an SVG picture shows one: name it with `--pattern`");
    return kWrong;
  }
  for (const nfa::PatternSpec* spec : specs) {
    const std::string picture = draw(*spec, options.format);
    std::fwrite(picture.data(), 1, picture.size(), stdout);
  }
  return std::fflush(stdout) == 0 ? kGood : kFailed;
}

}    // namespace

Command add_graph(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("graph", "Draw the automaton of a pattern");
  command->add_option("RULES", options->rules, "The rule file")->required();
  command->add_option("--pattern", options->pattern, "Only this pattern; absent: all")->type_name("NAME");
  command->add_option("--format", options->format, "dot, mermaid or svg")
      ->check(CLI::IsMember({"dot", "mermaid", "svg"}))
      ->capture_default_str();
  command->footer("Exit status: 0 drawn, 1 could not be written, 2 a wrong rule file or wrong usage.");
  return [options] { return graph(*options); };
}

}    // namespace cepheid::cli
