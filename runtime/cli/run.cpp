#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include "runtime/alerting/dispatcher_config.hpp"
#include "runtime/alerting/job_alerts.hpp"
#include "runtime/cli/clock.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/rule_file.hpp"
#include "runtime/cli/stop_on_signal.hpp"
#include "runtime/http/http_missing_rows.hpp"
#include "runtime/io/open.hpp"
#include "runtime/metrics/each_second.hpp"
#include "runtime/metrics/job_metrics.hpp"
#include "runtime/serve/job_server.hpp"
#include "runtime/shards/track.hpp"
#include "runtime/stream/job.hpp"

namespace cepheid::cli {

namespace {

using Clock = std::chrono::steady_clock;

/// One for each processor of this machine.
std::uint32_t default_shards() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, runtime::kMaxShards);
}

struct Options {
  std::string rules;
  std::uint32_t shards = default_shards();
  std::string serve;           // empty: nobody is served
  std::string state_folder;    // empty: beside the rule file
  std::int64_t grace_s = 30;
  bool quiet = false;
  bool no_progress = false;
};

/// Is everything that the plan reads and writes of a kind that can be opened? Reports what is not.
bool is_supported(const patterns::Plan& plan) {
  bool supported = true;
  const auto report = [&](const std::string& name, const Result<void>& result) {
    if (result) return;
    supported = false;
    print_error(fmt::format("`{}`: {}", name, result.error().message));
  };
  for (const patterns::Relation& relation : plan.relations) {
    const auto* source = std::get_if<patterns::SourcePlan>(&relation.body);
    if (source == nullptr || !source->from) continue;
    report(relation.name, runtime::check_source(*source->from));
    if (source->format != patterns::SourceFormat::avro) continue;
    report(relation.name, Error{"`format avro` is not supported yet"});
  }
  for (const patterns::TablePlan& table : plan.tables) {
    if (!table.from || !table.latest_from.empty()) continue;
    report(table.name, runtime::check_source(*table.from));
    if (table.format == patterns::SourceFormat::avro) report(table.name, Error{"`format avro` is not supported yet"});
  }
  for (const patterns::SinkPlan& sink : plan.sinks) report(sink.name, runtime::check_sink(sink.to));
  return supported;
}

Result<std::vector<runtime::JobInput>> open_inputs(const LoadedRules& rules, const std::stop_token& stop) {
  std::vector<runtime::JobInput> inputs;
  for (patterns::RelationId id = 0; id < rules.plan->relations.size(); ++id) {
    const auto* stream = std::get_if<patterns::SourcePlan>(&rules.plan->relations[id].body);
    if (stream == nullptr || !stream->from) continue;
    Result<std::unique_ptr<runtime::Source>> source = runtime::open_source(*stream->from, rules.folder, stop);
    if (!source) return source.error();
    inputs.push_back({.stream = id, .source = std::move(*source), .format = stream->format});
  }
  return inputs;
}

Result<std::vector<std::unique_ptr<runtime::Sink>>> open_sinks(const LoadedRules& rules) {
  std::vector<std::unique_ptr<runtime::Sink>> sinks;
  for (const patterns::SinkPlan& plan : rules.plan->sinks) {
    Result<std::unique_ptr<runtime::Sink>> sink = runtime::open_sink(plan.to, rules.folder);
    if (!sink) return sink.error();
    sinks.push_back(std::move(*sink));
  }
  return sinks;
}

std::uint64_t events_of(const runtime::JobStats& stats) {
  std::uint64_t events = 0;
  for (const auto& stream : stats.streams) events += stream.events;
  return events;
}

std::uint64_t matches_of(const runtime::JobStats& stats) {
  std::uint64_t matches = 0;
  for (const auto& pattern : stats.patterns) matches += pattern.matches;
  return matches;
}

void print_summary(const runtime::JobStats& stats, double seconds) {
  for (const auto& stream : stats.streams) {
    fmt::print(stderr, "stream {}: {} events, {} invalid, {} late\n", stream.name, stream.events, stream.invalid,
               stream.late);
  }
  for (const auto& pattern : stats.patterns) {
    fmt::print(stderr, "pattern {}: {} matches, {} timeouts", pattern.name, pattern.matches, pattern.timeouts);
    if (pattern.skip_failures != 0) fmt::print(stderr, ", {} skips failed", pattern.skip_failures);
    if (pattern.dropped != 0) fmt::print(stderr, ", {} partial matches dropped", pattern.dropped);
    if (pattern.blocked != 0) fmt::print(stderr, ", {} starts blocked", pattern.blocked);
    fmt::print(stderr, "\n");
  }
  for (const auto& table : stats.tables) {
    fmt::print(stderr, "table {}: {} rows, {} skipped\n", table.name, table.rows, table.skipped);
  }
  for (const auto& alert : stats.alerts) {
    fmt::print(stderr, "alert {}: {} raised, {} held back\n", alert.name, alert.raised, alert.held_back);
  }
  for (const auto& sink : stats.sinks) fmt::print(stderr, "sink {}: {} rows\n", sink.name, sink.rows);
  const std::uint64_t events = events_of(stats);
  fmt::print(stderr, "{} events in {:.3f} s, {:.0f} events/s\n", events, seconds,
             seconds > 0 ? static_cast<double>(events) / seconds : 0.0);
}

