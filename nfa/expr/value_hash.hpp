#pragma once

#include <cstdint>

#include "cepheid/type.hpp"
#include "nfa/row/datum.hpp"

namespace cepheid::nfa {

/// The hash that `hash(…)` gives: the same in every run, version and machine.
///
/// FNV-1a (64 bit) over the values written as bytes, then the final mix of MurmurHash3. A value is written as one byte
/// for its kind and, numbers with the lowest byte first:
///   bool 1: one byte; int and timestamp 2: 8 bytes; double 3: the 8 bytes of its IEEE form, -0 as 0;
///   decimal 4: without zeros at the end of its digits, 16 bytes and one for the scale left;
///   string 5: the size in 8 bytes, then the text; list and object 6: the number of items in 8 bytes, then each;
///   null inside a list or object: one byte 0.
/// So a decimal has one hash at any scale, and 1, 1.0 and "1" have different ones.
class ValueHasher {
 public:
  void add(const Datum& datum, const Type& type);
  [[nodiscard]] std::int64_t result() const;

 private:
  void add_byte(unsigned char byte) { state_ = (state_ ^ byte) * 0x100000001b3; }
  void add_word(std::uint64_t word);

  std::uint64_t state_ = 0xcbf29ce484222325;
};

}    // namespace cepheid::nfa
