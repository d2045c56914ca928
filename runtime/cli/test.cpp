#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "runtime/cli/clock.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/rule_file.hpp"
#include "runtime/testing/rule_test.hpp"

namespace cepheid::cli {

namespace {

struct Options {
  std::vector<std::string> files;
  std::string only;    // part of a title; empty: all
  bool quiet = false;
};

int test(const Options& options) {
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const std::string& file : options.files) {
    const LoadedRules rules = load_rules(file);
    if (rules.plan == nullptr) return kWrong;
    for (const patterns::TestPlan& plan : rules.plan->tests) {
      if (plan.title.find(options.only) == std::string::npos) continue;
      const std::vector<runtime::TestFailure> failures =
          runtime::run_rule_test(rules.plan, plan, rules.folder, wall_clock_ms);
      ++(failures.empty() ? passed : failed);
      if (failures.empty() && options.quiet) continue;
      fmt::print("{} {}\n", failures.empty() ? "ok    " : "FAILED", plan.title);
      for (const runtime::TestFailure& failure : failures) {
        if (failure.line != 0) fmt::print("  {}:{}:{}: ", file, failure.line, failure.column);
        fmt::print("{}\n", failure.message);
      }
    }
  }
  fmt::print("{} passed, {} failed\n", passed, failed);
  if (passed + failed == 0) {
    print_error(options.only.empty() ? "there is no `test`" : "no `test` has such a title");
    return kWrong;
  }
  return failed == 0 ? kGood : kFailed;
}

}    // namespace

Command add_test(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("test", "Run the tests that rule files hold");
  command->add_option("FILE", options->files, "Rule files with `test` statements")->required();
  command->add_option("--only", options->only, "Only tests with this in their titles")->type_name("TEXT");
  command->add_flag("--quiet", options->quiet, "Nothing about tests that passed");
  command->footer(
      "Sources, sinks and channels of the rule files are left alone; tables are read from their files unless the test\n"
      "gives them rows.\n"
      "Exit status: 0 all passed, 1 some failed, 2 a wrong rule file, no test, or wrong usage.");
  return [options] { return test(*options); };
}

}    // namespace cepheid::cli
