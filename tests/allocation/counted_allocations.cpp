#include "tests/allocation/counted_allocations.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <new>

#include <dlfcn.h>
#include <execinfo.h>
#include <fmt/format.h>

namespace cepheid {
namespace {

constexpr std::size_t kPlaces = 16;
constexpr int kDepth = 12;

/// What a thread has allocated while it was counted.
struct Allocations {
  bool counting = false;
  std::uint64_t count = 0;
  std::array<std::array<void*, kDepth>, kPlaces> stacks{};
};
thread_local Allocations allocations;

void note() {
  if (!allocations.counting) return;
  if (allocations.count < kPlaces) {
    allocations.counting = false;    // backtrace() may allocate
    backtrace(allocations.stacks[allocations.count].data(), kDepth);
    allocations.counting = true;
  }
  ++allocations.count;
}

void* allocate(std::size_t size, std::size_t alignment) {
  note();
  const std::size_t whole = (std::max<std::size_t>(size, 1) + alignment - 1) / alignment * alignment;
  void* const memory =
      alignment <= alignof(std::max_align_t) ? std::malloc(whole) : std::aligned_alloc(alignment, whole);
  if (memory == nullptr) std::abort();
  return memory;
}

}    // namespace

CountedAllocations::CountedAllocations() {
  allocations = {};
  allocations.counting = true;
}

CountedAllocations::~CountedAllocations() {
  stop();
}

void CountedAllocations::stop() {
  allocations.counting = false;
}

std::uint64_t CountedAllocations::count() const {
  return allocations.count;
}

std::string CountedAllocations::places() const {
  std::string text;
  for (std::size_t i = 0; i < std::min<std::uint64_t>(allocations.count, kPlaces); ++i) {
    for (void* const at : allocations.stacks[i]) {
      Dl_info module{};
      if (at == nullptr || dladdr(at, &module) == 0) break;
      // The address as the file has it; of the call, not of what comes behind it.
      const auto offset = static_cast<const char*>(at) - static_cast<const char*>(module.dli_fbase) - 1;
      fmt::format_to(std::back_inserter(text), "{:#x} ", offset);
    }
    text += '\n';
  }
  return text;
}

}    // namespace cepheid

// All other forms of `new` and `delete` call these, but for those of a sanitizer, which are not counted.
void* operator new(std::size_t size) {
  return cepheid::allocate(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return cepheid::allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
