#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cepheid/time.hpp"

namespace cepheid::alerts {

/// Further channels for what stays unresolved.
struct Escalation {
  /// Only alerts of this severity; empty: all.
  std::string severity;
  /// By the wall clock, since the alert was raised.
  DurationMs after = 0;
  std::vector<std::string> channels;
};

/// What an alert statement says beside its rows. A duration of 0 switches its clause off.
struct AlertRule {
  std::string name;
  /// The names of channels.
  std::vector<std::string> notify;
  /// `dedupe` and `resolve after` by the wall clock in place of event time: of metrics alerts.
  bool wall_clock = false;
  /// Held back: a time less than that of the last one raised with the same values + this.
  DurationMs dedupe = 0;
  /// One message for what comes within this time of the group's first alert: of event time or of the wall clock,
  /// whichever is over first.
  DurationMs group = 0;
  /// At most so many messages in each `limit_period`, which are aligned to the epoch; 0: no limit. An alert that joins
  /// a group is no message more.
  std::size_t limit = 0;
  DurationMs limit_period = 0;
  /// Resolved when no row with its values came for this long.
  DurationMs resolve_after = 0;
  std::vector<Escalation> escalations;
  /// The caller itself raises alerts with `resolve`. Implied by `wall_clock`, `resolve_after` and `escalations`.
  bool resolves = false;
  /// Counted, sent nowhere.
  bool shadow = false;

  /// Whether it is remembered until its end what was raised.
  [[nodiscard]] bool has_incidents() const {
    return wall_clock || resolves || resolve_after > 0 || !escalations.empty();
  }
};

}    // namespace cepheid::alerts
