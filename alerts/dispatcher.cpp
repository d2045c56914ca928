#include "alerts/dispatcher.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "alerts/channels/make_channel.hpp"
#include "alerts/check_channels.hpp"
#include "alerts/text/digest.hpp"
#include "alerts/text/time_text.hpp"

namespace cepheid::alerts {

namespace {

constexpr DurationMs kLookEvery = 1'000;
constexpr std::size_t kMostGroups = 10'000;    // open at one time in a rule; beyond, alerts go alone
constexpr std::size_t kMostAlertsOfGroup = 1'000;

std::string key_of(const std::vector<std::string>& values) {
  KeyText key;
  for (const std::string& value : values) key.add(value);
  return key.take();
}

/// What the alert is about: the same for all alerts with these values where the rule has a notion of repeats, else it
/// is about itself only.
std::string incident_of(const AlertRule& rule, const Alert& alert) {
  if (rule.dedupe == 0 && !rule.has_incidents()) return alert.id;
  return digest({rule.name, key_of(alert.dedupe_values)});
}

std::string channel_journal(const std::string& channel) {
  return "channel-" + channel;
}

}    // namespace

AlertDispatcher::AlertDispatcher(DispatcherConfig config, Surroundings surroundings)
    : config_(std::move(config)),
      surroundings_(std::move(surroundings)),
      silences_(config_.silence_file.empty() ? config_.folder / "silences.json" : config_.silence_file) {}

AlertDispatcher::~AlertDispatcher() {
  stop(0);
  outboxes_.clear();
  if (lock_descriptor_ >= 0) ::close(lock_descriptor_);
}

Result<std::unique_ptr<AlertDispatcher>> AlertDispatcher::open(DispatcherConfig config, Surroundings surroundings) {
  std::unique_ptr<AlertDispatcher> dispatcher(new AlertDispatcher(std::move(config), std::move(surroundings)));
  CEPHEID_TRY(dispatcher->prepare_folder());
  CEPHEID_TRY(dispatcher->open_channels());
  CEPHEID_TRY(dispatcher->connect_rules());
  dispatcher->report_orphans();
  CEPHEID_TRY(dispatcher->silences_.refresh());
  return dispatcher;
}

Result<void> AlertDispatcher::prepare_folder() {
  std::error_code error;
  std::filesystem::create_directories(config_.folder, error);
  if (error) return Error{fmt::format("cannot make `{}`: {}", config_.folder.string(), error.message())};
  const std::filesystem::path lock = config_.folder / "lock";
  lock_descriptor_ = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_descriptor_ < 0) return Error{fmt::format("cannot open `{}`: {}", lock.string(), std::strerror(errno))};
  if (::flock(lock_descriptor_, LOCK_EX | LOCK_NB) != 0) {
    return Error{fmt::format("`{}` is used by another process", config_.folder.string())};
  }
  Result<std::unique_ptr<OpenIncidents>> incidents = OpenIncidents::open(config_.folder, config_.sync);
  if (!incidents) return incidents.error();
  incidents_ = *std::move(incidents);
  return {};
}

Result<void> AlertDispatcher::open_channels() {
  const auto wrong = [](const ChannelConfig& config, const std::string& message) {
    return Error{fmt::format("channel `{}`: {}", config.name, message)};
  };
  if (const std::vector<ChannelProblem> problems = check_channels(config_.channels); !problems.empty()) {
    return wrong(config_.channels[problems.front().channel], problems.front().message);
  }
  for (const ChannelConfig& config : config_.channels) {
    if (switched_off(config)) continue;
    Result<std::shared_ptr<Channel>> channel = make_channel(config, surroundings_.clock);
    if (!channel) return wrong(config, channel.error().message);
    Result<std::unique_ptr<Journal>> journal = Journal::open(config_.folder, channel_journal(config.name),
                                                             {.most_bytes = config.queue.bytes, .sync = config_.sync});
    if (!journal) return wrong(config, journal.error().message);
    Surroundings own = surroundings_;
    own.seed += outboxes_.size();
    outboxes_.push_back(std::make_unique<Outbox>(
        Outbox::Parts{
            .name = config.name,
            .retry = config.retry,
            .queue = config.queue,
            .journal = *std::move(journal),
            .channel = *std::move(channel),
            .dead_letters = DeadLetters(config_.folder / fmt::format("dead-{}.jsonl", config.name), config.name)},
        std::move(own)));
  }
  return {};
}

