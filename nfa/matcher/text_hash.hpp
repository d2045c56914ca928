#pragma once

#include <cstdint>
#include <string_view>

#include "nfa/row/text_head.hpp"

namespace cepheid::nfa {

/// A hash of a text, for memory only. Two texts of one size, at most kTextHeadBytes, are equal if and only if their
/// hashes are.
[[nodiscard]] inline std::uint64_t text_hash(std::string_view text) {
  // One to one: different words stay different.
  const auto mix = [](std::uint64_t word) {
    word = (word ^ (word >> 32)) * 0xD6E8FEB86659FD93u;
    word = (word ^ (word >> 32)) * 0xD6E8FEB86659FD93u;
    return word ^ (word >> 32);
  };
  std::uint64_t hash = mix(text_head(text));
  if (text.size() <= kTextHeadBytes) return hash;
  // The last word may overlap the one before.
  for (std::size_t at = kTextHeadBytes; at + kTextHeadBytes < text.size(); at += kTextHeadBytes) {
    hash = mix(hash + text_head(text.substr(at)));
  }
  return mix(hash + text_head(text.substr(text.size() - kTextHeadBytes)));
}

}    // namespace cepheid::nfa
