#pragma once

#include <optional>
#include <string>

#include "reference/model.hpp"

namespace cepheid::reference {

/// Why a pattern must be refused (semantics.md, section 12); nothing for one that is allowed.
[[nodiscard]] std::optional<std::string> rejected(const Pattern& pattern);

}    // namespace cepheid::reference
