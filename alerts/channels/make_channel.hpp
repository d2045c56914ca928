#pragma once

#include <memory>

#include "alerts/channel_config.hpp"
#include "alerts/channels/channel.hpp"
#include "alerts/clock.hpp"
#include "cepheid/result.hpp"

namespace cepheid::alerts {

/// The channel that `config` says; connects to nothing yet. Fails where the configuration cannot work. Requires that it
/// is not switched_off().
[[nodiscard]] Result<std::shared_ptr<Channel>> make_channel(const ChannelConfig& config, std::shared_ptr<Clock> clock);

// One function for each kind, each in the file of its name.
[[nodiscard]] Result<std::shared_ptr<Channel>> make_stdout_channel(const StdoutChannel& config);
[[nodiscard]] Result<std::shared_ptr<Channel>> make_file_channel(const FileChannel& config);
[[nodiscard]] Result<std::shared_ptr<Channel>> make_webhook_channel(const WebhookChannel& config);
[[nodiscard]] Result<std::shared_ptr<Channel>> make_slack_channel(const SlackChannel& config);
[[nodiscard]] Result<std::shared_ptr<Channel>> make_pagerduty_channel(const PagerDutyChannel& config);
[[nodiscard]] Result<std::shared_ptr<Channel>> make_email_channel(const EmailChannel& config,
                                                                  std::shared_ptr<Clock> clock);

}    // namespace cepheid::alerts
