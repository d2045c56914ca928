#include "patterns/check/never_true.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "nfa/expr/program.hpp"
#include "patterns/check/typed.hpp"

namespace cepheid::patterns {

using nfa::Function;
using nfa::TypedExpr;

namespace {

/// Claims about one value, each held against all before it; and constants of two claims compared with each other.
constexpr std::size_t kMaxClaims = 16;
constexpr std::size_t kMaxComparisons = 1'000;

bool is_call(const TypedExpr& expr, Function function) {
  return expr.kind == TypedExpr::Kind::call && expr.function == function;
}

bool holds(const TypedExpr& constant) {
  const nfa::ExprProgram program = nfa::compile_expression(constant, {});
  nfa::EvalScratch scratch;
  return program.holds({}, scratch);
}

bool holds(Function comparison, const TypedExpr& left, const TypedExpr& right) {
  return holds(make_call(comparison, Type::boolean(), {left, right}));
}

bool is_comparison(const TypedExpr& expr) {
  if (expr.kind != TypedExpr::Kind::call) return false;
  switch (expr.function) {
    case Function::equal:
    case Function::not_equal:
    case Function::less:
    case Function::less_equal:
    case Function::greater:
    case Function::greater_equal: return true;
    default: return false;
  }
}

/// The same comparison with its sides exchanged.
Function mirrored(Function comparison) {
  switch (comparison) {
    case Function::less: return Function::greater;
    case Function::less_equal: return Function::greater_equal;
    case Function::greater: return Function::less;
    case Function::greater_equal: return Function::less_equal;
    default: return comparison;
  }
}

/// True of no event, whatever it holds.
bool never_holds(const TypedExpr& expr) {
  if (is_constant(expr)) return !holds(expr);
  if (is_call(expr, Function::and_)) return std::any_of(expr.args.begin(), expr.args.end(), never_holds);
  if (is_call(expr, Function::or_)) return std::all_of(expr.args.begin(), expr.args.end(), never_holds);
  if (!is_comparison(expr)) return false;
  return std::any_of(expr.args.begin(), expr.args.end(),
                     [](const TypedExpr& arg) { return is_constant(arg) && is_constant_null(arg); });
}

/// What a condition says about one value: how it compares with a constant, which constants it can be, whether it is
/// null.
struct Claim {
  enum class Kind : std::uint8_t { compares, one_of, null, not_null };
  Kind kind = Kind::compares;
  std::string value;    // which value: its fingerprint
  Function comparison = Function::equal;
  std::vector<TypedExpr> constants;
  Span span;
};

std::optional<Claim> claim_of(const Conjunct& conjunct) {
  const TypedExpr& expr = conjunct.expr;
  const auto about = [&](Claim::Kind kind, const TypedExpr& value) {
    return Claim{.kind = kind, .value = nfa::fingerprint(value), .span = conjunct.span};
  };
  if (is_call(expr, Function::is_null)) return about(Claim::Kind::null, expr.args[0]);
  if (is_call(expr, Function::not_) && is_call(expr.args[0], Function::is_null)) {
    return about(Claim::Kind::not_null, expr.args[0].args[0]);
  }
  if (is_call(expr, Function::in_values)) {
    const bool constants = std::all_of(expr.args.begin() + 1, expr.args.end(), is_constant);
    if (!constants) return std::nullopt;
    Claim claim = about(Claim::Kind::one_of, expr.args[0]);
    claim.constants.assign(expr.args.begin() + 1, expr.args.end());
    return claim;
  }
  if (!is_comparison(expr) || is_constant(expr.args[0]) == is_constant(expr.args[1])) return std::nullopt;
  const std::size_t constant = is_constant(expr.args[0]) ? 0 : 1;
  Claim claim = about(Claim::Kind::compares, expr.args[1 - constant]);
  claim.comparison = constant == 0 ? mirrored(expr.function) : expr.function;
  claim.constants.push_back(expr.args[constant]);
  if (claim.comparison == Function::equal) claim.kind = Claim::Kind::one_of;
  return claim;
}

bool allows(const Claim& claim, const TypedExpr& constant) {
  switch (claim.kind) {
    case Claim::Kind::compares: return holds(claim.comparison, constant, claim.constants.front());
    case Claim::Kind::one_of:
      return std::any_of(claim.constants.begin(), claim.constants.end(),
                         [&](const TypedExpr& one) { return holds(Function::equal, constant, one); });
    case Claim::Kind::null: return false;
    case Claim::Kind::not_null: return true;
  }
  return true;
}

bool is_upper_bound(const Claim& claim) {
  return claim.comparison == Function::less || claim.comparison == Function::less_equal;
}

/// No value fulfils both.
bool contradict(const Claim& a, const Claim& b) {
  if (a.kind == Claim::Kind::null || b.kind == Claim::Kind::null) return a.kind != b.kind;
  if (a.kind == Claim::Kind::not_null || b.kind == Claim::Kind::not_null) return false;
  if (a.constants.size() * b.constants.size() > kMaxComparisons) return false;
  if (a.kind == Claim::Kind::one_of || b.kind == Claim::Kind::one_of) {
    const Claim& values = a.kind == Claim::Kind::one_of ? a : b;
    const Claim& other = a.kind == Claim::Kind::one_of ? b : a;
    return std::none_of(values.constants.begin(), values.constants.end(),
                        [&](const TypedExpr& constant) { return allows(other, constant); });
  }
  if (a.comparison == Function::not_equal || b.comparison == Function::not_equal) return false;
  if (is_upper_bound(a) == is_upper_bound(b)) return false;
  const Claim& upper = is_upper_bound(a) ? a : b;
  const Claim& lower = is_upper_bound(a) ? b : a;
  const bool both_included = upper.comparison == Function::less_equal && lower.comparison == Function::greater_equal;
  return !holds(both_included ? Function::less_equal : Function::less, lower.constants.front(),
                upper.constants.front());
}

/// A piece of the text as it can stand in a message of one line.
std::string quoted(Span span, const Diagnostics& diagnostics) {
  constexpr std::size_t kMaxQuoted = 60;
  const std::string_view text = diagnostics.source().text(span);
  if (text.size() > kMaxQuoted || text.find_first_of("\r\n") != std::string_view::npos) return "a condition before it";
  return fmt::format("`{}`", text);
}

}    // namespace

void append_conjuncts(const syntax::Expr& written, const TypedExpr& checked, std::vector<Conjunct>& to) {
  if (!is_call(checked, Function::and_)) {
    to.push_back({checked, written.span});
    return;
  }
  const bool each_written = written.kind == syntax::Expr::Kind::and_ && written.args.size() == checked.args.size();
  for (std::size_t i = 0; i < checked.args.size(); ++i) {
    append_conjuncts(each_written ? written.args[i] : written, checked.args[i], to);
  }
}

bool warn_if_never_true(const std::vector<Conjunct>& conjuncts, Diagnostics& diagnostics) {
  std::map<std::string, std::vector<Claim>> claims;
  for (const Conjunct& conjunct : conjuncts) {
    if (never_holds(conjunct.expr)) {
      diagnostics.warning(DiagnosticKind::lint_never_true, conjunct.span, "this condition is never true");
      return true;
    }
    auto claim = claim_of(conjunct);
    if (!claim) continue;
    std::vector<Claim>& before = claims[claim->value];
    for (const Claim& other : before) {
      if (!contradict(other, *claim)) continue;
      diagnostics.warning(DiagnosticKind::lint_never_true, claim->span,
                          claim->span.begin == other.span.begin
                              ? "this condition is never true"
                              : fmt::format("never true together with {}", quoted(other.span, diagnostics)));
      return true;
    }
    if (before.size() < kMaxClaims) before.push_back(std::move(*claim));
  }
  return false;
}

}    // namespace cepheid::patterns
