#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "nfa/row/text_head.hpp"

namespace cepheid::nfa {

inline constexpr std::uint64_t kTextHashFactor = 0xD6E8FEB86659FD93u;

/// One to one: different words stay different.
[[nodiscard]] inline std::uint64_t mix_word(std::uint64_t word) {
  word = (word ^ (word >> 32)) * kTextHashFactor;
  word = (word ^ (word >> 32)) * kTextHashFactor;
  return word ^ (word >> 32);
}

/// A hash of a text, for memory only. Two texts of one size, at most kTextHeadBytes, are equal if and only if their
/// hashes are.
[[nodiscard]] inline std::uint64_t text_hash(std::string_view text) {
  std::uint64_t hash = mix_word(text_head(text));
  if (text.size() <= kTextHeadBytes) return hash;
  // The last word may overlap the one before.
  for (std::size_t at = kTextHeadBytes; at + kTextHeadBytes < text.size(); at += kTextHeadBytes) {
    hash = mix_word(hash + text_head(text.substr(at)));
  }
  return mix_word(hash + text_head(text.substr(text.size() - kTextHeadBytes)));
}

/// Writes the text of `size` bytes, at most kTextHeadBytes, that has this hash: such a text need not be kept beside it.
inline void write_text_of_hash(std::uint64_t hash, std::size_t size, char* to) {
  // Newton's steps to the factor's inverse modulo 2^64: each doubles the bits that are right, 3 of the first.
  constexpr std::uint64_t kInverse = [] {
    std::uint64_t inverse = kTextHashFactor;
    for (int step = 0; step < 5; ++step) inverse *= 2 - kTextHashFactor * inverse;
    return inverse;
  }();
  static_assert(kInverse * kTextHashFactor == 1);
  hash = (hash ^ (hash >> 32)) * kInverse;
  hash = (hash ^ (hash >> 32)) * kInverse;
  write_text_of_head(hash ^ (hash >> 32), size, to);
}

}    // namespace cepheid::nfa
