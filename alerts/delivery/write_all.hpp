#pragma once

#include <string_view>

namespace cepheid::alerts {

/// Writes all bytes to a file's descriptor, in one call if the system lets it. False: `errno` says why not.
[[nodiscard]] bool write_all(int descriptor, std::string_view bytes);

}    // namespace cepheid::alerts