Result<void> AlertDispatcher::connect_rules() {
  std::set<std::string> known;
  for (const ChannelConfig& config : config_.channels) known.insert(config.name);
  for (const AlertRule& rule : config_.rules) {
    std::vector<std::string> named = rule.notify;
    for (const Escalation& escalation : rule.escalations) {
      named.insert(named.end(), escalation.channels.begin(), escalation.channels.end());
    }
    for (const std::string& channel : named) {
      if (!known.contains(channel)) return Error{fmt::format("alert `{}`: no channel `{}`", rule.name, channel)};
    }
    if (rule.limit > 0 && rule.limit_period <= 0)
      return Error{fmt::format("alert `{}`: a limit without period", rule.name)};
    auto state = std::make_unique<RuleState>(rule, config_.most_dedupe_keys);
    state->notify = outboxes_of(rule.notify);
    std::vector<Escalation>& escalations = state->rule.escalations;
    std::stable_sort(escalations.begin(), escalations.end(),
                     [](const Escalation& a, const Escalation& b) { return a.after < b.after; });
    if (!rules_.emplace(rule.name, std::move(state)).second) {
      return Error{fmt::format("alert `{}` is there twice", rule.name)};
    }
  }
  return {};
}

void AlertDispatcher::report_orphans() const {
  std::set<std::string> reported;
  std::error_code ignored;    // only a hint for the log
  for (const auto& entry : std::filesystem::directory_iterator(config_.folder, ignored)) {
    const std::string file = entry.path().filename().string();
    const std::size_t dot = file.find('.');
    if (!file.starts_with(channel_journal("")) || !file.ends_with(".journal")) continue;
    const std::string name = file.substr(channel_journal("").size(), dot - channel_journal("").size());
    const bool is_there =
        std::any_of(outboxes_.begin(), outboxes_.end(), [&](const auto& o) { return o->name() == name; });
    if (!is_there && reported.insert(name).second) {
      log(fmt::format("alerts wait in `{}` for channel `{}`, which is not there or switched off",
                      config_.folder.string(), name));
    }
  }
}

Raised AlertDispatcher::raise(Alert alert) {
  const std::lock_guard lock(mutex_);
  const auto found = rules_.find(alert.name);
  if (stopped_ || found == rules_.end()) return Raised::unknown;
  RuleState& state = *found->second;
  const TimeMs now = now_of(state, alert.time);
  if (alert.resolve) return resolve(state, std::move(alert));

  alert.incident.clear();
  if (state.rule.has_incidents()) {
    alert.incident = incident_of(state.rule, alert);
    resolve_if_silent(state, alert.incident, now);
    incidents_->see(alert.incident, now);
  }
  if (state.rule.dedupe > 0 && state.deduplication.held_back(alert.dedupe_values, now)) {
    ++state.stats.repeated;
    suppress(state);
    return Raised::repeated;
  }
  ++state.stats.raised;
  if (state.rule.shadow || (state.notify.empty() && state.rule.escalations.empty())) return Raised::raised;
  complete(alert);
  if (alert.incident.empty()) alert.incident = incident_of(state.rule, alert);
  const TimeMs wall_now = surroundings_.clock->wall_now();
  refresh_silences();
  if (silences_.silenced(alert, wall_now)) {
    ++state.stats.silenced;
    suppress(state);
    return Raised::silenced;
  }
  return notify(state, alert, now);
}

