#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "nfa/expr/number_functions.hpp"
#include "nfa/row/decimal_math.hpp"

// What small accumulators keep in their state words. Each is read from its words, changed and written back; all are
// empty when zero.

namespace cepheid::runtime {

template <typename Held>
[[nodiscard]] inline Held read_words(const std::uint64_t* words) {
  static_assert(sizeof(Held) % sizeof(std::uint64_t) == 0 && std::is_trivially_copyable_v<Held>);
  Held held;
  std::memcpy(static_cast<void*>(&held), words, sizeof held);
  return held;
}
template <typename Held>
inline void write_words(std::uint64_t* words, const Held& held) {
  std::memcpy(words, &held, sizeof held);
}
template <typename Held>
inline constexpr std::uint32_t kWordsOf = sizeof(Held) / sizeof(std::uint64_t);

/// The object that hangs on a word; null if none was made.
template <typename Held>
[[nodiscard]] inline Held* hanging(const std::uint64_t* word) {
  return reinterpret_cast<Held*>(*word);    // NOLINT(performance-no-int-to-ptr)
}
template <typename Held>
inline void hang(std::uint64_t* word, Held* held) {
  *word = reinterpret_cast<std::uint64_t>(held);
}

/// Of ints and decimals: exact as long as it fits in 128 bits.
struct ExactTotal {
  Int128 units = 0;
  std::int64_t count = 0;
  std::uint64_t overflow = 0;

  void add(Int128 value) {
    overflow |= static_cast<std::uint64_t>(__builtin_add_overflow(units, value, &units));
    ++count;
  }
  void merge(const ExactTotal& from) {
    overflow |= from.overflow | static_cast<std::uint64_t>(__builtin_add_overflow(units, from.units, &units));
    count += from.count;
  }
};

struct DoubleTotal {
  double sum = 0;
  std::int64_t count = 0;

  void add(double value) {
    sum += value;
    ++count;
  }
  void merge(const DoubleTotal& from) {
    sum += from.sum;
    count += from.count;
  }
};

/// Mean and sum of squared distances from it, by Welford's way; merged by Chan's.
struct Spread {
  double count = 0;
  double mean = 0;
  double squares = 0;

  void add(double value) {
    const double from_mean = value - mean;
    count += 1;
    mean += from_mean / count;
    squares += from_mean * (value - mean);
  }
  void merge(const Spread& from) {
    if (from.count == 0) return;
    if (count == 0) {
      *this = from;
      return;
    }
    const double both = count + from.count;
    const double apart = from.mean - mean;
    squares += from.squares + apart * apart * count * from.count / both;
    mean += apart * from.count / both;
    count = both;
  }
  /// That of a sample; null of fewer than two values.
  [[nodiscard]] nfa::Datum deviation() const {
    if (count < 2) return {};
    return nfa::finite(std::sqrt(squares / (count - 1)));
  }
};

/// One value of all that came: the least, the greatest, the first or the last one. A value with memory of its own
/// hangs on `value`.
struct Chosen {
  std::uint64_t arrival = 0;    // of the value; 0: there is none
  std::uint64_t value[2] = {};
};

}    // namespace cepheid::runtime
