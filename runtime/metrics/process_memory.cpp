#include "runtime/metrics/process_memory.hpp"

#include <algorithm>
#include <fstream>
#include <string>

#include <unistd.h>

namespace cepheid::runtime {

namespace {

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  if (!(file >> pages >> resident)) return 0;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t machine_bytes() {
  return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// A limit of a control group; nothing to be read or `max`: none.
std::uint64_t limit_in(const char* path, std::uint64_t none) {
  std::ifstream file(path);
  std::uint64_t bytes = 0;
  return file >> bytes ? bytes : none;
}

}    // namespace

ProcessMemory process_memory() {
  std::uint64_t limit = machine_bytes();
  limit = std::min(limit, limit_in("/sys/fs/cgroup/memory.max", limit));
  limit = std::min(limit, limit_in("/sys/fs/cgroup/memory/memory.limit_in_bytes", limit));
  return {.resident = resident_bytes(), .limit = limit};
}

}    // namespace cepheid::runtime
