#include <fmt/format.h>

#include "patterns/check/expressions.hpp"
#include "patterns/check/inputs.hpp"
#include "patterns/check/items.hpp"
#include "patterns/check/keys.hpp"
#include "patterns/check/side_scope.hpp"
#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

namespace {

/// The row that changed a ranking, and the ranking as side 0.
class RankingScope : public Scope {
 public:
  RankingScope(const Fields& ranking, const Fields& row, std::string where, const EarlierItems& items)
      : ranking_(ranking), items_(items), row_(row, std::move(where), &items) {}

  [[nodiscard]] Typed reference(const syntax::Expr& expr, Diagnostics& diagnostics) const override {
    const std::string path = join_path(expr.path);
    if (expr.path.parts.size() == 1 && !expr.index && !items_.find(path)) {
      if (const Fields::Entry* entry = ranking_.find(path)) {
        return typed(read_side(0, entry->position, entry->type), expr.span);
      }
    }
    return row_.reference(expr, diagnostics);
  }

 private:
  const Fields& ranking_;
  const EarlierItems& items_;
  RowScope row_;
};

class RankCheck : private InputsCheck<RankPlan> {
 public:
  RankCheck(const syntax::Rank& rank, Inputs inputs, CheckContext& context)
      : InputsCheck(std::move(inputs), context), rank_(rank) {}

  void run();

 private:
  bool check_key();
  bool check_id();
  bool check_leave();
  bool check_order();
  bool check_entry();
  bool check_items();
  bool missing(std::string_view clause, std::string hint) {
    if (rank_.broken) return false;
    return wrong(DiagnosticKind::missing_clause, rank_.name.span,
                 fmt::format("rank `{}` has no `{}`", rank_.name.text, clause), std::move(hint));
  }

  const syntax::Rank& rank_;
  std::shared_ptr<const nfa::RowLayout> layout_;
};

void RankCheck::run() {
  bool ok = check_key();
  ok = check_id() && ok;
  ok = check_leave() && ok;
  ok = check_order() && ok;
  // What a wrong entry would be is unknown, and with it the type of `entries`.
  if (!check_entry()) return;
  if (!check_items()) return;
  if (!ok || rank_.broken) return;
  add_relation(rank_.name, std::move(layout_), std::move(plan_), context_);
}

bool RankCheck::check_key() {
  auto key = key_items(rank_.key, scope(), diagnostics_);
  if (key) plan_.key = std::move(*key);
  return key.has_value();
}

bool RankCheck::check_id() {
  if (!rank_.id) return missing("id", "`id field` tells what is ranked");
  syntax::Expr reference;
  reference.kind = syntax::Expr::Kind::reference;
  reference.span = rank_.id->span;
  reference.path = *rank_.id;
  Typed id = check_expression(reference, scope(), diagnostics_);
  if (!id.ok || !is_key(id.type(), id.span, diagnostics_)) return false;
  plan_.id = std::move(id.expr);
  return true;
}

bool RankCheck::check_leave() {
  if (!rank_.leave) return true;
  plan_.leave = check_condition(*rank_.leave, scope(), diagnostics_);
  return plan_.leave.has_value();
}

bool RankCheck::check_order() {
  if (rank_.by.empty()) return missing("by", "`by score desc` is the order of the ranking");
  bool ok = true;
  if (rank_.top) {
    if (*rank_.top < 1) ok = wrong(DiagnosticKind::wrong_arguments, rank_.top_span, "`top` needs at least 1");
    plan_.top = *rank_.top;
  }
  for (const syntax::Order& order : rank_.by) {
    Typed value = check_expression(order.value, scope(), diagnostics_);
    ok = ok && value.ok;
    if (!value.ok) continue;
    if (!is_ordered(value.type())) {
      ok = wrong(DiagnosticKind::wrong_type, order.value.span,
                 fmt::format("`by` needs values that have an order, not {}", to_string(value.type())));
      continue;
    }
    plan_.by.push_back({std::move(value.expr), order.descending});
  }
  return ok;
}

bool RankCheck::check_entry() {
  if (rank_.entry.empty()) return missing("entry", "`entry name, …` is what the list shows of each");
  Items items;
  if (!has_no_star(rank_.entry, "`entry`", "name what the list shows", diagnostics_) ||
      !items.add(rank_.entry, RowScope(fields_, where_, &items), nullptr, diagnostics_)) {
    return false;
  }
  plan_.entry = items.take();
  std::vector<ObjectField> shown;
  for (const nfa::NamedExpr& item : plan_.entry) shown.push_back({item.name, item.value.type});
  plan_.ranking_layout = std::make_shared<const nfa::RowLayout>(
      Schema({{"entries", Type::list_of(Type::object_of(std::move(shown)))}, {"total", Type::int64()}}));
  return true;
}

bool RankCheck::check_items() {
  if (!rank_.select) return missing("select", "`select list = entries, total` names what its rows hold");
  const Fields ranking(plan_.ranking_layout->schema());
  Items items;
  if (!items.add(*rank_.select, RankingScope(ranking, fields_, where_, items), &fields_, diagnostics_)) return false;
  layout_ = layout_of(items, rank_.name, rank_.select->front().span, diagnostics_);
  plan_.items = items.take();
  return layout_ != nullptr;
}

}    // namespace

void check_rank(const syntax::Rank& rank, CheckContext& context) {
  if (auto inputs = check_inputs(rank.inputs, rank.name, context)) RankCheck(rank, std::move(*inputs), context).run();
}

}    // namespace cepheid::patterns
