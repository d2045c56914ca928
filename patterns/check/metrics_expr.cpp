#include "patterns/check/metrics_expr.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "patterns/check/scope.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

namespace {

using Kind = MetricsExpr::Kind;
using SyntaxKind = syntax::Expr::Kind;

bool is_condition(const MetricsExpr& expr) {
  return expr.kind >= Kind::equal;
}

std::optional<Kind> kind_of(syntax::BinaryOp op) {
  switch (op) {
    case syntax::BinaryOp::equal: return Kind::equal;
    case syntax::BinaryOp::not_equal: return Kind::not_equal;
    case syntax::BinaryOp::less: return Kind::less;
    case syntax::BinaryOp::less_equal: return Kind::less_equal;
    case syntax::BinaryOp::greater: return Kind::greater;
    case syntax::BinaryOp::greater_equal: return Kind::greater_equal;
    case syntax::BinaryOp::add: return Kind::add;
    case syntax::BinaryOp::subtract: return Kind::subtract;
    case syntax::BinaryOp::multiply: return Kind::multiply;
    case syntax::BinaryOp::divide: return Kind::divide;
    default: return std::nullopt;
  }
}

/// Prometheus's names; with a colon they stand between back-ticks.
bool is_metric_name(std::string_view name) {
  const auto letter = [](char c) { return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || c == '_' || c == ':'; };
  if (name.empty() || !letter(name.front())) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || ('0' <= c && c <= '9'); });
}

