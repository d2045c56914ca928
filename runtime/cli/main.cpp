#include <array>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "runtime/cli/commands.hpp"

namespace {

using namespace cepheid::cli;

// Commands of the language's contract that this version does not have.
constexpr std::array<std::string_view, 1> kNotYet{"explain"};

}    // namespace

int main(int argc, char** argv) {
  if (argc > 1) {
    for (const std::string_view name : kNotYet) {
      if (name != argv[1]) continue;
      fmt::print(stderr, "error: `cepheid {}` is not supported yet\n", name);
      return kWrong;
    }
  }

  CLI::App program("Finds patterns in streams of events, and writes what it finds", "cepheid");
  program.set_version_flag("--version", CEPHEID_VERSION);
  program.require_subcommand(1);
  program.footer(
      "Each command has its own --help.\n"
      "Exit status: 0 good, 1 failed at work, 2 wrong usage or rule file, 3 warnings with --deny-warnings.");
  const std::vector<std::pair<std::string_view, Command>> commands{
      {"run", add_run(program)},     {"check", add_check(program)}, {"match", add_match(program)},
      {"test", add_test(program)},   {"query", add_query(program)}, {"graph", add_graph(program)},
      {"bench", add_bench(program)},
  };
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return program.exit(error);    // --help, --version
    fmt::print(stderr, "error: {}\n", error.what());
    const std::vector<CLI::App*> chosen = program.get_subcommands();
    fmt::print(stderr, "`cepheid {}--help` tells how it is used\n",
               chosen.empty() ? "" : chosen.front()->get_name() + " ");
    return kWrong;
  }
  const std::string chosen = program.get_subcommands().front()->get_name();
  for (const auto& [name, command] : commands) {
    if (name == chosen) return command();
  }
  return kWrong;
}
