#pragma once

#include <string>
#include <string_view>

// What a constant in an expression must be, for whoever checks expressions before they are compiled.

namespace cepheid::nfa {

/// Is there a time zone of that name ("Asia/Seoul")? Slow: reads the zone the first time.
[[nodiscard]] bool is_known_zone(std::string_view name);

/// Does RE2 take the expression? If not and `why` is given, it gets RE2's reason.
[[nodiscard]] bool is_valid_regex(std::string_view expression, std::string* why);

}    // namespace cepheid::nfa
