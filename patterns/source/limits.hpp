#pragma once

#include <cstddef>
#include <cstdint>

namespace cepheid::patterns {

/// Bounds on a rule file, so that no text can exhaust the machine. Each has tests on both sides.

inline constexpr std::size_t kMaxFileBytes = 64 << 20;    // rule files are written by people and generators
inline constexpr std::size_t kMaxNesting = 200;    // of brackets and unary operators in one expression, of groups
inline constexpr std::size_t kMaxExpressionNodes = 100'000;    // in one expression
inline constexpr std::size_t kMaxExpressionHeight = 1'000;     // of its tree, which is walked recursively
inline constexpr std::size_t kMaxNameBytes = 1'000;
inline constexpr std::size_t kMaxStepsPerPattern = 10'000;    // StepId is 16 bit
inline constexpr std::size_t kMaxAllOf = 8;                   // steps of one `all_of`: states double with each
inline constexpr std::uint64_t kMaxStates = 100'000;          // the product of nested counts: times(1000) in times(100)
inline constexpr std::size_t kMaxDiagnostics = 200;           // more help nobody

}    // namespace cepheid::patterns
