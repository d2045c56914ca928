#include <algorithm>
#include <span>

#include "runtime/bench/bench_run.hpp"
#include "runtime/bench/stopwatch.hpp"
#include "runtime/stream/job.hpp"
#include "runtime/stream/merged_reader.hpp"

namespace cepheid::runtime {

namespace {

std::uint64_t rows_given(const JobStats& stats) {
  std::uint64_t rows = 0;
  for (const JobStats::Statement& statement : stats.statements) rows += statement.rows;
  return rows;
}

/// A job on its way through events in memory.
class OperatorRun {
 public:
  OperatorRun(Job& job, const LoadedEvents& events, const BenchOptions& options)
      : job_(job), events_(events), options_(options) {}

  /// Works on events up to position `end`; false: a stop was asked for.
  Result<bool> push_until(std::uint64_t end, const std::stop_token& stop) {
    while (next_ < end) {
      if (stop.stop_requested()) return false;
      const nfa::Batch& batch = events_.batches[batch_];
      const std::size_t count = std::min({batch.size() - row_, kMaxPassRows, static_cast<std::size_t>(end - next_)});
      CEPHEID_TRY(job_.give(events_.stream, batch, row_, row_ + count));
      next_ += count;
      row_ += count;
      if (row_ == batch.size()) {
        ++batch_;
        row_ = 0;
      }
      if (options_.progress) options_.progress(next_);
    }
    return true;
  }

 private:
  Job& job_;
  const LoadedEvents& events_;
  const BenchOptions& options_;
  std::uint64_t next_ = 0;    // of all events; the next one is row_ of batch batch_
  std::size_t batch_ = 0;
  std::size_t row_ = 0;
};

}    // namespace

Result<std::optional<BenchRun>> run_operators(const std::shared_ptr<const patterns::Plan>& plan,
                                              const LoadedEvents& events, const BenchOptions& options,
                                              const std::function<TimeMs()>& now, const std::stop_token& stop) {
  JobContext context{.now = now, .shards = options.shards};
  context.folder = options.folder;
  Job job(plan, {}, {}, std::move(context));
  CEPHEID_TRY(job.start(std::span(&events.stream, 1), stop));
  OperatorRun work(job, events, options);
  const std::uint64_t setup = std::min(options.setup, events.rows);
  const Result<bool> set_up = work.push_until(setup, stop);
  if (!set_up) return set_up.error();
  if (!*set_up) return std::optional<BenchRun>();
  const std::uint64_t given_before = rows_given(job.stats());

  Stopwatch clock;
  const Result<bool> done = work.push_until(events.rows, stop);
  if (!done) return done.error();
  if (!*done) return std::optional<BenchRun>();
  CEPHEID_TRY(job.end());
  BenchRun run;
  run.seconds = clock.seconds();
  run.cpu_seconds = clock.cpu_seconds();

  const JobStats stats = job.stats();
  run.events = events.rows - setup;
  run.matches = rows_given(stats) - given_before;
  for (const JobStats::Stream& stream : stats.streams) run.late += stream.late;
  run.invalid = events.invalid;
  return std::optional(run);
}

}    // namespace cepheid::runtime
