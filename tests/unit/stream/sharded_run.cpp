#include "sharded_run.hpp"

#include <algorithm>
#include <random>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "patterns/plan/load.hpp"
#include "runtime/io/in_memory.hpp"
#include "runtime/stream/job.hpp"

namespace cepheid::runtime {
namespace {

/// Gives at most some hundred bytes at once, and says now and then that more may take a while.
class CutSource final : public Source {
 public:
  CutSource(std::unique_ptr<Source> source, std::uint64_t seed) : source_(std::move(source)), random_(seed) {}

  Result<std::size_t> read(char* to, std::size_t size) override {
    ready_ = random_() % 8 != 0;
    return source_->read(to, std::min<std::size_t>(size, 1 + random_() % 600));
  }
  [[nodiscard]] bool ready() const override { return ready_; }
  [[nodiscard]] const std::string& name() const override { return source_->name(); }

 private:
  std::unique_ptr<Source> source_;
  std::mt19937_64 random_;
  bool ready_ = true;
};

std::string to_text(const JobStats& stats) {
  std::string text;
  for (const JobStats::Stream& stream : stats.streams) {
    text += fmt::format("{} {} {} {}\n", stream.name, stream.events, stream.invalid, stream.late);
  }
  for (const JobStats::Pattern& pattern : stats.patterns) {
    text += fmt::format("{} {} {} {} {} {}\n", pattern.name, pattern.matches, pattern.timeouts, pattern.skip_failures,
                        pattern.dropped, pattern.blocked);
  }
  for (const JobStats::Sink& sink : stats.sinks) text += fmt::format("{} {}\n", sink.name, sink.rows);
  return text;
}

}    // namespace

std::shared_ptr<const patterns::Plan> plan_of_rules(const std::string& rules) {
  const patterns::SourceFile source("test.cep", rules);
  patterns::Diagnostics diagnostics(source);
  std::optional<patterns::Plan> loaded = patterns::load_rules(source, {}, diagnostics);
  EXPECT_TRUE(loaded) << diagnostics.render() << "\n" << rules;
  if (!loaded) return nullptr;
  return std::make_shared<const patterns::Plan>(std::move(*loaded));
}

JobOutcome run_plan(const std::shared_ptr<const patterns::Plan>& plan, const std::map<std::string, std::string>& texts,
                    const RunManner& manner) {
  std::vector<JobInput> inputs;
  for (patterns::RelationId id = 0; id < plan->relations.size(); ++id) {
    const auto* stream = std::get_if<patterns::SourcePlan>(&plan->relations[id].body);
    const auto text = texts.find(plan->relations[id].name);
    if (stream == nullptr || text == texts.end()) continue;
    std::unique_ptr<Source> source = make_text_source(text->first, text->second);
    if (manner.cut_seed != 0) source = std::make_unique<CutSource>(std::move(source), manner.cut_seed + id);
    inputs.push_back({.stream = id, .source = std::move(source), .format = stream->format});
  }
  std::vector<std::string> written(plan->sinks.size());
  std::vector<std::unique_ptr<Sink>> sinks;
  for (std::string& out : written) sinks.push_back(make_text_sink(out));
  JobContext context{.now = [] { return TimeMs{0}; }, .shards = manner.shards};
  Job job(plan, std::move(inputs), std::move(sinks), std::move(context));
  const Result<void> done = job.run({});
  JobOutcome outcome{.written = {}, .counted = to_text(job.stats()), .error = done ? "" : done.error().message};
  for (const std::string& out : written) outcome.written += out + "\n";
  return outcome;
}

}    // namespace cepheid::runtime
