#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "reference/model.hpp"

namespace cepheid::reference {

/// All matches and reported time-outs of a pattern that is not rejected, each distinct one once, in the order given
/// out. `events` are in the order of arrival. Exponential in the number of events where combinations are.
[[nodiscard]] std::vector<Match> run(const Pattern& pattern, const std::vector<Event>& events);

/// The same; nothing if one event leaves a key with, or completes, more than `max_runs` partial matches.
[[nodiscard]] std::optional<std::vector<Match>> run_bounded(const Pattern& pattern, const std::vector<Event>& events,
                                                            std::size_t max_runs);

}    // namespace cepheid::reference
