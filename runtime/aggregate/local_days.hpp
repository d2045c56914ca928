#pragma once

#include <string_view>

#include "cepheid/time.hpp"
#include "nfa/expr/time_functions.hpp"

namespace cepheid::runtime {

/// Days as clocks in a zone count them: each from its midnight to the next, so that one with a change of clocks has 23
/// or 25 hours. Where midnight does not exist the day begins when clocks have sprung over it; where it comes twice, the
/// first time. Not thread-safe: remembers the last day found.
class LocalDays {
 public:
  struct Day {
    TimeMs start_ms = 0;
    TimeMs end_ms = 0;    // exclusive
  };

  /// `zone`: "" is UTC. One that is not known is taken as UTC: rule files with such a zone are not loaded.
  explicit LocalDays(std::string_view zone) : zone_(zone.empty() ? nullptr : nfa::find_zone(zone)) {}

  /// The day of a moment.
  [[nodiscard]] Day day_of(TimeMs time_ms);

 private:
  /// The first moment of a day, counted from 1970-01-01.
  [[nodiscard]] TimeMs start_of(std::int64_t day) const;

  const date::time_zone* zone_;
  Day last_;
};

}    // namespace cepheid::runtime
