#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "cepheid/result.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/io/sink.hpp"
#include "runtime/stream/job.hpp"

namespace cepheid::runtime {

/// Runs the patterns of a plan over `inputs` and writes each match to `out` as a line of JSON:
/// `{"pattern", "key", "start", "end", "match": {step: [event, …]}, "emit", "timeout"}`, the last two where they apply.
/// The plan's own sinks are left alone. `patterns`: only these; empty: all. Of `context` neither `matches` nor `shards`
/// is used: it works on one thread.
Result<void> print_matches(std::shared_ptr<const patterns::Plan> plan, std::vector<JobInput> inputs,
                           std::vector<std::string> patterns, std::unique_ptr<Sink> out, JobContext context,
                           const std::stop_token& stop);

}    // namespace cepheid::runtime
