#pragma once

#include <string>

#include "cepheid/time.hpp"

namespace cepheid::alerts {

/// `2024-05-01T09:30:00.250Z`. Times outside of the years 0 to 9999 give the nearest end.
[[nodiscard]] std::string iso_8601(TimeMs time);

/// `Wed, 01 May 2024 09:30:00 +0000`, the date of a mail (RFC 5322).
[[nodiscard]] std::string mail_date(TimeMs time);

/// `90s`, `5m`, `2h`: the largest unit that says it exactly.
[[nodiscard]] std::string duration_text(DurationMs duration);

}    // namespace cepheid::alerts
