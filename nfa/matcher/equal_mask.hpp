#pragma once

#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace cepheid::nfa {

/// Which of 8 words equal `word`: a bit for each. `words` are aligned to 16 bytes.
[[nodiscard]] inline std::uint32_t equal_words(const std::uint32_t* words, std::uint32_t word) {
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(word));
  const auto* const halves = reinterpret_cast<const __m128i*>(words);
  const __m128i first = _mm_cmpeq_epi32(_mm_load_si128(halves), wanted);
  const __m128i second = _mm_cmpeq_epi32(_mm_load_si128(halves + 1), wanted);
  const __m128i both = _mm_packs_epi32(first, second);
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(both, _mm_setzero_si128())));
#else
  std::uint32_t mask = 0;
  for (int i = 0; i < 8; ++i) mask |= std::uint32_t{words[i] == word} << i;
  return mask;
#endif
}

/// Which of 64 bytes equal `byte`: a bit for each. `bytes` are aligned to 16 bytes.
[[nodiscard]] inline std::uint64_t equal_bytes(const std::uint8_t* bytes, std::uint8_t byte) {
  std::uint64_t mask = 0;
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi8(static_cast<char>(byte));
  const auto* const quarters = reinterpret_cast<const __m128i*>(bytes);
  for (int i = 0; i < 4; ++i) {
    const int equal = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_load_si128(quarters + i), wanted));
    mask |= std::uint64_t{static_cast<std::uint32_t>(equal)} << (16 * i);
  }
#else
  for (int i = 0; i < 64; ++i) mask |= std::uint64_t{bytes[i] == byte} << i;
#endif
  return mask;
}

}    // namespace cepheid::nfa