Raised AlertDispatcher::notify(RuleState& state, const Alert& alert, TimeMs now) {
  const bool groups = state.rule.group > 0;
  std::string group_key;
  if (groups) {
    close_groups(state, now, surroundings_.clock->steady_now());
    group_key = key_of(alert.group_values);
    if (const auto open = state.groups.find(group_key); open != state.groups.end()) {
      open_incident(state, alert, now);
      const bool safe = join_group(open->second, alert);
      if (open->second.alerts >= kMostAlertsOfGroup) close_group(state, open);
      return safe ? Raised::raised : Raised::lost;
    }
  }
  if (state.rule.limit > 0) {
    send_summary(state, state.limit.ended(now));
    if (!state.limit.allows(alert, now)) {
      ++state.stats.limited;
      suppress(state);
      return Raised::limited;
    }
  }
  open_incident(state, alert, now);
  if (!groups || state.groups.size() >= kMostGroups) {
    return deliver(state.notify, alert) ? Raised::raised : Raised::lost;
  }
  OpenGroup group{.opened = now,
                  .opened_steady = surroundings_.clock->steady_now(),
                  .name = digest({state.rule.name, group_key, alert.id}),
                  .places = {}};
  for (Outbox* outbox : state.notify) group.places.emplace_back(outbox, std::vector<RecordPlace>());
  state.first_opened = std::min(state.first_opened, group.opened);
  state.first_opened_steady = std::min(state.first_opened_steady, group.opened_steady);
  const bool safe = join_group(group, alert);
  state.groups.emplace(std::move(group_key), std::move(group));
  return safe ? Raised::raised : Raised::lost;
}

bool AlertDispatcher::deliver(const std::vector<Outbox*>& outboxes, const Alert& alert) {
  std::string json;
  append_json(json, alert);
  bool safe = true;
  for (Outbox* outbox : outboxes) {
    const Outbox::Accepted accepted = outbox->accept(json, {});
    if (accepted.acceptance == Outbox::Acceptance::journaled) outbox->send({accepted.place});
    safe &= accepted.acceptance != Outbox::Acceptance::lost;
  }
  return safe;
}

bool AlertDispatcher::join_group(OpenGroup& group, const Alert& alert) {
  std::string json;
  append_json(json, alert);
  bool safe = true;
  for (auto& [outbox, places] : group.places) {
    const Outbox::Accepted accepted = outbox->accept(json, group.name);
    if (accepted.acceptance == Outbox::Acceptance::journaled) places.push_back(accepted.place);
    safe &= accepted.acceptance != Outbox::Acceptance::lost;
  }
  ++group.alerts;
  return safe;
}

void AlertDispatcher::close_group(RuleState& state, std::map<std::string, OpenGroup>::iterator group) {
  for (auto& [outbox, places] : group->second.places) outbox->send(std::move(places));
  state.groups.erase(group);
}

void AlertDispatcher::close_group_of(RuleState& state, const Alert& alert) {
  const auto open = state.groups.find(key_of(alert.group_values));
  if (open != state.groups.end()) close_group(state, open);
}

void AlertDispatcher::close_groups(RuleState& state, TimeMs now, TimeMs steady_now) {
  const DurationMs length = state.rule.group;
  const auto over = [&](TimeMs opened, TimeMs opened_steady) {
    return now >= add_saturated(opened, length) || steady_now >= add_saturated(opened_steady, length);
  };
  if (state.groups.empty() || !over(state.first_opened, state.first_opened_steady)) return;
  state.first_opened = kEndOfTime;
  state.first_opened_steady = kEndOfTime;
  std::vector<std::map<std::string, OpenGroup>::iterator> due;
  for (auto group = state.groups.begin(); group != state.groups.end(); ++group) {
    if (over(group->second.opened, group->second.opened_steady)) {
      due.push_back(group);
    } else {
      state.first_opened = std::min(state.first_opened, group->second.opened);
      state.first_opened_steady = std::min(state.first_opened_steady, group->second.opened_steady);
    }
  }
  std::stable_sort(due.begin(), due.end(),
                   [](const auto& a, const auto& b) { return a->second.opened < b->second.opened; });
  for (const auto group : due) close_group(state, group);
}

