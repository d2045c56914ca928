#include "runtime/stream/print_matches.hpp"

#include <utility>

#include "runtime/operators/match_printer.hpp"

namespace cepheid::runtime {

Result<void> print_matches(std::shared_ptr<const patterns::Plan> plan, std::vector<JobInput> inputs,
                           std::vector<std::string> patterns, std::unique_ptr<Sink> out, JobContext context,
                           const std::stop_token& stop) {
  MatchPrinter printer(*plan, patterns, std::move(out));
  context.shards = 1;
  context.matches = {&printer};
  Job job(std::move(plan), std::move(inputs), {}, std::move(context));
  return job.run(stop);
}

}    // namespace cepheid::runtime
