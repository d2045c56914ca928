#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alerts/alert.hpp"
#include "cepheid/result.hpp"

namespace cepheid::alerts {

/// Alerts that nobody shall hear of until a time.
struct Silence {
  std::string id;
  /// What must hold of an alert, all of it: `alert` (the statement's name), `severity`, or a field of `values`, each
  /// with its text. Empty: every alert.
  std::map<std::string, std::string> matchers;
  /// By the wall clock, exclusive.
  TimeMs until = 0;
  std::string comment;

  [[nodiscard]] bool matches(const Alert& alert) const;
};

/// The silences of a file: `[{"id": "…", "matchers": {"alert": "…", "user_id": "…"}, "until": "2024-05-01T12:00:00Z",
/// "comment": "…"}, …]`, `until` also as milliseconds since the epoch.
///
/// The file is the truth: it may be edited at any time, and what is added or removed here is written into it. Not
/// thread-safe.
class Silences {
 public:
  static constexpr std::size_t kMost = 10'000;

  explicit Silences(std::filesystem::path file) : file_(std::move(file)) {}

  /// Reads the file if it is not as it was. If it cannot be understood, what was read before holds on, and nothing can
  /// be added or removed.
  [[nodiscard]] Result<void> refresh();
  /// In place of one with the same id; an empty id is made. Gives the id.
  [[nodiscard]] Result<std::string> add(Silence silence, TimeMs wall_now);
  /// False: there is none with this id.
  [[nodiscard]] Result<bool> remove(const std::string& id);

  [[nodiscard]] bool silenced(const Alert& alert, TimeMs wall_now) const;
  [[nodiscard]] const std::vector<Silence>& list() const { return silences_; }

 private:
  [[nodiscard]] Result<void> write(const std::vector<Silence>& silences);

  std::filesystem::path file_;
  std::optional<std::pair<std::filesystem::file_time_type, std::uintmax_t>> seen_;    // its time and size when read
  std::optional<Error> problem_;                                                      // with what was read last
  std::vector<Silence> silences_;
};

}    // namespace cepheid::alerts
