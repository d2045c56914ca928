#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

#include <sys/mman.h>

namespace cepheid::nfa {

/// Memory that is read here and there: on pages of the usual size each look would also wait for the page's address. The
/// system is asked for huge pages for pieces of at least one; it may not have any, and smaller pieces stay where they
/// would be.
inline constexpr std::size_t kHugePageBytes = std::size_t{2} << 20;

/// Aligned to a cache line, not cleared; to be given back by std::free(). Throws std::bad_alloc.
[[nodiscard]] inline void* allocate_on_huge_pages(std::size_t bytes) {
  constexpr std::size_t kLineBytes = 64;
  const bool is_huge = bytes >= kHugePageBytes;
  const std::size_t unit = is_huge ? kHugePageBytes : kLineBytes;
  const std::size_t size = (bytes + unit - 1) / unit * unit;
  void* memory = std::aligned_alloc(unit, size);
  if (memory == nullptr) throw std::bad_alloc();
  if (is_huge) ::madvise(memory, size, MADV_HUGEPAGE);    // advice: what it gives does not matter
  return memory;
}

/// For the standard's containers.
template <typename T>
struct HugePageAllocator {
  using value_type = T;    // NOLINT(readability-identifier-naming): the standard's name

  HugePageAllocator() = default;
  template <typename U>
  HugePageAllocator(const HugePageAllocator<U>& /*other*/) {}    // NOLINT(google-explicit-constructor)

  [[nodiscard]] T* allocate(std::size_t n) { return static_cast<T*>(allocate_on_huge_pages(n * sizeof(T))); }
  void deallocate(T* memory, std::size_t /*n*/) { std::free(memory); }
  template <typename U>
  bool operator==(const HugePageAllocator<U>& /*other*/) const {
    return true;
  }
};

}    // namespace cepheid::nfa
