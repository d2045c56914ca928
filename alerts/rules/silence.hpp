#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/alert.hpp"
#include "cepheid/result.hpp"
#include "cepheid/time.hpp"

namespace cepheid::alerts {

/// Silences that there are at most at one time.
inline constexpr std::size_t kMostSilences = 10'000;

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

/// When a silence is over that begins now and lasts as long as the text says; nothing: the text is no duration.
using UntilAfter = std::function<std::optional<TimeMs>(std::string_view duration)>;

/// Reads `{"id": "…", "matchers": {"alert": "…", "user_id": "…"}, "until": "2024-05-01T12:00:00Z", "comment": "…"}`:
/// `until` is an ISO 8601 time, or milliseconds since the epoch. Of the others each may be absent; without an `id` one
/// is made of the matchers and `until`. With `until_after`, `"for": "2h"` may stand in place of `until`. The error says
/// what is wrong. Nesting and bytes that are no UTF-8 do no harm.
[[nodiscard]] Result<Silence> read_silence(std::string_view json, const UntilAfter& until_after = {});
/// Reads a list of at most kMostSilences.
[[nodiscard]] Result<std::vector<Silence>> read_silences(std::string_view json);

/// What read_silence() reads, on one line without an end; a time outside of the years 0 to 9999 is written as the
/// nearest end of these. The texts must be UTF-8.
[[nodiscard]] std::string silence_text(const Silence& silence);
/// What read_silences() reads: one on each line.
[[nodiscard]] std::string silences_text(const std::vector<Silence>& silences);

/// The id of a silence that was given none: the same for the same matchers and end.
[[nodiscard]] std::string made_silence_id(const Silence& silence);

}    // namespace cepheid::alerts
