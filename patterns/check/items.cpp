#include "patterns/check/items.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "patterns/check/expressions.hpp"
#include "patterns/check/layouts.hpp"
#include "patterns/source/limits.hpp"

namespace cepheid::patterns {

using nfa::TypedExpr;

namespace {

TypedExpr read_item(std::size_t position, const Type& type) {
  TypedExpr expr;
  expr.kind = TypedExpr::Kind::item;
  expr.type = type;
  expr.field = static_cast<std::uint32_t>(position);
  return expr;
}

}    // namespace

std::optional<TypedExpr> Items::find(std::string_view name) const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    // A field that `*` brought is read from the row: an item may yet take its place.
    if (entry.from_star || entry.name != name) continue;
    return read_item(given_.size() + i, entry.value.type);
  }
  for (std::size_t i = 0; i < given_.size(); ++i) {
    if (given_[i].name == name) return read_item(i, given_[i].type);
  }
  return std::nullopt;
}

std::vector<std::string_view> Items::names() const {
  std::vector<std::string_view> names;
  for (const Entry& entry : entries_) {
    if (!entry.from_star) names.push_back(entry.name);
  }
  for (const Field& field : given_) names.push_back(field.name);
  return names;
}

Typed ItemScope::reference(const syntax::Expr& expr, Diagnostics& diagnostics) const {
  if (expr.path.parts.size() == 1 && !expr.index &&
      std::find(items_.poisoned_.begin(), items_.poisoned_.end(), expr.path.parts.front().text) !=
          items_.poisoned_.end()) {
    return poisoned(expr.span);
  }
  return inner_.reference(expr, diagnostics);
}

bool Items::add(const std::vector<syntax::Item>& items, const Scope& scope, const Fields* star,
                Diagnostics& diagnostics) {
  const ItemScope item_scope(*this, scope);
  bool ok = true;
  for (const syntax::Item& item : items) {
    const bool added = item.kind == syntax::Item::Kind::star ? add_star(item, star, diagnostics)
                                                             : add_value(item, item_scope, diagnostics);
    ok = ok && added;
  }
  return ok;
}

bool Items::add_star(const syntax::Item& item, const Fields* star, Diagnostics& diagnostics) {
  if (star == nullptr) {
    diagnostics.error(DiagnosticKind::other_clause, item.span, "`*` where there is no event at hand",
                      "name the fields of a step: `step.field`");
    return false;
  }
  if (has_star_) {
    diagnostics.error(DiagnosticKind::duplicate_name, item.span, "`*` twice");
    return false;
  }
  has_star_ = true;
  for (const Fields::Entry& field : star->entries()) {
    const auto same = [&field](const Entry& entry) { return entry.name == field.name; };
    if (!field.presence && std::any_of(entries_.begin(), entries_.end(), same)) {
      diagnostics.error(DiagnosticKind::duplicate_name, item.span,
                        fmt::format("`*` brings `{}`, which is named before it", field.name),
                        "a name given after `*` takes the field's place");
      return false;
    }
    entries_.push_back({field.name, read_row(field.position, field.type), true, field.presence});
  }
  return true;
}

bool Items::add_value(const syntax::Item& item, const Scope& scope, Diagnostics& diagnostics) {
  const syntax::Name* name = &item.name;
  if (item.kind == syntax::Item::Kind::path) {
    if (item.value.path.parts.empty()) return false;    // did not parse
    name = &item.value.path.parts.back();
  }
  Typed value = check_item_value(item.value, scope, diagnostics);

  const auto named_before = [name](const Entry& entry) { return !entry.from_star && entry.name == name->text; };
  if (std::any_of(entries_.begin(), entries_.end(), named_before) ||
      std::find(poisoned_.begin(), poisoned_.end(), name->text) != poisoned_.end()) {
    diagnostics.error(DiagnosticKind::duplicate_name, name->span, fmt::format("`{}` is named twice", name->text),
                      item.kind == syntax::Item::Kind::path ? "give it another name: `name = …`" : "");
    return false;
  }
  if (!value.ok) {
    poisoned_.push_back(name->text);
    return false;
  }
  if (put(name->text, std::move(value.expr))) return true;
  diagnostics.error(DiagnosticKind::too_large, item.span,
                    fmt::format("`{}` repeats the values of other items too often", name->text),
                    "make it in a stream of its own");
  return false;
}

/// False if the value would become too large.
bool Items::put(std::string name, TypedExpr value) {
  const auto old = std::find_if(entries_.begin(), entries_.end(), [&name](const Entry& entry) {
    return entry.from_star && !entry.presence && entry.name == name;
  });
  if (old == entries_.end()) {
    entries_.push_back({std::move(name), std::move(value)});
    return true;
  }
  const auto position = static_cast<std::uint32_t>(old - entries_.begin()) + static_cast<std::uint32_t>(given_.size());
  std::size_t nodes = 0;
  old->value = without_later_items(std::move(value), position, nodes);
  old->from_star = false;
  return nodes <= kMaxExpressionNodes;
}

/// Items are worked out in the order of the row: one that takes a field's old place can't look at what stands after it,
/// so the values of such items are worked out once more in place of their names.
TypedExpr Items::without_later_items(TypedExpr value, std::uint32_t position, std::size_t& nodes) const {
  if (++nodes > kMaxExpressionNodes) return value;
  if (value.kind == TypedExpr::Kind::item && value.field >= position) {
    return without_later_items(entries_[value.field - given_.size()].value, position, nodes);
  }
  for (TypedExpr& arg : value.args) arg = without_later_items(std::move(arg), position, nodes);
  return value;
}

std::vector<nfa::NamedExpr> Items::take() {
  std::vector<nfa::NamedExpr> named;
  for (Entry& entry : entries_) named.push_back({std::move(entry.name), std::move(entry.value)});
  entries_.clear();
  return named;
}

Schema Items::schema() const {
  std::vector<Field> fields;
  for (const Entry& entry : entries_) fields.push_back({entry.name, entry.value.type, entry.presence});
  return Schema(std::move(fields));
}

std::shared_ptr<const nfa::RowLayout> layout_of(const Items& items, const syntax::Name& statement, Span place,
                                                Diagnostics& diagnostics) {
  Schema schema = items.schema();
  if (const std::string clash = find_nesting_clash(schema); !clash.empty()) {
    diagnostics.error(DiagnosticKind::duplicate_name, place,
                      fmt::format("`{}` is a field of `{}` and has fields below it", clash, statement.text));
    return nullptr;
  }
  return std::make_shared<const nfa::RowLayout>(std::move(schema));
}

bool has_no_star(const std::vector<syntax::Item>& items, std::string_view place, std::string_view hint,
                 Diagnostics& diagnostics) {
  for (const syntax::Item& item : items) {
    if (item.kind != syntax::Item::Kind::star) continue;
    diagnostics.error(DiagnosticKind::other_clause, item.span, fmt::format("`*` in {}", place), std::string(hint));
    return false;
  }
  return true;
}

}    // namespace cepheid::patterns
