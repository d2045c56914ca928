#pragma once

#include <cstdint>
#include <string_view>

namespace cepheid::patterns {

/// Every kind of mistake that can be reported about a rule file; each has a case in tests/cases/rejected.
enum class DiagnosticKind : std::uint8_t {
  syntax,      // something else was expected here
  unclosed,    // a string or bracket that never ends
  bad_escape,
  bad_number,
  bad_duration,
  reserved_word,
  too_large,              // beyond a bound of limits.hpp
  missing_environment,    // ${NAME} without a value or default
  not_supported,          // a part of the language that is not built yet
  duplicate_name,
  duplicate_clause,
  missing_clause,
  unknown_stream,
  unknown_field,
  unknown_step,
  unknown_function,
  unknown_table,
  unknown_channel,
  wrong_type,         // a value of another type was needed
  wrong_arguments,    // number of arguments, or what kind of thing they must be
  bad_constant,       // a conversion, zone, regular expression that can't work
  chained_comparison,
  quantifier,    // quantifier twice, out of range, or on what does not take one
  optional_element,
  greedy,
  contiguity,    // consecutive, allow_combinations
  until,
  negation,
  skip_target,
  window,    // within, within … of_previous
  group,
  cycle,           // streams that feed each other
  other_clause,    // a clause where it has no meaning
  lint_unbounded,
  lint_never_true,
  lint_unreachable,
  lint_skip_target,
};

/// The kind's name in kebab case, `unknown-step`: stable, for tools and tests.
[[nodiscard]] std::string_view name_of(DiagnosticKind kind);

}    // namespace cepheid::patterns
