#pragma once

#include <cstdint>
#include <string>

namespace cepheid {

/// Counts what the thread that made it allocates by `operator new`, until stop() or its end. One at a time on a thread.
class CountedAllocations {
 public:
  CountedAllocations();
  ~CountedAllocations();
  CountedAllocations(const CountedAllocations&) = delete;
  CountedAllocations& operator=(const CountedAllocations&) = delete;

  void stop();
  [[nodiscard]] std::uint64_t count() const;
  /// Where the first of them happened, the innermost call first: one line an allocation, to be read by
  /// `addr2line -Cfpie PROGRAM ADDRESS…`.
  [[nodiscard]] std::string places() const;
};

}    // namespace cepheid
