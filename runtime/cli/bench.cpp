#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include "runtime/bench/bench_run.hpp"
#include "runtime/bench/report.hpp"
#include "runtime/cli/clock.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/event_files.hpp"
#include "runtime/cli/rule_file.hpp"
#include "runtime/cli/stop_on_signal.hpp"
#include "runtime/shards/track.hpp"

namespace cepheid::cli {

namespace {

using runtime::BenchRun;
using runtime::MatchWork;

constexpr std::uint64_t kMaxRepeats = 1000;

struct Options {
  std::string rules;
  std::string events;
  std::string stream;
  std::uint32_t shards = 1;
  std::uint64_t repeat = 1;
  std::uint64_t take = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t setup = 0;
  std::string mode = "engine";
  std::string matches = "count";
  std::string format = "text";
};

/// Reads `all`, `count`, `none` or `first=N`; false: it is none of these.
bool parse_matches(std::string_view text, runtime::BenchOptions& options) {
  constexpr std::string_view kFirst = "first=";
  if (text == "all") {
    options.work = MatchWork::all;
  } else if (text == "count") {
    options.work = MatchWork::count;
  } else if (text == "none") {
    options.work = MatchWork::none;
  } else if (text.starts_with(kFirst)) {
    options.work = MatchWork::first;
    text.remove_prefix(kFirst.size());
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), options.first);
    return wrong == std::errc() && end == text.data() + text.size() && options.first > 0;
  } else {
    return false;
  }
  return true;
}

/// The largest memory that this process has had so far, in bytes; 0: the system does not say.
std::uint64_t peak_bytes() {
  std::FILE* status = std::fopen("/proc/self/status", "r");
  if (status == nullptr) return 0;
  std::uint64_t kilobytes = 0;
  char line[256];
  while (std::fgets(line, sizeof line, status) != nullptr) {
    constexpr std::string_view kName = "VmHWM:";
    std::string_view rest(line);
    if (!rest.starts_with(kName)) continue;
    rest.remove_prefix(std::min(rest.find_first_of("0123456789"), rest.size()));
    std::from_chars(rest.data(), rest.data() + rest.size(), kilobytes);
    break;
  }
  std::fclose(status);
  return kilobytes << 10;
}

/// A line on a terminal that is written over as the runs go on.
class Progress {
 public:
  void begin_run(std::uint64_t number) { run_ = number; }
  void show(std::uint64_t events) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < std::chrono::milliseconds(200)) return;
    last_ = now;
    shown_ = true;
    fmt::print(stderr, "\r\x1b[Krun {}: {} events", run_, events);
    std::fflush(stderr);
  }
  void clear() {
    if (shown_) fmt::print(stderr, "\r\x1b[K");
    shown_ = false;
  }

 private:
  std::uint64_t run_ = 1;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  bool shown_ = false;
};

bool is_same_work(const BenchRun& a, const BenchRun& b) {
  return a.events == b.events && a.matches == b.matches && a.checksum == b.checksum;
}

/// Runs until enough runs are done or a stop is asked for.
Result<std::vector<BenchRun>> measure(const std::shared_ptr<const patterns::Plan>& plan, const runtime::EventFile& file,
                                      const runtime::LoadedEvents* loaded, const Options& options,
                                      runtime::BenchOptions bench, const std::stop_token& stop) {
  Progress progress;
  if (::isatty(STDERR_FILENO) == 1) bench.progress = [&](std::uint64_t events) { progress.show(events); };
  std::vector<BenchRun> runs;
  while (runs.size() < options.repeat) {
    progress.begin_run(runs.size() + 1);
    Result<std::optional<BenchRun>> run =
        loaded == nullptr              ? runtime::run_end_to_end(plan, file, bench, wall_clock_ms, stop)
        : runtime::has_patterns(*plan) ? runtime::run_engine(*plan, *loaded, bench, stop)
                                       : runtime::run_operators(plan, *loaded, bench, wall_clock_ms, stop);
    progress.clear();
    if (!run) return run.error();
    if (!*run) break;
    if (!runs.empty() && !is_same_work(runs.front(), **run)) {
      return Error{
          fmt::format("run {} gave {} matches of {} events, the first one {} of {}: the file has changed, or "
                      "its rows have no time of their own",
                      runs.size() + 1, (*run)->matches, (*run)->events, runs.front().matches, runs.front().events)};
    }
    runs.push_back(**run);
  }
  return runs;
}

