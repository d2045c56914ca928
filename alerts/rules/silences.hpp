#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "alerts/alert.hpp"
#include "alerts/rules/silence.hpp"
#include "cepheid/result.hpp"

namespace cepheid::alerts {

/// The silences of a file, which is a list as read_silences() reads it.
///
/// The file is the truth: it may be edited at any time, and what is added or removed here is written into it. Not
/// thread-safe.
class Silences {
 public:
  explicit Silences(std::filesystem::path file) : file_(std::move(file)) {}

  /// Reads the file if it is not as it was. If it cannot be understood, what was read before holds on, and nothing can
  /// be added or removed.
  [[nodiscard]] Result<void> refresh();
  /// In place of one with the same id; an empty id is made. Gives it as it is stored. Those that are over leave the
  /// file.
  [[nodiscard]] Result<Silence> add(Silence silence, TimeMs wall_now);
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
