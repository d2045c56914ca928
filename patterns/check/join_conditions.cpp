#include "patterns/check/join_conditions.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "patterns/check/typed.hpp"

namespace cepheid::patterns {

using nfa::Function;
using nfa::TypedExpr;

namespace {

using Conjunction = std::vector<TypedExpr>;

bool is_call(const TypedExpr& expr, Function function) {
  return expr.kind == TypedExpr::Kind::call && expr.function == function;
}

/// What an expression looks at: bit 0 and 1 for the sides, bit 2 for anything else but constants.
constexpr unsigned kLeft = 1;
constexpr unsigned kRight = 2;
constexpr unsigned kOther = 4;
unsigned looks_at(const TypedExpr& expr) {
  unsigned seen = 0;
  switch (expr.kind) {
    case TypedExpr::Kind::side_field: seen = expr.side == 0 ? kLeft : kRight; break;
    case TypedExpr::Kind::constant:
    case TypedExpr::Kind::call:
    case TypedExpr::Kind::make_list:
    case TypedExpr::Kind::make_object: break;
    default: seen = kOther; break;
  }
  for (const TypedExpr& arg : expr.args) seen |= looks_at(arg);
  return seen;
}

/// Over a side's own row.
TypedExpr over_row(TypedExpr expr) {
  if (expr.kind == TypedExpr::Kind::side_field) {
    expr.kind = TypedExpr::Kind::field;
    expr.side = 0;
  }
  for (TypedExpr& arg : expr.args) arg = over_row(std::move(arg));
  return expr;
}

/// Values of two types are equal just where they are equal in this one; nothing if there is no such type.
std::optional<Type> type_of_equality(const Type& a, const Type& b) {
  if (a == b && a.kind != TypeKind::null_) return a;
  const bool a_time = a.kind == TypeKind::timestamp && b.kind == TypeKind::int_;
  const bool b_time = b.kind == TypeKind::timestamp && a.kind == TypeKind::int_;
  if (a_time || b_time) return Type::timestamp();
  return std::nullopt;
}

/// False if the condition is no equality by which rows can be found.
bool add_equality(const TypedExpr& condition, JoinPlan::Alternative& alternative) {
  if (!is_call(condition, Function::equal)) return false;
  const TypedExpr* left = condition.args.data();
  const TypedExpr* right = left + 1;
  if (looks_at(*left) == kRight) std::swap(left, right);
  const auto type = type_of_equality(left->type, right->type);
  if (looks_at(*left) != kLeft || looks_at(*right) != kRight || !type) return false;
  alternative.equalities.push_back(
      {convert(typed(over_row(*left), {}), *type), convert(typed(over_row(*right), {}), *type)});
  return true;
}

/// A condition holds where it is true, so `and` and `or` distribute as in two-valued logic. Empty if there would be too
/// many.
std::vector<Conjunction> disjunctive_form(const TypedExpr& condition) {
  if (is_call(condition, Function::or_)) {
    std::vector<Conjunction> all;
    for (const TypedExpr& arg : condition.args) {
      std::vector<Conjunction> some = disjunctive_form(arg);
      if (some.empty() || all.size() + some.size() > kMaxAlternatives) return {};
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    return all;
  }
  std::vector<Conjunction> all(1);
  if (!is_call(condition, Function::and_)) {
    all.front().push_back(condition);
    return all;
  }
  for (const TypedExpr& arg : condition.args) {
    const std::vector<Conjunction> some = disjunctive_form(arg);
    if (some.empty() || all.size() * some.size() > kMaxAlternatives) return {};
    std::vector<Conjunction> product;
    for (const Conjunction& before : all) {
      for (const Conjunction& after : some) {
        Conjunction& both = product.emplace_back(before);
        both.insert(both.end(), after.begin(), after.end());
      }
    }
    all = std::move(product);
  }
  return all;
}

/// The conditions of an `and`, nested ones too.
void flatten(const TypedExpr& condition, Conjunction& out) {
  if (!is_call(condition, Function::and_)) {
    out.push_back(condition);
    return;
  }
  for (const TypedExpr& arg : condition.args) flatten(arg, out);
}

}    // namespace

std::vector<JoinPlan::Alternative> alternatives_of(TypedExpr condition) {
  std::vector<Conjunction> conjunctions = disjunctive_form(condition);
  if (conjunctions.empty()) flatten(condition, conjunctions.emplace_back());
  std::vector<JoinPlan::Alternative> alternatives;
  for (Conjunction& conjunction : conjunctions) {
    JoinPlan::Alternative& alternative = alternatives.emplace_back();
    Conjunction rest;
    for (TypedExpr& part : conjunction) {
      if (!add_equality(part, alternative)) rest.push_back(std::move(part));
    }
    if (rest.size() == 1) alternative.rest = std::move(rest.front());
    if (rest.size() > 1) alternative.rest = make_call(Function::and_, Type::boolean(), std::move(rest));
  }
  return alternatives;
}

}    // namespace cepheid::patterns
