#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "cepheid/time.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// What a named figure of `fraud` may be, and where it goes.
struct FigureRule {
  enum class Is : std::uint8_t {
    risk,    // from 0 to 1
    above_zero,
    not_negative,    // every number as written is one
    hours,           // `2..6 0.2`: hours of the day from 0 to 23, and a risk; goes to a HourRange
  };
  struct HourRange {
    std::optional<std::uint32_t> first;
    std::uint32_t last = 0;
    double risk = 0;
  };
  std::string_view name;
  Is is = Is::risk;
  /// A whole number is needed for uint32_t, a duration for DurationMs.
  std::variant<double*, std::optional<double>*, std::uint32_t*, DurationMs*, HourRange*> to;
};

/// Puts the figures where their rules say. Reports names that no rule has, second ones, and values out of range;
/// `clause` is where they stand, in messages.
void check_figures(const syntax::NamedFigures& figures, std::string_view clause, const std::vector<FigureRule>& rules,
                   Diagnostics& diagnostics);

/// The value as a whole number of at least `least`; nothing, and reported, if it is none.
[[nodiscard]] std::optional<std::uint32_t> check_count(const syntax::Figure& figure, std::uint32_t least,
                                                       std::string_view what, Diagnostics& diagnostics);

}    // namespace cepheid::patterns
