#pragma once

#include <filesystem>
#include <string_view>

#include "cepheid/result.hpp"

namespace cepheid::alerts {

/// Appends whole lines to a file that is made if it is not there, with its folders and these permissions (less the
/// process's mask). A file that ends within a line (a process was killed) gets its line end first. After an error
/// nothing of `lines` is left in it, as far as the system lets us.
[[nodiscard]] Result<void> append_to_file(const std::filesystem::path& file, std::string_view lines,
                                          std::filesystem::perms permissions);

/// Of files that only this program's user shall read.
inline constexpr std::filesystem::perms kOwnerOnly{0600};

}    // namespace cepheid::alerts
