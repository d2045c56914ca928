#include "alerts/channels/make_channel.hpp"

namespace cepheid::alerts {

namespace {

struct Maker {
  std::shared_ptr<Clock> clock;

  Result<std::shared_ptr<Channel>> operator()(const StdoutChannel& config) const { return make_stdout_channel(config); }
  Result<std::shared_ptr<Channel>> operator()(const FileChannel& config) const { return make_file_channel(config); }
  Result<std::shared_ptr<Channel>> operator()(const WebhookChannel& config) const {
    return make_webhook_channel(config);
  }
  Result<std::shared_ptr<Channel>> operator()(const SlackChannel& config) const { return make_slack_channel(config); }
  Result<std::shared_ptr<Channel>> operator()(const PagerDutyChannel& config) const {
    return make_pagerduty_channel(config);
  }
  Result<std::shared_ptr<Channel>> operator()(const EmailChannel& config) const {
    return make_email_channel(config, clock);
  }
  Result<std::shared_ptr<Channel>> operator()(const CustomChannel& config) const { return config.channel; }
};

struct Off {
  bool operator()(const StdoutChannel&) const { return false; }
  bool operator()(const FileChannel& config) const { return config.path.empty(); }
  bool operator()(const WebhookChannel& config) const { return config.url.empty(); }
  bool operator()(const SlackChannel& config) const { return config.url.empty(); }
  bool operator()(const PagerDutyChannel& config) const { return config.routing_key.empty() || config.url.empty(); }
  bool operator()(const EmailChannel& config) const { return config.server.empty(); }
  bool operator()(const CustomChannel& config) const { return config.channel == nullptr; }
};

}    // namespace

bool switched_off(const ChannelConfig& config) {
  return std::visit(Off{}, config.kind);
}

Result<std::shared_ptr<Channel>> make_channel(const ChannelConfig& config, std::shared_ptr<Clock> clock) {
  return std::visit(Maker{std::move(clock)}, config.kind);
}

}    // namespace cepheid::alerts
