#include "patterns/check/assignments.hpp"

#include <fmt/format.h>

namespace cepheid::patterns {

namespace {

/// Does every value of the type have its equal in `target`?
bool fits(const Typed& value, const Type& target) {
  const Type& type = value.type();
  if (type.kind == TypeKind::null_ || type == target) return true;
  if (!value.digits.empty() && target.kind == TypeKind::decimal) {
    const auto scale = literal_scale(value);
    return scale && *scale <= target.scale;
  }
  const bool whole = type.kind == TypeKind::int_;
  switch (target.kind) {
    case TypeKind::double_: return whole || type.kind == TypeKind::decimal;
    case TypeKind::decimal: return whole || (type.kind == TypeKind::decimal && type.scale <= target.scale);
    case TypeKind::timestamp: return whole;
    default: return false;
  }
}

}    // namespace

std::optional<nfa::TypedExpr> fit_to(Typed value, const Type& target, std::string_view what, Diagnostics& diagnostics) {
  if (fits(value, target)) return convert(std::move(value), target);
  std::string hint;
  if (is_number(value.type()) && (is_number(target) || target.kind == TypeKind::string)) {
    hint = target.kind == TypeKind::decimal ? fmt::format("`decimal(x, {})` converts", target.scale)
                                            : fmt::format("`{}(x)` converts", to_string(target));
  }
  diagnostics.error(DiagnosticKind::wrong_type, value.span,
                    fmt::format("{} is {}, not {}", what, to_string(target), to_string(value.type())), std::move(hint));
  return std::nullopt;
}

}    // namespace cepheid::patterns