int bench(const Options& options) {
  runtime::BenchOptions bench{.shards = options.shards, .setup = options.setup};
  if (!parse_matches(options.matches, bench)) {
    print_error(fmt::format("`--matches {}`: it is `all`, `count`, `none` or `first=N`", options.matches));
    return kWrong;
  }
  const LoadedRules rules = load_rules(options.rules);
  if (rules.plan == nullptr) return kWrong;
  bench.folder = rules.folder;
  const Result<patterns::RelationId> stream =
      find_stream(*rules.plan, options.stream, "name that of the events by `--stream`");
  if (!stream) {
    print_error(stream.error().message);
    return kWrong;
  }
  const bool of_engine = options.mode == "engine";
  if (of_engine) {
    if (const Result<void> possible = runtime::check_engine_run(*rules.plan); !possible) {
      print_error(possible.error().message);
      return kWrong;
    }
  } else if (options.events == "-") {
    print_error("`--mode end-to-end` reads the file more than once: it cannot be standard input");
    return kWrong;
  }

  StopOnSignal stop;
  const runtime::EventFile file{
      .path = options.events, .stream = *stream, .format = format_of(options.events), .take = options.take};
  std::optional<runtime::LoadedEvents> loaded;
  if (of_engine) {
    Result<std::optional<runtime::LoadedEvents>> read =
        runtime::load_events(*rules.plan, file, wall_clock_ms, stop.token());
    if (!read) {
      print_error(read.error().message);
      return kFailed;
    }
    loaded = std::move(*read);
  }
  const std::uint64_t start_bytes = peak_bytes();
  std::vector<BenchRun> runs;
  if (!of_engine || loaded) {
    Result<std::vector<BenchRun>> measured =
        measure(rules.plan, file, loaded ? &*loaded : nullptr, options, bench, stop.token());
    if (!measured) {
      print_error(measured.error().message);
      return kFailed;
    }
    runs = std::move(*measured);
  }
  if (runs.empty()) {
    print_error("stopped before the first run was done");
    return kFailed;
  }
  const runtime::ReportFormat format = options.format == "tsv"    ? runtime::ReportFormat::tsv
                                       : options.format == "json" ? runtime::ReportFormat::json
                                                                  : runtime::ReportFormat::text;
  const std::string report = runtime::to_text({.mode = options.mode,
                                               .work = options.matches,
                                               .runs = std::move(runs),
                                               .peak_bytes = peak_bytes(),
                                               .start_bytes = start_bytes},
                                              format);
  std::fwrite(report.data(), 1, report.size(), stdout);
  return kGood;
}

}    // namespace

Command add_bench(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("bench", "Measure how fast a rule file works on a file of events");
  command->add_option("RULES", options->rules, "The rule file; its sinks are left alone")->required();
  command
      ->add_option("--events", options->events,
                   "Events, as JSON lines or CSV (by the name: .csv), also packed (.gz, .zst)")
      ->type_name("FILE")
      ->required();
  command->add_option("--stream", options->stream, "The stream that they are of, if the rule file has several")
      ->type_name("NAME");
  command->add_option("--shards", options->shards, "Threads, each with a part of the keys (1)")
      ->type_name("N")
      ->check(CLI::Range(std::uint32_t{1}, runtime::kMaxShards));
  command->add_option("--repeat", options->repeat, "Runs, each with fresh state (1)")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, kMaxRepeats));
  command->add_option("--take", options->take, "Only the first N events of the file")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  command->add_option("--setup", options->setup, "The first N events are neither timed nor counted (0)")
      ->type_name("N");
  command->add_option("--mode", options->mode, "engine (the default) or end-to-end")
      ->type_name("MODE")
      ->check(CLI::IsMember({"engine", "end-to-end"}));
  command
      ->add_option("--matches", options->matches,
                   "What is done with matches: all (visit each event, compute `emit`, print a checksum over the ids\n"
                   "of first and last events), count (the default; they are not listed where they can be counted\n"
                   "without), first=N (visit at most N for each event that lets some out; these are counted), none\n"
                   "(matches are reported as 0)")
      ->type_name("WORK");
  command->add_option("--format", options->format, "text (the default), tsv or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "tsv", "json"}));
  command->footer(
      "engine: the events are decoded into memory first; the clock runs while the patterns' engine takes them, one by\n"
      "one, and until time has ended and all timers have fired. The watermark moves after each event. No `emit` is\n"
      "computed but with --matches all. Patterns over derived streams cannot be measured this way. Of a rule file\n"
      "without patterns its other statements are measured; matches are the rows of aggregates, joins and rankings. "
      "With "
      "several\n"
      "shards\n"
      "each thread looks at all events and takes those of its keys; the clock runs until the last thread is done.\n"
      "end-to-end: the clock runs from opening the file until all matches are found and their `emit` is computed; it\n"
      "is the way of `run`, without sinks: all matches are made, whatever is done with them. With several shards one "
      "more thread reads.\n"
      "The last line of --format tsv is `events TAB seconds TAB matches` of the median run.\n"
      "SIGINT or SIGTERM ends the measurement; the runs that were done are reported.\n"
      "Exit status: 0 measured, 1 the events could not be read or no run was done, 2 a wrong rule file or wrong "
      "usage.");
  return [options] { return bench(*options); };
}

}    // namespace cepheid::cli
