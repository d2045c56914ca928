#pragma once

#include "cepheid/export.hpp"

/// The version that these headers are of. The namespace `cepheid::v0` and the soname bear the major version: programs
/// built with one major version do not mix with another.
#define CEPHEID_VERSION_MAJOR 0
#define CEPHEID_VERSION_MINOR 1
#define CEPHEID_VERSION_PATCH 0

namespace cepheid::inline v0 {

/// The version of the library that runs, as "0.1.0".
[[nodiscard]] CEPHEID_API const char* library_version();

}    // namespace cepheid::inline v0
