#include "patterns/check/lookups.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "patterns/check/assignments.hpp"
#include "patterns/check/expressions.hpp"

namespace cepheid::patterns {

namespace {

class LookupCheck {
 public:
  LookupCheck(const syntax::Lookup& lookup, const TablePlan& table, const Scope& scope, Diagnostics& diagnostics)
      : lookup_(lookup), table_(table), scope_(scope), diagnostics_(diagnostics), values_(table.key.size()) {}

  /// False if something is wrong.
  bool check_key(Span place, LookupPlan& plan);
  bool check_as_of(LookupPlan& plan);

 private:
  bool check_column(const syntax::Item& column);
  [[nodiscard]] const Field& column(std::size_t i) const { return table_.layout->schema().fields()[table_.key[i]]; }

  const syntax::Lookup& lookup_;
  const TablePlan& table_;
  const Scope& scope_;
  Diagnostics& diagnostics_;
  std::vector<std::optional<nfa::TypedExpr>> values_;    // by the columns of the key
};

bool LookupCheck::check_key(Span place, LookupPlan& plan) {
  bool ok = true;
  for (const syntax::Item& item : lookup_.key) ok = check_column(item) && ok;
  if (!ok) return false;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (values_[i]) {
      plan.key.push_back(std::move(*values_[i]));
      continue;
    }
    diagnostics_.error(
        DiagnosticKind::missing_clause, place,
        fmt::format("nothing is said about column `{}` of the key of table `{}`", column(i).name, table_.name),
        fmt::format("`on (…, {} = …)`", column(i).name));
    ok = false;
  }
  return ok;
}

bool LookupCheck::check_column(const syntax::Item& item) {
  Typed value = check_expression(item.value, scope_, diagnostics_);
  std::size_t i = 0;
  while (i < values_.size() && column(i).name != item.name.text) ++i;
  if (i == values_.size()) {
    const auto field = table_.layout->schema().find(item.name.text);
    std::vector<std::string_view> names;
    for (std::size_t known = 0; known < values_.size(); ++known) names.push_back(column(known).name);
    diagnostics_.error(DiagnosticKind::unknown_field, item.name.span,
                       field ? fmt::format("column `{}` is not in the key of table `{}`", item.name.text, table_.name)
                             : fmt::format("unknown column `{}` in table `{}`", item.name.text, table_.name),
                       did_you_mean(nearest_name(item.name.text, names)));
    return false;
  }
  if (!value.ok) return false;
  if (values_[i]) {
    diagnostics_.error(DiagnosticKind::duplicate_name, item.name.span, fmt::format("`{}` twice", item.name.text));
    return false;
  }
  const Type& type = column(i).type;
  if (is_number(value.type()) && is_number(type)) {    // equal by their exact values, as with `==`
    settle_literal(value, {&type});
    values_[i] = std::move(value.expr);
    return true;
  }
  values_[i] = fit_to(std::move(value), type, fmt::format("column `{}`", column(i).name), diagnostics_);
  return values_[i].has_value();
}

bool LookupCheck::check_as_of(LookupPlan& plan) {
  if (!lookup_.as_of) return true;
  Typed time = check_expression(*lookup_.as_of, scope_, diagnostics_);
  if (!time.ok) return false;
  if (table_.latest_from.empty()) {
    diagnostics_.error(DiagnosticKind::other_clause, lookup_.as_of->span,
                       fmt::format("`as_of` needs a table that a stream feeds, which `{}` is not", table_.name),
                       "`table … latest from` is one");
    return false;
  }
  plan.as_of = fit_to(std::move(time), Type::timestamp(), "the time of `as_of`", diagnostics_);
  return plan.as_of.has_value();
}

}    // namespace

std::optional<LookupPlan> check_lookup(const syntax::Lookup& lookup, Span place, const Scope& scope,
                                       std::vector<SideScope::Side>& sides, CheckContext& context) {
  const syntax::Name& name = lookup.as ? *lookup.as : lookup.table;
  const auto id = context.relations.find_table(lookup.table, context.diagnostics);
  if (!id) return std::nullopt;
  const TablePlan& table = context.plan.tables[*id];
  LookupPlan plan{.table = *id, .key = {}, .as_of = {}, .side = static_cast<std::uint32_t>(sides.size())};
  LookupCheck check(lookup, table, scope, context.diagnostics);
  bool ok = check.check_key(place, plan);
  ok = check.check_as_of(plan) && ok;
  const auto same_name = [&name](const SideScope::Side& side) { return side.name == name.text; };
  if (std::any_of(sides.begin(), sides.end(), same_name)) {
    context.diagnostics.error(DiagnosticKind::duplicate_name, name.span,
                              fmt::format("a second look-up `{}`", name.text), "`as` gives it another name");
    ok = false;
  }
  if (!ok) return std::nullopt;
  sides.push_back({name.text, Fields(table.layout->schema()), fmt::format("table `{}`", table.name)});
  return plan;
}

}    // namespace cepheid::patterns