void AlertDispatcher::send_summary(RuleState& state, std::optional<Alert> summary) {
  if (!summary) return;
  complete(*summary);
  deliver(state.notify, *summary);
}

void AlertDispatcher::open_incident(RuleState& state, const Alert& alert, TimeMs now) {
  if (!state.rule.has_incidents()) return;
  Incident incident{.alert = alert, .told = {}, .opened = surroundings_.clock->wall_now(), .seen = now};
  if (const Incident* open = incidents_->find(alert.incident)) {
    incident.opened = open->opened;
    incident.escalations = open->escalations;
    incident.told = open->told;
  }
  for (const Outbox* outbox : state.notify) {
    if (std::find(incident.told.begin(), incident.told.end(), outbox->name()) == incident.told.end()) {
      incident.told.push_back(outbox->name());
    }
  }
  const Result<bool> put = incidents_->put(std::move(incident));
  if (!put) log(fmt::format("alert `{}`: {}", state.rule.name, put.error().message));
  if (put && !*put && state.stats.untracked++ == 0) {
    log(fmt::format("alert `{}`: {} incidents are open, further ones are not resolved by themselves", state.rule.name,
                    OpenIncidents::kMost));
  }
}

Raised AlertDispatcher::resolve(RuleState& state, Alert alert) {
  alert.incident = incident_of(state.rule, alert);
  complete(alert);
  const Incident* open = incidents_->find(alert.incident);
  if (open == nullptr) return Raised::not_open;
  resolve_incident(state, *open, std::move(alert));
  return Raised::raised;
}

void AlertDispatcher::resolve_incident(RuleState& state, const Incident& incident, Alert message) {
  if (message.title.empty()) message.title = incident.alert.title;
  if (message.severity.empty()) message.severity = incident.alert.severity;
  close_group_of(state, incident.alert);    // the resolve must not arrive before what it resolves
  const std::vector<Outbox*> told = outboxes_of(incident.told);
  const std::string key = incident.alert.incident;
  deliver(told, message);
  ++state.stats.resolved;
  log_if_failed(incidents_->close(key));
}

void AlertDispatcher::resolve_if_silent(RuleState& state, const std::string& key, TimeMs now) {
  const DurationMs after = state.rule.resolve_after;
  if (after == 0) return;
  const Incident* open = incidents_->find(key);
  if (open == nullptr || now < add_saturated(open->seen, after)) return;
  Alert message = open->alert;
  message.resolve = true;
  message.id = digest({open->alert.id, "resolved"});
  message.time = add_saturated(open->seen, after);
  message.body = fmt::format("Nothing came for {}.", duration_text(after));
  resolve_incident(state, *open, std::move(message));
}

void AlertDispatcher::tick(TimeMs event_time) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  event_time_ = std::max(event_time_, event_time);
  const TimeMs steady_now = surroundings_.clock->steady_now();
  for (auto& [name, state] : rules_) {
    const TimeMs now = now_of(*state, event_time_);
    close_groups(*state, now, steady_now);
    if (state->rule.limit > 0) send_summary(*state, state->limit.ended(now));
  }
  if (steady_now >= next_incident_look_) {
    next_incident_look_ = steady_now + kLookEvery;
    refresh_silences();
    look_at_incidents(surroundings_.clock->wall_now());
  }
}

void AlertDispatcher::look_at_incidents(TimeMs wall_now) {
  std::vector<std::string> keys;    // what is done with them changes the map
  for (const auto& [key, entry] : incidents_->all()) keys.push_back(key);
  for (const std::string& key : keys) {
    const auto rule = rules_.find(incidents_->find(key)->alert.name);
    if (rule == rules_.end() || !rule->second->rule.has_incidents()) {
      log_if_failed(incidents_->close(key));    // of a rule file that is no more
      continue;
    }
    resolve_if_silent(*rule->second, key, now_of(*rule->second, event_time_));
    if (const Incident* open = incidents_->find(key)) escalate(*rule->second, *open, wall_now);
  }
}

