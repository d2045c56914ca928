#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "alerts/alert.hpp"
#include "alerts/delivery/journal.hpp"
#include "cepheid/result.hpp"

namespace cepheid::alerts {

/// Something that was raised and is not resolved yet.
struct Incident {
  Alert alert;                      // the last one raised
  std::vector<std::string> told;    // the channels that have been sent it
  TimeMs opened = 0;                // by the wall clock
  TimeMs seen = 0;                  // when its last row came, by the rule's clock
  std::size_t escalations = 0;      // that have been sent
};

/// The incidents that are open, by `Alert::incident`, also on disk, so that what an earlier process opened is resolved.
/// Bounded. Not thread-safe.
class OpenIncidents {
 public:
  static constexpr std::size_t kMost = 10'000;

  [[nodiscard]] static Result<std::unique_ptr<OpenIncidents>> open(const std::filesystem::path& folder, bool sync);

  /// Null: not open.
  [[nodiscard]] const Incident* find(const std::string& key) const;
  /// Opens it, or puts it in the place of the open one. False: too many are open.
  [[nodiscard]] Result<bool> put(Incident incident);
  /// Notes that a row came; not on disk: after a start the time of put() counts.
  void see(const std::string& key, TimeMs time);
  [[nodiscard]] Result<void> close(const std::string& key);

  struct Entry {
    Incident incident;
    RecordPlace place;
  };
  [[nodiscard]] const std::map<std::string, Entry>& all() const { return open_; }

 private:
  explicit OpenIncidents(std::unique_ptr<Journal> journal) : journal_(std::move(journal)) {}

  [[nodiscard]] Result<void> recover();
  /// Writes the journal anew if most of it is of the past.
  [[nodiscard]] Result<void> compact();

  std::unique_ptr<Journal> journal_;
  std::map<std::string, Entry> open_;
};

}    // namespace cepheid::alerts
