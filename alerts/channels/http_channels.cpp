#include "alerts/channels/body_template.hpp"
#include "alerts/channels/http_sender.hpp"
#include "alerts/channels/make_channel.hpp"
#include "alerts/channels/pagerduty_event.hpp"
#include "alerts/channels/slack_message.hpp"

// Channels that POST JSON: a body for each message, or an event for each incident in it.

namespace cepheid::alerts {

namespace {

class WebhookSender final : public Channel {
 public:
  WebhookSender(const WebhookChannel& config, std::optional<BodyTemplate> body)
      : body_(std::move(body)), http_(config.url, config.headers, config.network, Secrets()) {}

  Attempt send(const Message& message, const std::function<bool()>& cancelled) override {
    return http_.post(body_of_request(message), message.id, cancelled);
  }

 private:
  [[nodiscard]] std::string body_of_request(const Message& message) const {
    if (body_) return body_->render(message);
    std::string json;
    const bool is_list = message.alerts.size() > 1;
    if (is_list) json += '[';
    for (const Alert& alert : message.alerts) {
      if (json.size() > 1) json += ',';
      append_json(json, alert);
    }
    if (is_list) json += ']';
    return json;
  }

  std::optional<BodyTemplate> body_;
  HttpSender http_;
};

class SlackSender final : public Channel {
 public:
  explicit SlackSender(const SlackChannel& config) : http_(config.url, {}, config.network, Secrets()) {}

  Attempt send(const Message& message, const std::function<bool()>& cancelled) override {
    return http_.post(slack_message(message), message.id, cancelled);
  }

 private:
  HttpSender http_;
};

class PagerDutySender final : public Channel {
 public:
  explicit PagerDutySender(const PagerDutyChannel& config)
      : config_(config), http_(config.url, {}, config.network, secrets_of(config)) {}

  /// What of a message has been taken is not sent again with its next attempt, or a large group would never get through
  /// where so many events a minute are too many.
  Attempt send(const Message& message, const std::function<bool()>& cancelled) override {
    if (message.id != message_) taken_ = 0;
    message_ = message.id;
    const std::vector<const Alert*> alerts = last_of_each_incident(message);
    for (; taken_ < alerts.size(); ++taken_) {
      const Alert& alert = *alerts[taken_];
      Attempt attempt = http_.post(pagerduty_event(alert, config_), alert.id, cancelled);
      if (attempt.outcome != Outcome::delivered) return attempt;
    }
    message_.clear();
    return {};
  }

 private:
  static Secrets secrets_of(const PagerDutyChannel& config) {
    Secrets secrets;
    secrets.add(config.routing_key);
    return secrets;
  }

  PagerDutyChannel config_;
  HttpSender http_;
  std::string message_;      // the id of the one that was tried last and is not done
  std::size_t taken_ = 0;    // events of it
};

}    // namespace

Result<std::shared_ptr<Channel>> make_webhook_channel(const WebhookChannel& config) {
  if (std::string problem = problem_with_url(config.url); !problem.empty()) return Error{std::move(problem)};
  if (std::string problem = problem_with_headers(config.headers); !problem.empty()) return Error{std::move(problem)};
  std::optional<BodyTemplate> body;
  if (!config.body.empty()) {
    Result<BodyTemplate> parsed = BodyTemplate::parse(config.body);
    if (!parsed) return parsed.error();
    body = *std::move(parsed);
  }
  return std::shared_ptr<Channel>(std::make_shared<WebhookSender>(config, std::move(body)));
}

Result<std::shared_ptr<Channel>> make_slack_channel(const SlackChannel& config) {
  if (std::string problem = problem_with_url(config.url); !problem.empty()) return Error{std::move(problem)};
  return std::shared_ptr<Channel>(std::make_shared<SlackSender>(config));
}

Result<std::shared_ptr<Channel>> make_pagerduty_channel(const PagerDutyChannel& config) {
  if (std::string problem = problem_with_url(config.url); !problem.empty()) return Error{std::move(problem)};
  return std::shared_ptr<Channel>(std::make_shared<PagerDutySender>(config));
}

}    // namespace cepheid::alerts
