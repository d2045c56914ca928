#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/row/datum.hpp"

/// What aggregates are fed with in tests.
namespace cepheid::runtime::aggregate_tests {

/// A row of the streams `one` and `two` (kStreams).
struct Event {
  TimeMs time_ms = 0;
  std::optional<std::string> who;
  std::optional<std::int64_t> part;
  std::optional<std::int64_t> n;
  std::optional<double> x;    // always null in stream `two`, which lacks it
  std::optional<Int128> d;    // hundredths
  std::optional<std::string> s;
  std::optional<bool> b;
};

/// A row comes, then the input's watermark moves. The number of a step is the cause of what it brings about.
struct Step {
  std::size_t input = 0;
  std::optional<Event> event;
  std::optional<TimeMs> low_ms;    // a row of the input with time < low is late from now on
};

/// A row that an aggregate gave: its fields as JSON.
struct Given {
  std::uint64_t cause = 0;
  TimeMs time_ms = 0;
  std::vector<std::string> cells;
};

inline constexpr const char* kStreams =
    "stream one { schema who string, part int, n int, x double, d decimal(2), s string, b bool, ts timestamp "
    "time ts }\n"
    "stream two { schema ts timestamp, b bool, s string, d decimal(2), n int, part int, who string time ts }\n";

}    // namespace cepheid::runtime::aggregate_tests
