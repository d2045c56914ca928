#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cepheid::runtime {

/// What the operators that judge lateness said of each source row of a pass: a row counts as late if one refused it and
/// none took it. Rows are known by their `sequence`.
class LateMarks {
 public:
  /// The next pass: its rows have the sequences `first` and following.
  void begin(std::uint64_t first) {
    first_ = first;
    marks_.clear();
    any_refused_ = false;
  }
  /// Room for rows up to `sequence`.
  void extend(std::uint64_t sequence) {
    if (sequence >= first_ + marks_.size()) marks_.resize(static_cast<std::size_t>(sequence - first_) + 1);
  }
  void note(std::uint64_t sequence, bool taken) {
    marks_[static_cast<std::size_t>(sequence - first_)] |= taken ? kTaken : kRefused;
    any_refused_ = any_refused_ || !taken;
  }
  /// Is there room for none?
  [[nodiscard]] bool empty() const { return marks_.empty(); }
  [[nodiscard]] bool any_refused() const { return any_refused_; }
  [[nodiscard]] bool is_late(std::uint64_t sequence) const {
    return marks_[static_cast<std::size_t>(sequence - first_)] == kRefused;
  }

 private:
  static constexpr std::uint8_t kRefused = 1;
  static constexpr std::uint8_t kTaken = 2;
  std::uint64_t first_ = 0;
  std::vector<std::uint8_t> marks_;
  bool any_refused_ = false;
};

}    // namespace cepheid::runtime
