#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/bench/bench_run.hpp"

namespace cepheid::runtime {

enum class ReportFormat : std::uint8_t { text, tsv, json };

/// What all repeats of a measurement gave.
struct BenchReport {
  std::string mode;    // as on the command line
  std::string work;
  std::vector<BenchRun> runs;       // not empty; the same work each
  std::uint64_t peak_bytes = 0;     // of memory, over the whole process
  std::uint64_t start_bytes = 0;    // the peak before the first run: with loaded events, if there are any
};

/// Position of the median run by seconds; of an even number the faster of the two in the middle.
[[nodiscard]] std::size_t median_run(const std::vector<BenchRun>& runs);

/// The report as text that ends with a line end: lines for people; `tsv`, whose last line is
/// `events TAB seconds TAB matches` of the median run; or one JSON object.
[[nodiscard]] std::string to_text(const BenchReport& report, ReportFormat format);

}    // namespace cepheid::runtime
