#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "alerts/alert_rule.hpp"
#include "alerts/delivery/journal.hpp"
#include "alerts/rules/deduplication.hpp"
#include "alerts/rules/message_limit.hpp"
#include "alerts/stats.hpp"

namespace cepheid::alerts {

class Outbox;

/// Alerts that wait for the others of their group: accepted by the channels, not yet queued.
struct OpenGroup {
  TimeMs opened = 0;    // by the rule's clock
  TimeMs opened_steady = 0;
  std::string name;    // of this group in the journals
  std::size_t alerts = 0;
  std::vector<std::pair<Outbox*, std::vector<RecordPlace>>> places;    // a channel each
};

/// A rule with all that it remembers.
struct RuleState {
  explicit RuleState(AlertRule of, std::size_t most_dedupe_keys)
      : rule(std::move(of)), deduplication(rule.dedupe, most_dedupe_keys), limit(rule) {
    stats.name = rule.name;
  }

  AlertRule rule;
  std::vector<Outbox*> notify;
  Deduplication deduplication;
  MessageLimit limit;
  std::map<std::string, OpenGroup> groups;    // by the group's values
  /// No group was opened before these.
  TimeMs first_opened = kEndOfTime;
  TimeMs first_opened_steady = kEndOfTime;
  RuleStats stats;
};

}    // namespace cepheid::alerts
