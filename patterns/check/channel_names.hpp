#pragma once

#include <vector>

#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

/// Finds the channels named after `notify` or `to` and appends those that are on to `to`; false if a name is unknown or
/// stands twice (reported).
[[nodiscard]] bool check_channel_names(const std::vector<syntax::Name>& names, std::vector<ChannelId>& to,
                                       CheckContext& context);

}    // namespace cepheid::patterns
