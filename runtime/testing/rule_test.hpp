#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cepheid/time.hpp"
#include "patterns/plan/plan.hpp"

namespace cepheid::runtime {

/// Why a `test` failed, and where in the rule file that is written.
struct TestFailure {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string message;    // may have several lines
};

/// Runs one `test` of a plan: its rows come in, in the order written, then time ends. Streams and tables that it gives
/// nothing are empty, but for tables from files, which are read as `run` reads them; no sink, channel or `missing` is
/// asked. No failure: it passed. `folder`: what relative paths are relative to. `now`: the time of arrival where a
/// stream has no `time`.
[[nodiscard]] std::vector<TestFailure> run_rule_test(const std::shared_ptr<const patterns::Plan>& plan,
                                                     const patterns::TestPlan& test, const std::string& folder,
                                                     const std::function<TimeMs()>& now);

}    // namespace cepheid::runtime
