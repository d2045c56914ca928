#include "alerts/delivery/write_all.hpp"

#include <cerrno>

#include <unistd.h>

namespace cepheid::alerts {

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno != EINTR) return false;
      continue;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}    // namespace cepheid::alerts
