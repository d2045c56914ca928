#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "runtime/cli/commands.hpp"
#include "runtime/cli/rule_file.hpp"

namespace cepheid::cli {

namespace {

struct Options {
  std::vector<std::string> files;
  bool deny_warnings = false;
};

int check(const Options& options) {
  std::size_t warnings = 0;
  bool wrong = false;
  for (const std::string& file : options.files) {
    const LoadedRules rules = load_rules(file);
    wrong = wrong || rules.plan == nullptr;
    warnings += rules.warnings;
  }
  if (wrong) return kWrong;
  return options.deny_warnings && warnings != 0 ? kWarnings : kGood;
}

}    // namespace

Command add_check(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("check", "Report all mistakes in rule files; run nothing");
  command->add_option("FILE", options->files, "Rule files")->required();
  command->add_flag("--deny-warnings", options->deny_warnings, "Warnings are reason enough to fail");
  command->footer(
      "Diagnostics go to standard error.\n"
      "Exit status: 0 no errors, 2 a wrong rule file or wrong usage, 3 warnings with --deny-warnings.");
  return [options] { return check(*options); };
}

}    // namespace cepheid::cli
