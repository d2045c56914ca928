#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "patterns/plan/plan.hpp"

namespace cepheid::runtime {

/// Everything that a job has given.
struct JobOutcome {
  std::string written;    // by its sinks, one after the other
  std::string counted;    // of its streams, patterns and sinks, a line each
  std::string error;      // that ended it; empty: none

  friend bool operator==(const JobOutcome&, const JobOutcome&) = default;
};

/// How a job is run; the outcome must not depend on it.
struct RunManner {
  std::uint32_t shards = 1;
  /// 0: the texts come in big pieces; else in small ones of random sizes, with waits between them.
  std::uint64_t cut_seed = 0;
};

/// The plan of a right rule file; of a wrong one null, and the test has failed.
[[nodiscard]] std::shared_ptr<const patterns::Plan> plan_of_rules(const std::string& rules);

/// Runs a plan on texts for its streams, by name.
[[nodiscard]] JobOutcome run_plan(const std::shared_ptr<const patterns::Plan>& plan,
                                  const std::map<std::string, std::string>& texts, const RunManner& manner);

}    // namespace cepheid::runtime
