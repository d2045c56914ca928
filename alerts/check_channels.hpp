#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "alerts/channel_config.hpp"

namespace cepheid::alerts {

/// Why a channel cannot work as it is configured.
struct ChannelProblem {
  std::size_t channel = 0;    // its position
  bool of_body = false;       // it is the webhook's template that is wrong
  std::string message;        // shows no secret
};

/// The first problem of each channel that has one, in their order, as far as can be told without disk and network. A
/// dispatcher does not open with any.
[[nodiscard]] std::vector<ChannelProblem> check_channels(const std::vector<ChannelConfig>& channels);

}    // namespace cepheid::alerts
