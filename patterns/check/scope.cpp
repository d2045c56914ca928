#include "patterns/check/scope.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace cepheid::patterns {

using nfa::TypedExpr;

Typed Scope::aggregate(const syntax::Expr& call, nfa::StepAggregate, Diagnostics& diagnostics) const {
  diagnostics.error(
      DiagnosticKind::other_clause, call.path.span,
      fmt::format("`{}` is over the events of a step, and no step can be named here", call.path.parts.front().text));
  return poisoned(call.span);
}

Fields::Fields(const Schema& schema) {
  std::uint32_t position = 0;
  for (const Field& field : schema.fields()) entries_.push_back({field.name, field.type, field.presence, position++});
}

Fields::Fields(const Schema& schema, const std::vector<std::uint32_t>& positions) : Fields(schema) {
  for (std::size_t i = 0; i < entries_.size(); ++i) entries_[i].position = positions[i];
}

void Fields::intersect(const std::vector<std::uint32_t>& positions) {
  std::erase_if(entries_, [&positions](const Entry& entry) {
    return std::find(positions.begin(), positions.end(), entry.position) == positions.end();
  });
}

const Fields::Entry* Fields::find(std::string_view path) const {
  for (const Entry& entry : entries_) {
    if (!entry.presence && entry.name == path) return &entry;
  }
  return nullptr;
}

const Fields::Entry* Fields::find_presence(std::string_view path) const {
  for (const Entry& entry : entries_) {
    if (entry.presence && entry.name == path) return &entry;
  }
  return nullptr;
}

std::optional<TypedExpr> Fields::value(std::string_view path, const Reader& read) const {
  if (const Entry* entry = find(path)) return read(entry->position, entry->type);
  if (const Entry* presence = find_presence(path)) return object(*presence, read);
  return std::nullopt;
}

TypedExpr Fields::object(const Entry& presence, const Reader& read) const {
  const std::string prefix = presence.name + ".";
  std::vector<ObjectField> fields;
  std::vector<TypedExpr> values;
  for (const Entry& entry : entries_) {
    if (entry.presence || !entry.name.starts_with(prefix)) continue;
    const std::string rest = entry.name.substr(prefix.size());
    const std::string name = rest.substr(0, rest.find('.'));
    const auto same_name = [&name](const ObjectField& field) { return field.name == name; };
    if (std::any_of(fields.begin(), fields.end(), same_name)) continue;
    auto inner = value(prefix + name, read);
    if (!inner) continue;
    fields.push_back({name, inner->type});
    values.push_back(std::move(*inner));
  }
  TypedExpr object;
  object.kind = TypedExpr::Kind::make_object;
  object.type = Type::object_of(std::move(fields));
  object.args = std::move(values);

  const Type type = object.type;
  std::vector<TypedExpr> args;
  args.push_back(read(presence.position, presence.type));
  args.push_back(std::move(object));
  args.push_back(make_null(type));
  return make_call(nfa::Function::if_, type, std::move(args));
}

std::string Fields::nearest(std::string_view path) const {
  std::vector<std::string_view> names;
  for (const Entry& entry : entries_) names.push_back(entry.name);
  return std::string(nearest_name(path, names));
}

std::string join_path(const syntax::Path& path, std::size_t first) {
  std::string text;
  for (std::size_t i = first; i < path.parts.size(); ++i) {
    if (i != first) text += '.';
    text += path.parts[i].text;
  }
  return text;
}

TypedExpr read_row(std::uint32_t position, const Type& type) {
  TypedExpr expr;
  expr.kind = TypedExpr::Kind::field;
  expr.type = type;
  expr.field = position;
  return expr;
}

std::string did_you_mean(std::string_view name) {
  return name.empty() ? std::string() : fmt::format("did you mean `{}`?", name);
}

Typed RowScope::reference(const syntax::Expr& expr, Diagnostics& diagnostics) const {
  const std::string path = join_path(expr.path);
  if (expr.index) {
    diagnostics.error(DiagnosticKind::unknown_step, expr.path.parts.front().span,
                      fmt::format("`{}` is no step: an index picks an event of a step", expr.path.parts.front().text));
    return poisoned(expr.span);
  }
  if (items_ != nullptr && expr.path.parts.size() == 1) {
    if (auto item = items_->find(path)) return typed(std::move(*item), expr.span);
  }
  if (auto value = fields_.value(path, read_row)) return typed(std::move(*value), expr.span);

  std::string nearest = fields_.nearest(path);
  if (nearest.empty() && items_ != nullptr) nearest = nearest_name(path, items_->names());
  diagnostics.error(DiagnosticKind::unknown_field, expr.span, fmt::format("unknown field `{}` in {}", path, where_),
                    did_you_mean(nearest));
  return poisoned(expr.span);
}

}    // namespace cepheid::patterns
