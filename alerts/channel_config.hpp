#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cepheid/time.hpp"

namespace cepheid::alerts {

class Channel;

/// How often and how patiently a message is tried.
struct RetryConfig {
  /// With the first; at least 1. After the last one the message goes to the dead letters.
  int attempts = 6;
  /// The wait before the second attempt; each further one is twice as long, up to `longest_ms`.
  DurationMs first_ms = 500;
  DurationMs longest_ms = 60'000;
  /// A receiver's `Retry-After` is waited for in place of a shorter wait of ours, but never longer than this.
  DurationMs longest_retry_after_ms = 3'600'000;
};

/// What waits for a channel, at most: what comes beyond goes to the dead letters at once, counted.
struct QueueConfig {
  std::size_t alerts = 100'000;
  std::uint64_t bytes = 256 << 20;
};

/// Of connections over a network.
struct NetworkConfig {
  DurationMs connect_ms = 5'000;
  /// Of one attempt from its beginning to the receiver's whole answer.
  DurationMs attempt_ms = 15'000;
  /// A file of certificates (PEM) to trust in place of the system's. Certificates and host names are always checked.
  std::string ca_file;
  /// `http://host:port` of a proxy for HTTP; empty: none. The environment's proxies are not looked at.
  std::string proxy;
};

/// A JSON line for each alert to an open descriptor, which stays open.
struct StdoutChannel {
  int descriptor = 1;
};

/// A JSON line for each alert, appended. The file is opened for each message, so it may be moved away at any time.
struct FileChannel {
  std::string path;
};

/// POST of a JSON text.
struct WebhookChannel {
  std::string url;    // http:// or https://
  /// JSON with `${…}` (see body_template.hpp); empty: the alert as append_json() writes it, of a group a list of them.
  std::string body;
  /// Further headers, sent as they are: `Authorization` and the like. Their values are secrets.
  std::vector<std::pair<std::string, std::string>> headers;
  NetworkConfig network;
};

/// Slack's incoming webhook. The whole URL is a secret.
struct SlackChannel {
  std::string url;
  NetworkConfig network;
};

/// PagerDuty's events API, version 2.
struct PagerDutyChannel {
  std::string routing_key;    // a secret
  std::string source = "cepheid";
  std::string url = "https://events.pagerduty.com/v2/enqueue";
  NetworkConfig network;
};

enum class MailTls : std::uint8_t {
  automatic,    // required with a user, else used if the server offers it
  required,     // the mail is not sent without
  never,        // for a relay on this machine
};

/// A mail by SMTP.
struct EmailChannel {
  /// Addresses, `ops@example.com` or `Night shift <ops@example.com>`, with commas between them.
  std::string to;
  std::string from;
  /// `smtp://host:587` (STARTTLS, see `tls`), `smtps://host:465` (TLS from the first byte), `host:port` as `smtp://`.
  std::string server;
  std::string user;        // empty: no authentication
  std::string password;    // a secret
  MailTls tls = MailTls::automatic;
  NetworkConfig network;
};

/// A channel of another library, such as one to Kafka.
struct CustomChannel {
  std::shared_ptr<Channel> channel;
};

struct ChannelConfig {
  std::string name;    // letters, digits, `_` and `-`: files are named after it
  std::variant<StdoutChannel, FileChannel, WebhookChannel, SlackChannel, PagerDutyChannel, EmailChannel, CustomChannel>
      kind;
  RetryConfig retry;
  QueueConfig queue;
};

/// Whether the channel's address (path, URL, routing key, server) is empty: such a channel is as if it were not
/// written.
[[nodiscard]] bool switched_off(const ChannelConfig& config);

}    // namespace cepheid::alerts
