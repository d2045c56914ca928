// A program around AlertDispatcher for the tests of this folder: configured by a JSON file, driven by lines on standard
// input. After each command it prints a line and flushes it, so that who reads `raised ID` knows: accepted.
//
//   raise ALERT     an alert as JSON                                  -> raised ID | silenced ID | …
//   flood N PREFIX  N alerts with the ids PREFIX-0, PREFIX-1, …       -> N lines as of `raise`
//   tick TIME                                                         -> ticked
//   stats                                                             -> a line of JSON
//   stop GRACE      in ms                                             -> waiting N

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include <fmt/format.h>
#include <rapidjson/document.h>

#include "alerts/dispatcher.hpp"
#include "alerts/text/json_text.hpp"

namespace {

using namespace cepheid::alerts;
using Json = rapidjson::Value;

std::string text(const Json& object, const char* name, const char* otherwise = "") {
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? otherwise : found->value.GetString();
}

std::int64_t number(const Json& object, const char* name, std::int64_t otherwise) {
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? otherwise : found->value.GetInt64();
}

std::vector<std::string> texts(const Json& object, const char* name) {
  std::vector<std::string> list;
  if (const auto found = object.FindMember(name); found != object.MemberEnd()) {
    for (const Json& value : found->value.GetArray()) list.emplace_back(value.GetString());
  }
  return list;
}

NetworkConfig network_of(const Json& json) {
  return {.connect_ms = 2'000, .attempt_ms = number(json, "attempt_ms", 10'000), .ca_file = text(json, "ca_file")};
}

ChannelConfig channel_of(const Json& json) {
  ChannelConfig config{.name = text(json, "name")};
  const std::string kind = text(json, "kind");
  if (kind == "file") config.kind = FileChannel{.path = text(json, "path")};
  if (kind == "slack") config.kind = SlackChannel{.url = text(json, "url"), .network = network_of(json)};
  if (kind == "pagerduty") {
    config.kind = PagerDutyChannel{
        .routing_key = text(json, "routing_key"), .url = text(json, "url"), .network = network_of(json)};
  }
  if (kind == "webhook") {
    WebhookChannel webhook{.url = text(json, "url"), .body = text(json, "body"), .network = network_of(json)};
    if (const auto headers = json.FindMember("headers"); headers != json.MemberEnd()) {
      for (const auto& header : headers->value.GetObject()) {
        webhook.headers.emplace_back(header.name.GetString(), header.value.GetString());
      }
    }
    config.kind = std::move(webhook);
  }
  if (kind == "email") {
    config.kind = EmailChannel{.to = text(json, "to"),
                               .from = text(json, "from"),
                               .server = text(json, "server"),
                               .user = text(json, "user"),
                               .password = text(json, "password"),
                               .network = network_of(json)};
  }
  config.retry.attempts = static_cast<int>(number(json, "attempts", 4));
  config.retry.first_ms = number(json, "first_ms", 10);
  config.queue.alerts = static_cast<std::size_t>(number(json, "queue", 100'000));
  return config;
}

DispatcherConfig config_of(const Json& json) {
  DispatcherConfig config;
  config.folder = text(json, "folder");
  for (const Json& channel : json["channels"].GetArray()) config.channels.push_back(channel_of(channel));
  for (const Json& rule : json["rules"].GetArray()) {
    config.rules.push_back({.name = text(rule, "name"),
                            .notify = texts(rule, "notify"),
                            .group = number(rule, "group", 0),
                            .resolves = number(rule, "resolves", 0) != 0});
  }
  return config;
}

std::string stats_text(const DispatcherStats& stats) {
  JsonText json;
  json.begin_object();
  for (const ChannelStats& channel : stats.channels) {
    json.name(channel.name).begin_object();
    const auto count = [&](const char* name, std::uint64_t value) {
      json.number(name, static_cast<std::int64_t>(value));
    };
    count("recovered", channel.recovered);
    count("accepted", channel.accepted);
    count("sent", channel.sent);
    count("suppressed", channel.suppressed);
    count("failed", channel.failed);
    count("lost", channel.lost);
    count("queued", channel.queued);
    count("retried", channel.retried);
    json.end_object();
  }
  return json.end_object().take();
}

const char* word_of(Raised raised) {
  switch (raised) {
    case Raised::raised: return "raised";
    case Raised::silenced: return "silenced";
    case Raised::limited: return "limited";
    case Raised::repeated: return "repeated";
    case Raised::not_open: return "not_open";
    case Raised::lost: return "lost";
    case Raised::unknown: break;
  }
  return "unknown";
}

void raise(AlertDispatcher& dispatcher, Alert alert) {
  std::string id = alert.id;
  std::replace_if(
      id.begin(), id.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20; }, '?');
  const Raised raised = dispatcher.raise(std::move(alert));
  std::cout << word_of(raised) << ' ' << id << std::endl;
}

void flood(AlertDispatcher& dispatcher, std::istringstream& arguments) {
  int count = 0;
  std::string prefix;
  arguments >> count >> prefix;
  for (int i = 0; i < count; ++i) {
    Alert alert;
    alert.id = fmt::format("{}-{}", prefix, i);
    alert.name = "flood";
    alert.severity = "warning";
    alert.time = i;
    alert.group_values = {std::to_string(i % 7)};
    raise(dispatcher, std::move(alert));
  }
}

int run(const char* config_file) {
  std::ifstream stream(config_file, std::ios::binary);
  const std::string config_text{std::istreambuf_iterator<char>(stream), {}};
  rapidjson::Document config;
  if (config.Parse(config_text.c_str()).HasParseError()) return 2;
  auto opened = AlertDispatcher::open(
      config_of(config),
      {.clock = system_clock(), .seed = 1, .log = [](const std::string& line) { std::cerr << line + '\n'; }});
  if (!opened) {
    std::cerr << opened.error().message << '\n';
    return 1;
  }
  AlertDispatcher& dispatcher = **opened;
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream arguments(line);
    std::string command;
    arguments >> command;
    if (command == "raise") {
      cepheid::Result<Alert> alert = read_alert(line.substr(command.size() + 1));
      if (!alert) return 2;
      raise(dispatcher, *std::move(alert));
    } else if (command == "flood") {
      flood(dispatcher, arguments);
    } else if (command == "tick") {
      cepheid::TimeMs time = 0;
      arguments >> time;
      dispatcher.tick(time);
      std::cout << "ticked" << std::endl;
    } else if (command == "stats") {
      std::cout << stats_text(dispatcher.stats()) << std::endl;
    } else if (command == "stop") {
      cepheid::DurationMs grace = 0;
      arguments >> grace;
      std::cout << "waiting " << dispatcher.stop(grace) << std::endl;
    }
  }
  return 0;
}

}    // namespace

int main(int argc, char** argv) {
  return argc == 2 ? run(argv[1]) : 2;
}
