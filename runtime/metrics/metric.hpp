#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "runtime/stream/latencies.hpp"

namespace cepheid::runtime {

/// One number of the program by Prometheus's rules, with the series that it has at a moment.
struct Metric {
  enum class Kind : std::uint8_t { counter, gauge, histogram };
  struct Series {
    std::vector<std::pair<std::string, std::string>> labels;    // names are the program's own: never a row's values
    double value = 0;
    Latencies::Counts latencies{};    // of a histogram, in place of `value`
  };
  std::string name;
  Kind kind = Kind::gauge;
  std::string help;
  std::vector<Series> series;
};

}    // namespace cepheid::runtime
