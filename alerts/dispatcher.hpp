#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/alert.hpp"
#include "alerts/alert_rule.hpp"
#include "alerts/channel_config.hpp"
#include "alerts/clock.hpp"
#include "alerts/delivery/outbox.hpp"
#include "alerts/rules/open_incidents.hpp"
#include "alerts/rules/rule_state.hpp"
#include "alerts/rules/silences.hpp"
#include "alerts/stats.hpp"
#include "cepheid/result.hpp"

namespace cepheid::alerts {

struct DispatcherConfig {
  /// Of the journals, dead letters, silences and open incidents; made if it is not there, used by one process at a
  /// time.
  std::filesystem::path folder;
  std::vector<ChannelConfig> channels;
  std::vector<AlertRule> rules;
  /// Empty: `silences.json` in the folder.
  std::filesystem::path silence_file;
  /// Lists of values that `dedupe` remembers for each rule.
  std::size_t most_dedupe_keys = Deduplication::kMost;
  /// Accepted alerts outlive a loss of power too; raise() waits for the disk then.
  bool sync = false;
};

/// What became of a row that was raised.
enum class Raised : std::uint8_t {
  raised,      // a row of the alert's stream; on its way, or switched off (`shadow`, no channel that is on)
  silenced,    // a row of the stream; nobody is told
  limited,     // a row of the stream; told with the summary of its period
  repeated,    // held back by `dedupe`: no row of the stream
  not_open,    // a resolve of what is not open: nobody is told
  lost,        // a row of the stream; a channel's journal and dead letters could both not be written
  unknown,     // no rule has this name, or the dispatcher has been stopped
};

/// Decides which alerts go out and sends them.
///
/// raise() → `dedupe` → silences → `limit` → `group` → a journal for each channel, then a thread for each channel that
/// sends, tries again, and gives up to the dead letters. No call waits for a receiver; they write to files of this
/// machine only. When raise() has returned, the alert outlives the process however that ends.
///
/// Thread-safe. Repeated rows cost a look into a hash map; others some microseconds for each channel.
class AlertDispatcher {
 public:
  /// Fails where the configuration cannot work, or the folder cannot be used. Sends what an earlier process left.
  [[nodiscard]] static Result<std::unique_ptr<AlertDispatcher>> open(DispatcherConfig config,
                                                                     Surroundings surroundings);
  /// Stops without grace, unless stopped.
  ~AlertDispatcher();
  AlertDispatcher(const AlertDispatcher&) = delete;
  AlertDispatcher& operator=(const AlertDispatcher&) = delete;

  Raised raise(Alert alert);

  /// Lets time pass: closes groups, sends summaries, resolves and escalates. `event_time` is the watermark of what the
  /// alerts come from (the wall clock is looked at here); the largest one counts. To be called about once a second,
  /// also while nothing comes. At the end of the input call stop(), not this with the end of time: all would be
  /// resolved.
  void tick(TimeMs event_time);

  /// Closes all groups and sends what waits, for at most `grace`; what is left then stays in the journals for the next
  /// start. Gives how many alerts that are. raise() does nothing from here on.
  std::size_t stop(DurationMs grace);

  [[nodiscard]] DispatcherStats stats() const;

  /// Adds a silence, in the place of one with the same id, to the file too; gives it as it is stored, with an id if it
  /// had none. An error: the file cannot be written or is not understood, or there are kMostSilences.
  [[nodiscard]] Result<Silence> silence(Silence silence);
  /// False: there is no such silence.
  [[nodiscard]] Result<bool> end_silence(const std::string& id);
  /// All of the file as it was looked at last, those that are over too.
  [[nodiscard]] std::vector<Silence> silences() const;
  /// The clock by which silences end.
  [[nodiscard]] TimeMs wall_now() const { return surroundings_.clock->wall_now(); }

 private:
  AlertDispatcher(DispatcherConfig config, Surroundings surroundings);

  [[nodiscard]] Result<void> prepare_folder();
  [[nodiscard]] Result<void> open_channels();
  [[nodiscard]] Result<void> connect_rules();
  void report_orphans() const;

  Raised notify(RuleState& state, const Alert& alert, TimeMs now);
  Raised resolve(RuleState& state, Alert alert);
  /// Accepts the alert in these channels and queues it. False: one of them lost it.
  bool deliver(const std::vector<Outbox*>& outboxes, const Alert& alert);
  bool join_group(OpenGroup& group, const Alert& alert);
  void close_group(RuleState& state, std::map<std::string, OpenGroup>::iterator group);
  void close_group_of(RuleState& state, const Alert& alert);
  void close_groups(RuleState& state, TimeMs now, TimeMs steady_now);
  void send_summary(RuleState& state, std::optional<Alert> summary);
  void open_incident(RuleState& state, const Alert& alert, TimeMs now);
  void resolve_if_silent(RuleState& state, const std::string& key, TimeMs now);
  void resolve_incident(RuleState& state, const Incident& incident, Alert message);
  void look_at_incidents(TimeMs wall_now);
  void escalate(RuleState& state, const Incident& incident, TimeMs wall_now);
  void suppress(const RuleState& state);
  void refresh_silences();
  [[nodiscard]] TimeMs now_of(const RuleState& state, TimeMs event_time) const;
  [[nodiscard]] std::vector<Outbox*> outboxes_of(const std::vector<std::string>& names) const;
  void log_if_failed(const Result<void>& result) const;
  void log(const std::string& line) const;

  DispatcherConfig config_;
  Surroundings surroundings_;
  int lock_descriptor_ = -1;

  std::vector<std::unique_ptr<Outbox>> outboxes_;    // as many as after open()
  std::mutex stop_mutex_;                            // held while the outboxes' threads come to their ends

  mutable std::mutex mutex_;    // of all below
  std::map<std::string, std::unique_ptr<RuleState>, std::less<>> rules_;
  std::unique_ptr<OpenIncidents> incidents_;
  Silences silences_;
  TimeMs event_time_ = kBeginOfTime;
  TimeMs next_silence_refresh_ = kBeginOfTime;    // steady
  TimeMs next_incident_look_ = kBeginOfTime;      // steady
  bool stopped_ = false;
};

}    // namespace cepheid::alerts
