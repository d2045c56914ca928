#include "cepheid/version.hpp"

namespace cepheid::inline v0 {

const char* library_version() {
  return CEPHEID_VERSION_TEXT;
}

}    // namespace cepheid::inline v0
