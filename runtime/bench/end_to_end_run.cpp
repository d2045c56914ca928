#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

#include "runtime/bench/bench_run.hpp"
#include "runtime/bench/match_visitor.hpp"
#include "runtime/bench/stopwatch.hpp"
#include "runtime/io/source.hpp"
#include "runtime/stream/job.hpp"

namespace cepheid::runtime {

namespace {

constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();

/// The first `end` bytes of a source. A read never spans byte `setup_end`, and `on_setup_end` is called before the
/// first read behind it, which is not ready(): so all rows that the job has are worked on.
class PartOfSource final : public Source {
 public:
  PartOfSource(std::unique_ptr<Source> source, std::uint64_t setup_end, std::uint64_t end,
               std::function<void()> on_setup_end)
      : source_(std::move(source)), setup_end_(setup_end), end_(end), on_setup_end_(std::move(on_setup_end)) {}

  Result<std::size_t> read(char* to, std::size_t size) override {
    if (at_ == setup_end_ && on_setup_end_) std::exchange(on_setup_end_, nullptr)();
    const std::uint64_t end = at_ < setup_end_ ? std::min(setup_end_, end_) : end_;
    const std::uint64_t most = std::min<std::uint64_t>(size, end - at_);
    if (most == 0) return 0;
    Result<std::size_t> got = source_->read(to, static_cast<std::size_t>(most));
    if (got) at_ += *got;
    return got;
  }
  /// Before the end of the setup everything must be worked on.
  [[nodiscard]] bool ready() const override { return !(at_ == setup_end_ && on_setup_end_) && source_->ready(); }
  [[nodiscard]] const std::string& name() const override { return source_->name(); }

 private:
  std::unique_ptr<Source> source_;
  std::uint64_t setup_end_;
  std::uint64_t end_;
  std::function<void()> on_setup_end_;
  std::uint64_t at_ = 0;
};

/// Sums over all streams and patterns; without patterns, over the rows of other statements.
BenchRun sums_of(const JobStats& stats) {
  BenchRun sums;
  for (const JobStats::Stream& stream : stats.streams) {
    sums.events += stream.events;
    sums.late += stream.late;
    sums.invalid += stream.invalid;
  }
  for (const JobStats::Pattern& pattern : stats.patterns) {
    sums.matches += pattern.matches;
    sums.timeouts += pattern.timeouts;
    sums.dropped += pattern.dropped;
  }
  if (stats.patterns.empty()) {
    for (const JobStats::Statement& statement : stats.statements) sums.matches += statement.rows;
  }
  return sums;
}

}    // namespace

Result<std::optional<BenchRun>> run_end_to_end(const std::shared_ptr<const patterns::Plan>& plan, const EventFile& file,
                                               const BenchOptions& options, const std::function<TimeMs()>& now,
                                               const std::stop_token& stop) {
  std::uint64_t setup_end = 0;
  std::uint64_t end = kNoEnd;
  if (options.setup != 0) {
    const Result<std::uint64_t> bytes = bytes_of_rows(*plan, file, std::min(options.setup, file.take), stop);
    if (!bytes) return bytes.error();
    setup_end = *bytes;
  }
  if (file.take != kNoEnd) {
    const Result<std::uint64_t> bytes = bytes_of_rows(*plan, file, file.take, stop);
    if (!bytes) return bytes.error();
    end = *bytes;
  }

  // One for each thread that finds matches.
  std::deque<MatchVisitor> visitors;
  for (std::uint32_t i = 0; i <= options.shards; ++i) visitors.emplace_back(*plan, options.work, options.first);
  BenchRun before;
  Job* running = nullptr;
  Stopwatch clock;
  Result<std::unique_ptr<Source>> source = open_file_source(file.path, file.path, stop);
  if (!source) return source.error();
  const auto on_setup_end = [&] {
    if (options.setup == 0) return;
    before = sums_of(running->stats());
    for (MatchVisitor& visitor : visitors) visitor.reset();
    clock.start();
  };
  std::vector<JobInput> inputs;
  inputs.push_back({.stream = file.stream,
                    .source = std::make_unique<PartOfSource>(std::move(*source), setup_end, end, on_setup_end),
                    .format = file.format});
  JobContext context{.now = now, .shards = options.shards};
  context.folder = options.folder;
  if (options.progress) {
    context.after_pass = [&] { options.progress(sums_of(running->stats()).events); };
  }
  if (options.work == MatchWork::all || options.work == MatchWork::first) {
    for (MatchVisitor& visitor : visitors) context.matches.push_back(&visitor);
  }
  Job job(plan, std::move(inputs), {}, std::move(context));
  running = &job;
  CEPHEID_TRY(job.run(stop));
  const double seconds = clock.seconds();
  const double cpu_seconds = clock.cpu_seconds();
  if (stop.stop_requested()) return std::optional<BenchRun>();

  BenchRun run = sums_of(job.stats());
  run.seconds = seconds;
  run.cpu_seconds = cpu_seconds;
  run.events -= before.events;
  run.timeouts -= before.timeouts;
  MatchVisitor::report(visitors, run.matches - before.matches, run);
  return std::optional(run);
}

}    // namespace cepheid::runtime
