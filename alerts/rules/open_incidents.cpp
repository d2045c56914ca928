#include "alerts/rules/open_incidents.hpp"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace cepheid::alerts {

namespace {

constexpr std::uint64_t kSmallJournal = 1 << 20;

// A record is `OPENED SEEN ESCALATIONS CHANNEL,CHANNEL JSON`.
std::string record_of(const Incident& incident) {
  std::string record =
      fmt::format("{} {} {} {} ", incident.opened, incident.seen, incident.escalations, fmt::join(incident.told, ","));
  append_json(record, incident.alert);
  return record;
}

std::string_view next_word(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

template <typename Number>
bool read_number(std::string_view& text, Number& number) {
  const std::string_view word = next_word(text, ' ');
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc() && end == word.data() + word.size();
}

std::optional<Incident> read_incident(std::string_view text) {
  Incident incident;
  if (!read_number(text, incident.opened) || !read_number(text, incident.seen) ||
      !read_number(text, incident.escalations)) {
    return std::nullopt;
  }
  for (std::string_view told = next_word(text, ' '); !told.empty();) incident.told.emplace_back(next_word(told, ','));
  Result<Alert> alert = read_alert(text);
  if (!alert) return std::nullopt;
  incident.alert = *std::move(alert);
  return incident;
}

}    // namespace

Result<std::unique_ptr<OpenIncidents>> OpenIncidents::open(const std::filesystem::path& folder, bool sync) {
  Result<std::unique_ptr<Journal>> journal = Journal::open(folder, "open-incidents", {.sync = sync});
  if (!journal) return journal.error();
  std::unique_ptr<OpenIncidents> incidents(new OpenIncidents(*std::move(journal)));
  CEPHEID_TRY(incidents->recover());
  return incidents;
}

Result<void> OpenIncidents::recover() {
  std::vector<RecordPlace> stale;
  for (const RecordPlace& place : journal_->take_recovered()) {
    const Result<std::string> record = journal_->read(place);
    if (!record) return record.error();
    std::optional<Incident> incident = read_incident(*record);
    if (!incident) {
      stale.push_back(place);
      continue;
    }
    const std::string key = incident->alert.incident;
    if (const auto earlier = open_.find(key); earlier != open_.end()) stale.push_back(earlier->second.place);
    open_[key] = Entry{*std::move(incident), place};
  }
  return stale.empty() ? Result<void>() : journal_->finish(stale);
}

const Incident* OpenIncidents::find(const std::string& key) const {
  const auto found = open_.find(key);
  return found == open_.end() ? nullptr : &found->second.incident;
}

Result<bool> OpenIncidents::put(Incident incident) {
  const std::string key = incident.alert.incident;
  const auto earlier = open_.find(key);
  if (earlier == open_.end() && open_.size() >= kMost) return false;
  CEPHEID_TRY(compact());
  const Result<RecordPlace> place = journal_->append(record_of(incident));
  if (!place) return place.error();
  if (earlier != open_.end()) {
    const RecordPlace old = earlier->second.place;
    earlier->second = Entry{std::move(incident), *place};
    CEPHEID_TRY(journal_->finish({&old, 1}));
  } else {
    open_.emplace(key, Entry{std::move(incident), *place});
  }
  return true;
}

void OpenIncidents::see(const std::string& key, TimeMs time) {
  const auto found = open_.find(key);
  if (found == open_.end()) return;
  found->second.incident.seen = std::max(found->second.incident.seen, time);
}

Result<void> OpenIncidents::close(const std::string& key) {
  const auto found = open_.find(key);
  if (found == open_.end()) return {};
  const RecordPlace place = found->second.place;
  open_.erase(found);
  return journal_->finish({&place, 1});
}

Result<void> OpenIncidents::compact() {
  if (journal_->bytes() < kSmallJournal + 4 * journal_->unfinished_bytes()) return {};
  std::vector<std::string> records;
  for (const auto& [key, entry] : open_) records.push_back(record_of(entry.incident));
  const Result<std::vector<RecordPlace>> places = journal_->replace_all(records);
  if (!places) return places.error();
  std::size_t next = 0;
  for (auto& [key, entry] : open_) entry.place = (*places)[next++];
  return {};
}

}    // namespace cepheid::alerts