void AlertDispatcher::escalate(RuleState& state, const Incident& incident, TimeMs wall_now) {
  const std::vector<Escalation>& escalations = state.rule.escalations;
  if (incident.escalations >= escalations.size()) return;
  const Escalation& next = escalations[incident.escalations];
  if (wall_now < add_saturated(incident.opened, next.after) || silences_.silenced(incident.alert, wall_now)) return;
  Incident changed = incident;
  ++changed.escalations;
  if (next.severity.empty() || next.severity == incident.alert.severity) {
    Alert message = incident.alert;
    message.id = digest({incident.alert.id, "escalation", fmt::format_int(changed.escalations).str()});
    message.title = fmt::format("Unresolved for {}: {}", duration_text(next.after), title_of(incident.alert));
    for (const std::string& channel : next.channels) {
      if (std::find(changed.told.begin(), changed.told.end(), channel) == changed.told.end())
        changed.told.push_back(channel);
    }
    deliver(outboxes_of(next.channels), message);
    ++state.stats.escalated;
  }
  const Result<bool> put = incidents_->put(std::move(changed));
  if (!put) log(fmt::format("alert `{}`: {}", state.rule.name, put.error().message));
}

std::size_t AlertDispatcher::stop(DurationMs grace) {
  const std::lock_guard stopping(stop_mutex_);
  {
    const std::lock_guard lock(mutex_);
    for (auto& [name, state] : rules_) {
      close_groups(*state, kEndOfTime, kEndOfTime);
      send_summary(*state, state->limit.rest());
    }
    stopped_ = true;
  }
  // Without the lock: who asks for the stats meanwhile is answered.
  const TimeMs deadline = add_saturated(surroundings_.clock->steady_now(), grace);
  for (const auto& outbox : outboxes_) outbox->stop_at(deadline);
  std::size_t waiting = 0;
  for (const auto& outbox : outboxes_) {
    outbox->join();
    waiting += outbox->stats().queued;
  }
  return waiting;
}

DispatcherStats AlertDispatcher::stats() const {
  const std::lock_guard lock(mutex_);
  DispatcherStats stats;
  for (const auto& outbox : outboxes_) stats.channels.push_back(outbox->stats());
  for (const auto& [name, state] : rules_) stats.rules.push_back(state->stats);
  return stats;
}

Result<Silence> AlertDispatcher::silence(Silence silence) {
  const std::lock_guard lock(mutex_);
  return silences_.add(std::move(silence), surroundings_.clock->wall_now());
}

Result<bool> AlertDispatcher::end_silence(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return silences_.remove(id);
}

std::vector<Silence> AlertDispatcher::silences() const {
  const std::lock_guard lock(mutex_);
  return silences_.list();
}

void AlertDispatcher::refresh_silences() {
  const TimeMs steady_now = surroundings_.clock->steady_now();
  if (steady_now < next_silence_refresh_) return;
  next_silence_refresh_ = steady_now + kLookEvery;
  log_if_failed(silences_.refresh());
}

void AlertDispatcher::suppress(const RuleState& state) {
  for (Outbox* outbox : state.notify) outbox->count_suppressed();
}

TimeMs AlertDispatcher::now_of(const RuleState& state, TimeMs event_time) const {
  return state.rule.wall_clock ? surroundings_.clock->wall_now() : event_time;
}

std::vector<Outbox*> AlertDispatcher::outboxes_of(const std::vector<std::string>& names) const {
  std::vector<Outbox*> outboxes;
  for (const auto& outbox : outboxes_) {
    if (std::find(names.begin(), names.end(), outbox->name()) != names.end()) outboxes.push_back(outbox.get());
  }
  return outboxes;
}

void AlertDispatcher::log_if_failed(const Result<void>& result) const {
  if (!result) log(result.error().message);
}

void AlertDispatcher::log(const std::string& line) const {
  if (surroundings_.log) surroundings_.log(line);
}

}    // namespace cepheid::alerts