/// A line on a terminal that is written over as the job goes on.
class Progress {
 public:
  void show(const runtime::JobStats& stats) {
    const Clock::time_point now = Clock::now();
    if (now - last_ < std::chrono::milliseconds(200)) return;
    last_ = now;
    shown_ = true;
    fmt::print(stderr, "\r\x1b[K{} events, {} matches", events_of(stats), matches_of(stats));
    std::fflush(stderr);
  }
  void clear() const {
    if (shown_) fmt::print(stderr, "\r\x1b[K");
  }

 private:
  Clock::time_point last_ = Clock::now();
  bool shown_ = false;
};

bool has_stdout_sink(const patterns::Plan& plan) {
  return std::ranges::any_of(
      plan.sinks, [](const patterns::SinkPlan& sink) { return sink.to.kind == patterns::Address::Kind::stdout_; });
}

/// Does nobody read the pipe any more that this descriptor writes to?
bool is_reader_gone(int descriptor) {
  pollfd asked{.fd = descriptor, .events = POLLOUT, .revents = 0};
  return ::poll(&asked, 1, 0) == 1 && (asked.revents & (POLLERR | POLLHUP)) != 0;
}

/// The dispatcher of the plan's alerts; null: none goes to a channel.
Result<std::unique_ptr<runtime::JobAlerts>> start_alerts(const LoadedRules& rules, const Options& options,
                                                         const std::function<void(std::string_view)>& log) {
  if (!runtime::has_channels(*rules.plan)) return std::unique_ptr<runtime::JobAlerts>();
  const std::filesystem::path rule_file(options.rules);
  const std::filesystem::path folder = options.state_folder.empty()
                                           ? std::filesystem::path(rules.folder) / ".cepheid" / rule_file.stem()
                                           : std::filesystem::path(options.state_folder);
  Result<alerts::DispatcherConfig> config = runtime::dispatcher_config(*rules.plan, folder / "alerts", rules.folder);
  if (!config) return config.error();
  Result<std::unique_ptr<alerts::AlertDispatcher>> dispatcher =
      alerts::AlertDispatcher::open(std::move(*config), {.clock = alerts::system_clock(),
                                                         .seed = std::random_device()(),
                                                         .log = [log](const std::string& line) { log(line); }});
  if (!dispatcher) return dispatcher.error();
  return std::make_unique<runtime::JobAlerts>(*rules.plan, std::move(*dispatcher));
}

/// Sends what is left, and says what could not be sent.
void end_alerts(runtime::JobAlerts& alerts, const Options& options) {
  const std::size_t left = alerts.dispatcher().stop(options.grace_s * 1000);
  if (left != 0) {
    fmt::print(stderr, "warning: {} alerts are not sent yet: they go out at the next start\n", left);
  }
  if (options.quiet) return;
  for (const alerts::ChannelStats& channel : alerts.dispatcher().stats().channels) {
    fmt::print(stderr, "channel {}: {} sent, {} in the dead letters, {} waiting\n", channel.name, channel.sent,
               channel.failed, channel.queued);
  }
}

/// Listens at the address of `--serve`, and says where.
Result<std::unique_ptr<runtime::JobServer>> start_server(const runtime::ListenAddress& address, bool quiet,
                                                         runtime::JobMetrics& metrics) {
  Result<std::unique_ptr<runtime::JobServer>> server =
      runtime::JobServer::start({.address = address, .metrics = &metrics});
  if (server && (!quiet || address.port == 0)) {
    fmt::print(stderr, "serving at http://{}\n", to_string((*server)->address()));
  }
  return server;
}

