#include "patterns/check/side_scope.hpp"

#include <fmt/format.h>

namespace cepheid::patterns {

using nfa::TypedExpr;

TypedExpr read_side(std::uint32_t side, std::uint32_t position, const Type& type) {
  TypedExpr expr;
  expr.kind = TypedExpr::Kind::side_field;
  expr.type = type;
  expr.side = side;
  expr.field = position;
  return expr;
}

const SideScope::Side* SideScope::find(std::string_view name) const {
  for (const Side& side : sides_) {
    if (side.name == name) return &side;
  }
  return nullptr;
}

Typed SideScope::reference(const syntax::Expr& expr, Diagnostics& diagnostics) const {
  const syntax::Path& path = expr.path;
  const Side* side = expr.index ? nullptr : find(path.parts.front().text);
  if (side != nullptr && path.parts.size() > 1) return side_field(expr, *side, diagnostics);

  const std::string& name = path.parts.front().text;
  const bool is_item = items_ != nullptr && items_->find(name);
  if (side != nullptr && !is_item && (row_ == nullptr || !row_->value(name, read_row))) {
    diagnostics.error(DiagnosticKind::unknown_field, expr.span, fmt::format("`{}` is a whole row", name),
                      fmt::format("name one of its fields: `{}.…`", name));
    return poisoned(expr.span);
  }
  if (row_ != nullptr) return RowScope(*row_, where_, items_).reference(expr, diagnostics);
  return bare_name(expr, diagnostics);
}

Typed SideScope::side_field(const syntax::Expr& expr, const Side& side, Diagnostics& diagnostics) const {
  const auto number = static_cast<std::uint32_t>(&side - sides_.data());
  const std::string path = join_path(expr.path, 1);
  const auto read = [number](std::uint32_t position, const Type& type) { return read_side(number, position, type); };
  if (auto value = side.fields.value(path, read)) return typed(std::move(*value), expr.span);
  const std::string nearest = side.fields.nearest(path);
  diagnostics.error(DiagnosticKind::unknown_field, expr.span, fmt::format("unknown field `{}` in {}", path, side.where),
                    did_you_mean(nearest.empty() ? nearest : fmt::format("{}.{}", side.name, nearest)));
  return poisoned(expr.span);
}

/// Without a row at hand: an earlier item, or a mistake.
Typed SideScope::bare_name(const syntax::Expr& expr, Diagnostics& diagnostics) const {
  const std::string path = join_path(expr.path);
  if (items_ != nullptr && expr.path.parts.size() == 1 && !expr.index) {
    if (auto item = items_->find(path)) return typed(std::move(*item), expr.span);
  }
  std::string hint;
  std::vector<std::string_view> names;
  for (const Side& side : sides_) {
    names.push_back(side.name);
    if (side.fields.value(path, read_row))
      hint += fmt::format("{}`{}.{}`", hint.empty() ? "" : " or ", side.name, path);
  }
  if (!hint.empty()) {
    hint = "did you mean " + hint + "?";
  } else if (expr.path.parts.size() > 1) {
    const std::string_view nearest = nearest_name(expr.path.parts.front().text, names);
    if (!nearest.empty()) hint = did_you_mean(fmt::format("{}.{}", nearest, join_path(expr.path, 1)));
  } else if (items_ != nullptr) {
    hint = did_you_mean(nearest_name(path, items_->names()));
  }
  diagnostics.error(DiagnosticKind::unknown_field, expr.span, fmt::format("unknown name `{}` in {}", path, where_),
                    std::move(hint));
  return poisoned(expr.span);
}

}    // namespace cepheid::patterns
