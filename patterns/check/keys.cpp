#include "patterns/check/keys.hpp"

#include <utility>

#include <fmt/format.h>

#include "patterns/check/expressions.hpp"
#include "patterns/check/items.hpp"

namespace cepheid::patterns {

bool is_key(const Type& type, Span place, Diagnostics& diagnostics) {
  if (type.kind != TypeKind::list && type.kind != TypeKind::object && type.kind != TypeKind::map) return true;
  diagnostics.error(DiagnosticKind::wrong_type, place, fmt::format("a key is one value, not {}", to_string(type)),
                    "name the values it is made of");
  return false;
}

std::vector<nfa::TypedExpr> key_values(const std::vector<syntax::Expr>& key, const Scope& scope,
                                       Diagnostics& diagnostics) {
  std::vector<nfa::TypedExpr> values;
  for (const syntax::Expr& expr : key) {
    Typed value = check_expression(expr, scope, diagnostics);
    if (value.ok && is_key(value.type(), expr.span, diagnostics)) values.push_back(std::move(value.expr));
  }
  return values;
}

std::optional<std::vector<nfa::NamedExpr>> key_items(const std::vector<syntax::Item>& key, const Scope& scope,
                                                     Diagnostics& diagnostics) {
  Items items;
  if (!has_no_star(key, "`key`", "name its fields", diagnostics)) return std::nullopt;
  if (!items.add(key, scope, nullptr, diagnostics)) return std::nullopt;
  std::vector<nfa::NamedExpr> values = items.take();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!is_key(values[i].value.type, key[i].value.span, diagnostics)) return std::nullopt;
  }
  return values;
}

}    // namespace cepheid::patterns
