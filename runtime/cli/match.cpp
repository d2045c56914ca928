#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "runtime/cli/clock.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/event_files.hpp"
#include "runtime/cli/rule_file.hpp"
#include "runtime/cli/stop_on_signal.hpp"
#include "runtime/http/http_missing_rows.hpp"
#include "runtime/stream/print_matches.hpp"

namespace cepheid::cli {

namespace {

using patterns::RelationId;

struct Options {
  std::string rules;
  std::vector<std::string> events;
  std::string stream;
  std::vector<std::string> patterns;
};

bool is_name(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_part = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, is_part);
}

struct EventFile {
  RelationId stream;
  std::string path;
};

/// Reads `[STREAM=]FILE`. What stands before the `=` is a stream if the rule file has one of that name, a mistake if it
/// could be a stream's name, otherwise part of the path.
Result<EventFile> parse_event_file(const patterns::Plan& plan, const Options& options, const std::string& argument) {
  const std::size_t equals = argument.find('=');
  if (equals != std::string::npos) {
    const std::string name = argument.substr(0, equals);
    Result<RelationId> stream = find_relation<patterns::SourcePlan>(plan, name, "stream");
    if (stream) return EventFile{.stream = *stream, .path = argument.substr(equals + 1)};
    if (is_name(name)) return stream.error();
  }
  Result<RelationId> stream =
      find_stream(plan, options.stream, "write `--events STREAM=FILE` or name one by `--stream`");
  if (!stream) return stream.error();
  return EventFile{.stream = *stream, .path = argument};
}

int match(const Options& options) {
  const LoadedRules rules = load_rules(options.rules);
  if (rules.plan == nullptr) return kWrong;
  std::vector<EventFile> files;
  for (const std::string& argument : options.events) {
    Result<EventFile> file = parse_event_file(*rules.plan, options, argument);
    if (!file) {
      print_error(file.error().message);
      return kWrong;
    }
    files.push_back(std::move(file).value());
  }
  for (const std::string& pattern : options.patterns) {
    const Result<RelationId> found = find_relation<patterns::PatternPlan>(*rules.plan, pattern, "pattern");
    if (!found) {
      print_error(found.error().message);
      return kWrong;
    }
  }

  StopOnSignal stop;
  std::vector<runtime::JobInput> inputs;
  for (const EventFile& file : files) {
    Result<std::unique_ptr<runtime::Source>> source =
        runtime::open_file_source(file.path, file.path == "-" ? "stdin" : file.path, stop.token());
    if (!source) {
      print_error(source.error().message);
      return kFailed;
    }
    inputs.push_back({.stream = file.stream, .source = std::move(*source), .format = format_of(file.path)});
  }
  runtime::JobContext context{.now = wall_clock_ms};
  context.folder = rules.folder;
  context.missing_rows = runtime::make_http_missing_rows;
  context.log = [](std::string_view message) { fmt::print(stderr, "warning: {}\n", message); };
  const Result<void> done = runtime::print_matches(rules.plan, std::move(inputs), options.patterns,
                                                   runtime::make_stdout_sink(), std::move(context), stop.token());
  if (done) return kGood;
  print_error(done.error().message);
  return kFailed;
}

}    // namespace

Command add_match(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("match", "Find the matches of a rule file's patterns in files of events");
  command->add_option("RULES", options->rules, "The rule file")->required();
  command
      ->add_option("--events", options->events,
                   "Events, as JSON lines or CSV (by the name: .csv), also packed (.gz, .zst); - is standard input")
      ->type_name("[STREAM=]FILE")
      ->required();
  command->add_option("--stream", options->stream, "The stream of files that do not name theirs")->type_name("NAME");
  command->add_option("--pattern", options->patterns, "Print only this pattern's matches; may be repeated")
      ->type_name("NAME")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->footer(
      "Prints one JSON object a line for each match. Of several files always the row with the smallest time is next.\n"
      "Exit status: 0 read to the end, also without a match, 1 the events could not be read to the end,\n"
      "2 a wrong rule file or wrong usage.");
  return [options] { return match(*options); };
}

}    // namespace cepheid::cli
