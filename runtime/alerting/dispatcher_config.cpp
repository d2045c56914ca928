#include "runtime/alerting/dispatcher_config.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "alerts/check_channels.hpp"
#include "runtime/operators/alert.hpp"

namespace cepheid::runtime {

namespace {

using patterns::ChannelPlan;

std::string text_of(const ChannelPlan& plan, std::string_view word, std::string absent = {}) {
  const std::string* text = plan.setting(word);
  return text != nullptr ? *text : std::move(absent);
}

/// A setting that the front end has checked to be a number.
template <typename Number>
void read_number(const ChannelPlan& plan, std::string_view word, Number& number) {
  const std::string* text = plan.setting(word);
  if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), number);
}

std::string absolute(const std::string& path, const std::string& base) {
  return path.empty() ? path : (std::filesystem::path(base) / path).string();
}

alerts::NetworkConfig network_of(const ChannelPlan& plan, const std::string& base) {
  alerts::NetworkConfig network;
  read_number(plan, "connect_timeout", network.connect_ms);
  read_number(plan, "timeout", network.attempt_ms);
  network.ca_file = absolute(text_of(plan, "ca_file"), base);
  network.proxy = text_of(plan, "proxy");
  return network;
}

Result<alerts::MailTls> tls_of(const ChannelPlan& plan) {
  const std::string word = text_of(plan, "tls", "automatic");
  if (word == "automatic") return alerts::MailTls::automatic;
  if (word == "required") return alerts::MailTls::required;
  if (word == "never") return alerts::MailTls::never;
  return Error{fmt::format("`tls \"{}\"`: it is `automatic`, `required` or `never`", word)};
}

Result<alerts::ChannelConfig> channel_of(const ChannelPlan& plan, const std::string& base) {
  alerts::ChannelConfig channel;
  channel.name = plan.name;
  read_number(plan, "attempts", channel.retry.attempts);
  read_number(plan, "queue", channel.queue.alerts);
  switch (plan.kind) {
    case ChannelPlan::Kind::stdout_: channel.kind = alerts::StdoutChannel(); break;
    case ChannelPlan::Kind::file: channel.kind = alerts::FileChannel{.path = absolute(plan.target, base)}; break;
    case ChannelPlan::Kind::webhook:
      channel.kind = alerts::WebhookChannel{
          .url = text_of(plan, "url"), .body = plan.body, .headers = plan.headers, .network = network_of(plan, base)};
      break;
    case ChannelPlan::Kind::slack:
      channel.kind = alerts::SlackChannel{.url = text_of(plan, "url"), .network = network_of(plan, base)};
      break;
    case ChannelPlan::Kind::pagerduty: {
      alerts::PagerDutyChannel pager{.routing_key = text_of(plan, "routing_key")};
      pager.source = text_of(plan, "source", pager.source);
      pager.url = text_of(plan, "url", pager.url);
      pager.network = network_of(plan, base);
      channel.kind = std::move(pager);
      break;
    }
    case ChannelPlan::Kind::email: {
      const Result<alerts::MailTls> tls = tls_of(plan);
      if (!tls) return tls.error();
      channel.kind = alerts::EmailChannel{.to = text_of(plan, "to"),
                                          .from = text_of(plan, "from"),
                                          .server = text_of(plan, "smtp"),
                                          .user = text_of(plan, "user"),
                                          .password = text_of(plan, "password"),
                                          .tls = *tls,
                                          .network = network_of(plan, base)};
      break;
    }
    case ChannelPlan::Kind::kafka: return Error{"`kafka` is not supported yet"};
  }
  return channel;
}

std::vector<std::string> names_of(const patterns::Plan& plan, const std::vector<patterns::ChannelId>& channels) {
  std::vector<std::string> names;
  for (const patterns::ChannelId id : channels) names.push_back(plan.channels[id].name);
  return names;
}

alerts::AlertRule rule_of(const patterns::Plan& plan, const std::string& name, const patterns::AlertPlan& alert) {
  alerts::AlertRule rule{.name = name, .notify = names_of(plan, alert.notify)};
  if (alert.group) rule.group = alert.group->duration;
  if (alert.limit) {
    rule.limit = static_cast<std::size_t>(alert.limit->most);
    rule.limit_period = alert.limit->per;
  }
  rule.resolve_after = alert.resolve_after.value_or(0);
  for (const patterns::AlertPlan::Escalation& escalation : alert.escalations) {
    rule.escalations.push_back(
        {.severity = escalation.severity, .after = escalation.after, .channels = names_of(plan, escalation.to)});
  }
  rule.resolves = alert.resolve_when.has_value();
  rule.shadow = alert.shadow;
  return rule;
}

}    // namespace

bool has_channels(const patterns::Plan& plan) {
  const bool of_rows = std::ranges::any_of(plan.relations, [](const patterns::Relation& relation) {
    const auto* alert = std::get_if<patterns::AlertPlan>(&relation.body);
    return alert != nullptr && has_channels(*alert);
  });
  return of_rows || std::ranges::any_of(plan.metrics_alerts, [](const auto& alert) { return !alert.notify.empty(); });
}

Result<alerts::DispatcherConfig> dispatcher_config(const patterns::Plan& plan,
                                                   const std::filesystem::path& state_folder,
                                                   const std::string& base_folder) {
  alerts::DispatcherConfig config;
  config.folder = state_folder;
  for (const ChannelPlan& channel : plan.channels) {
    Result<alerts::ChannelConfig> made = channel_of(channel, base_folder);
    if (!made) return Error{fmt::format("channel `{}`: {}", channel.name, made.error().message)};
    config.channels.push_back(std::move(*made));
  }
  for (const patterns::Relation& relation : plan.relations) {
    const auto* alert = std::get_if<patterns::AlertPlan>(&relation.body);
    if (alert != nullptr && has_channels(*alert)) config.rules.push_back(rule_of(plan, relation.name, *alert));
  }
  for (const patterns::MetricsAlertPlan& alert : plan.metrics_alerts) {
    if (alert.notify.empty()) continue;
    config.rules.push_back({.name = alert.name,
                            .notify = names_of(plan, alert.notify),
                            .wall_clock = true,
                            .dedupe = alert.dedupe.value_or(0)});
  }
  return config;
}

void check_channels(const patterns::Plan& plan, const std::string& base_folder, patterns::Diagnostics& diagnostics) {
  const auto report = [&](patterns::Span place, const ChannelPlan& channel, std::string_view message) {
    diagnostics.error(patterns::DiagnosticKind::bad_constant, place,
                      fmt::format("channel `{}`: {}", channel.name, message));
  };
  std::vector<alerts::ChannelConfig> channels;
  std::vector<const ChannelPlan*> plans;
  for (const ChannelPlan& channel : plan.channels) {
    Result<alerts::ChannelConfig> made = channel_of(channel, base_folder);
    if (!made) {
      report(channel.place, channel, made.error().message);
      continue;
    }
    channels.push_back(std::move(*made));
    plans.push_back(&channel);
  }
  for (const alerts::ChannelProblem& problem : alerts::check_channels(channels)) {
    const ChannelPlan& channel = *plans[problem.channel];
    report(problem.of_body ? channel.body_place : channel.place, channel, problem.message);
  }
}

}    // namespace cepheid::runtime