int run(const Options& options) {
  const LoadedRules rules = load_rules(options.rules);
  if (rules.plan == nullptr || !is_supported(*rules.plan)) return kWrong;
  Result<runtime::ListenAddress> address = runtime::ListenAddress();
  if (!options.serve.empty()) address = runtime::parse_listen_address(options.serve);
  if (!address) {
    print_error(fmt::format("--serve: {}", address.error().message));
    return kWrong;
  }

  // A reader that went away must not end the process before the other sinks have their rows.
  std::signal(SIGPIPE, SIG_IGN);
  StopOnSignal stop;
  // What there is to tell grows as parts come to be.
  std::atomic<runtime::Job*> shown_job = nullptr;
  std::atomic<runtime::JobAlerts*> shown_alerts = nullptr;
  runtime::JobMetrics metrics(
      {.version = CEPHEID_VERSION,
       .now = wall_clock_ms,
       .job = [&] { return shown_job == nullptr ? runtime::JobStats() : shown_job.load()->stats(); },
       .alerts =
           [&] {
             runtime::JobAlerts* alerts = shown_alerts;
             return alerts == nullptr ? alerts::DispatcherStats() : alerts->dispatcher().stats();
           },
       .memory = runtime::process_memory});
  // Before files are emptied: it is told at once that a port is taken.
  std::unique_ptr<runtime::JobServer> server;
  if (!options.serve.empty()) {
    Result<std::unique_ptr<runtime::JobServer>> started = start_server(*address, options.quiet, metrics);
    if (!started) {
      print_error(started.error().message);
      return kFailed;
    }
    server = std::move(*started);
  }
  const std::shared_ptr<spdlog::logger> log = spdlog::stderr_logger_mt("cepheid");
  log->set_pattern("%l: %v");
  // Before files are emptied, too: another process may be at work with the same folder.
  Result<std::unique_ptr<runtime::JobAlerts>> alerts =
      start_alerts(rules, options, [log](std::string_view message) { log->warn(message); });
  if (!alerts) {
    print_error(alerts.error().message);
    return kFailed;
  }
  Result<std::vector<runtime::JobInput>> inputs = open_inputs(rules, stop.token());
  if (!inputs) {
    print_error(inputs.error().message);
    return kFailed;
  }
  Result<std::vector<std::unique_ptr<runtime::Sink>>> sinks = open_sinks(rules);
  if (!sinks) {
    print_error(sinks.error().message);
    return kFailed;
  }

  Progress progress;
  const bool with_progress = !options.quiet && !options.no_progress && ::isatty(STDERR_FILENO) == 1;
  runtime::Job* running = nullptr;
  runtime::JobContext context{.now = wall_clock_ms, .shards = options.shards};
  context.folder = rules.folder;
  context.missing_rows = runtime::make_http_missing_rows;
  context.asks_state = server != nullptr;
  context.log = [&](std::string_view message) {
    progress.clear();
    log->warn(message);
  };
  context.alerts = alerts->get();
  if (with_progress) context.after_pass = [&] { progress.show(running->stats()); };
  runtime::Job job(rules.plan, std::move(*inputs), std::move(*sinks), std::move(context));
  running = &job;
  shown_job = &job;
  shown_alerts = alerts->get();
  if (server != nullptr) server->show(job, *alerts == nullptr ? nullptr : &(*alerts)->dispatcher());
  std::optional<runtime::EachSecond> ticker;
  if (server != nullptr || *alerts != nullptr) {
    metrics.sample();    // before the first row: what the first minute is told from
    ticker.emplace([&] {
      metrics.sample();
      if (*alerts == nullptr) return;
      const bool watches = (*alerts)->watches_metrics();
      (*alerts)->tick(watches ? metrics.collect() : std::vector<runtime::Metric>(), wall_clock_ms());
    });
  }

  const Clock::time_point began = Clock::now();
  const Result<void> done = job.run(stop.token());
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  server.reset();    // it asks the job and its alerts
  ticker.reset();
  if (*alerts != nullptr) end_alerts(**alerts, options);
  progress.clear();
  if (!done && has_stdout_sink(*rules.plan) && is_reader_gone(STDOUT_FILENO)) {
    // `run … | head`: the end that any program in a pipe has, without a word.
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
  }
  if (!done) print_error(done.error().message);
  if (!options.quiet) print_summary(job.stats(), seconds);
  return done ? kGood : kFailed;
}

}    // namespace

Command add_run(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("run", "Run a rule file: read its streams, write its sinks");
  command->add_option("RULES", options->rules, "The rule file; relative paths in it are relative to its folder")
      ->required();
  command
      ->add_option(
          "--shards", options->shards,
          "Threads that the keys of patterns are spread over (one for each processor); the output is the same\n"
          "at any number. One: the whole job is one thread's")
      ->type_name("N")
      ->check(CLI::Range(std::uint32_t{1}, runtime::kMaxShards));
  command
      ->add_option(
          "--serve", options->serve,
          "While the job runs, answer HTTP there: /state (`cepheid query` asks it), /silences, /metrics,\n"
          "/health, /ready; an absent address is 127.0.0.1, port 0 one that is free, which is told on standard\n"
          "error")
      ->type_name("[ADDRESS]:PORT");
  command
      ->add_option("--state", options->state_folder,
                   "Folder of what outlives the process: alerts that wait for their channels, dead letters, silences\n"
                   "(`.cepheid/NAME` beside the rule file NAME.cep); made if some alert goes to a channel")
      ->type_name("FOLDER");
  command
      ->add_option("--grace", options->grace_s,
                   "At the end, wait so long for channels that have alerts to send; what is left then is sent at the\n"
                   "next start (30)")
      ->type_name("SECONDS")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{86'400}));
  command->add_flag("--quiet", options->quiet, "No progress line and no summary on standard error");
  command->add_flag("--no-progress", options->no_progress, "No progress line (there is none anyway but on a terminal)");
  command->footer(
      "SIGINT or SIGTERM ends the reading; what was read is written, and the status is 0. If the reader of standard\n"
      "output goes away, the other sinks get their rows, and the process ends by SIGPIPE.\n"
      "Exit status: 0 done, 1 an input could not be read or an output not written, 2 a wrong rule file or wrong "
      "usage.");
  return [options] { return run(*options); };
}

}    // namespace cepheid::cli
