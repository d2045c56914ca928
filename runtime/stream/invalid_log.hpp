#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cepheid/time.hpp"

namespace cepheid::runtime {

/// Tells of invalid records at most once a second for each reason, so that a broken input cannot fill a disk with its
/// log. Reasons come from a small set (InvalidRecord). Not thread-safe.
class InvalidLog {
 public:
  using Log = std::function<void(std::string_view message)>;
  explicit InvalidLog(Log log) : log_(std::move(log)) {}

  /// Notes one record; logs it, with the number held back since the last one, if a second has passed for this reason.
  void note(std::string_view place, std::string_view reason, TimeMs now_ms);

 private:
  struct Reason {
    std::string text;
    TimeMs last_ms;
    std::uint64_t held_back;
  };
  Log log_;
  std::vector<Reason> reasons_;
};

}    // namespace cepheid::runtime
