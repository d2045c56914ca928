#pragma once

#include <cstdint>

namespace cepheid::runtime {

/// Memory of this process in bytes; 0: the system does not say.
struct ProcessMemory {
  std::uint64_t resident = 0;
  /// What it may have: the limit of its control group, else the machine's memory.
  std::uint64_t limit = 0;
};

/// As Linux tells it in /proc and /sys/fs/cgroup.
[[nodiscard]] ProcessMemory process_memory();

}    // namespace cepheid::runtime