class MetricsCheck {
 public:
  explicit MetricsCheck(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  std::optional<MetricsExpr> condition(const syntax::Expr& expr) {
    auto checked = check(expr);
    if (!checked || is_condition(*checked)) return checked;
    return wrong(DiagnosticKind::wrong_type, expr.span, "a condition is true or false, not a number",
                 "compare it: `metric > 500`");
  }

 private:
  using Checked = std::optional<MetricsExpr>;

  Checked wrong(DiagnosticKind kind, Span span, std::string message, std::string hint = {}) {
    diagnostics_.error(kind, span, std::move(message), std::move(hint));
    return std::nullopt;
  }

  Checked value(const syntax::Expr& expr) {
    auto checked = check(expr);
    if (!checked || !is_condition(*checked)) return checked;
    return wrong(DiagnosticKind::wrong_type, expr.span, "a number is needed here, not a condition");
  }

  Checked check(const syntax::Expr& expr) {
    switch (expr.kind) {
      case SyntaxKind::poisoned: return std::nullopt;
      case SyntaxKind::integer:
      case SyntaxKind::duration: return number(static_cast<double>(expr.integer));
      case SyntaxKind::number: return number(std::strtod(expr.text.c_str(), nullptr));
      case SyntaxKind::reference: return metric(expr);
      case SyntaxKind::call: return call(expr);
      case SyntaxKind::unary:
        return expr.unary == syntax::UnaryOp::not_ ? of(Kind::not_, expr, true) : of(Kind::negate, expr, false);
      case SyntaxKind::binary:
        if (const auto kind = kind_of(expr.binary)) return of(*kind, expr, false);
        break;
      case SyntaxKind::and_: return of(Kind::and_, expr, true);
      case SyntaxKind::or_: return of(Kind::or_, expr, true);
      case SyntaxKind::between: return between(expr);
      default: break;
    }
    return wrong(DiagnosticKind::wrong_arguments, expr.span, "metrics are numbers: this is about other values",
                 "a condition on metrics is made of `+ - * /`, comparisons, `and`, `or`, `not`");
  }

  static MetricsExpr number(double value) {
    MetricsExpr number;
    number.number = value;
    return number;
  }

  Checked of(Kind kind, const syntax::Expr& expr, bool of_conditions) {
    MetricsExpr made;
    made.kind = kind;
    bool ok = true;
    for (const syntax::Expr& arg : expr.args) {
      auto checked = of_conditions ? condition(arg) : value(arg);
      ok = ok && checked.has_value();
      if (checked) made.args.push_back(std::move(*checked));
    }
    if (!ok) return std::nullopt;
    return made;
  }

  Checked between(const syntax::Expr& expr) {
    auto of_what = value(expr.args[0]);
    auto low = value(expr.args[1]);
    auto high = value(expr.args[2]);
    if (!of_what || !low || !high) return std::nullopt;
    const auto compared = [&](Kind kind, MetricsExpr bound) {
      MetricsExpr one;
      one.kind = kind;
      one.args.push_back(*of_what);
      one.args.push_back(std::move(bound));
      return one;
    };
    MetricsExpr both;
    both.kind = expr.negated ? Kind::or_ : Kind::and_;
    both.args.push_back(compared(expr.negated ? Kind::less : Kind::greater_equal, std::move(*low)));
    both.args.push_back(compared(expr.negated ? Kind::greater : Kind::less_equal, std::move(*high)));
    return both;
  }

  Checked named(std::string name, Span span) {
    if (!is_metric_name(name)) {
      return wrong(DiagnosticKind::bad_constant, span, fmt::format("`{}` is no metric's name", name),
                   "letters, digits, `_` and `:`");
    }
    MetricsExpr metric;
    metric.kind = Kind::metric;
    metric.name = std::move(name);
    return metric;
  }

  Checked metric(const syntax::Expr& expr) {
    if (expr.path.parts.empty()) return std::nullopt;
    if (expr.index || expr.path.parts.size() > 1) {
      return wrong(DiagnosticKind::bad_constant, expr.span,
                   fmt::format("`{}` is no metric's name", diagnostics_.source().text(expr.span)),
                   "letters, digits, `_` and `:`");
    }
    return named(expr.path.parts.front().text, expr.span);
  }

  Checked call(const syntax::Expr& expr) {
    const syntax::Name& name = expr.path.parts.front();
    if (name.text == "rate") return rate(expr);
    if (name.text == "metric") return labelled(expr);
    const std::string nearest(nearest_name(name.text, {"metric", "rate"}));
    return wrong(DiagnosticKind::unknown_function, name.span, fmt::format("no function `{}` on metrics", name.text),
                 nearest.empty() ? "there are `rate` and `metric`" : did_you_mean(nearest));
  }

  /// `rate(metric, 1m)`
  Checked rate(const syntax::Expr& expr) {
    if (expr.args.size() != 2 || expr.args[1].kind != SyntaxKind::duration || expr.args[1].integer <= 0) {
      return wrong(DiagnosticKind::wrong_arguments, expr.span, "`rate` takes a metric and a duration above 0",
                   "`rate(metric, 1m)` is its increase a second over the last minute");
    }
    auto of_what = check(expr.args[0]);
    if (!of_what) return std::nullopt;
    if (of_what->kind != Kind::metric) {
      return wrong(DiagnosticKind::wrong_arguments, expr.args[0].span, "`rate` is of a metric");
    }
    MetricsExpr rate;
    rate.kind = Kind::rate;
    rate.window = expr.args[1].integer;
    rate.args.push_back(std::move(*of_what));
    return rate;
  }

  /// `metric("name", {label = "value", …})`
  Checked labelled(const syntax::Expr& expr) {
    const bool right = !expr.args.empty() && expr.args.size() <= 2 && expr.args[0].kind == SyntaxKind::string &&
                       (expr.args.size() == 1 || expr.args[1].kind == SyntaxKind::object);
    if (!right) {
      return wrong(DiagnosticKind::wrong_arguments, expr.span, "`metric` takes a name and labels",
                   "`metric(\"cepheid_rows_total\", {stream = \"payments\"})`");
    }
    auto made = named(expr.args[0].text, expr.args[0].span);
    if (!made || expr.args.size() == 1) return made;
    for (const syntax::Item& label : expr.args[1].items) {
      if (label.kind != syntax::Item::Kind::named || label.value.kind != SyntaxKind::string) {
        if (label.value.kind == SyntaxKind::poisoned && label.kind != syntax::Item::Kind::star) return std::nullopt;
        return wrong(DiagnosticKind::wrong_arguments, label.span, "a label has a constant string as value",
                     "`{stream = \"payments\"}`");
      }
      made->labels.emplace_back(label.name.text, label.value.text);
    }
    return made;
  }

  Diagnostics& diagnostics_;
};

}    // namespace

std::optional<MetricsExpr> check_metrics_condition(const syntax::Expr& expr, Diagnostics& diagnostics) {
  return MetricsCheck(diagnostics).condition(expr);
}

}    // namespace cepheid::patterns
