#include "tests/unit/syntax/tree_printer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cepheid::patterns {

namespace {

using syntax::BinaryOp;
using syntax::Expr;

std::string_view spelling(BinaryOp op) {
  constexpr std::string_view kSpellings[] = {"==",      "!=",          "<", "<=", ">", ">=", "like", "not-like",
                                             "matches", "not-matches", "+", "-",  "*", "/",  "%"};
  return kSpellings[static_cast<std::size_t>(op)];
}

std::string list(std::string head, const Expr& expr) {
  for (const Expr& arg : expr.args) head += " " + print(arg);
  for (const syntax::Item& item : expr.items) head += " " + print(item);
  if (expr.by) head += " by " + print(*expr.by) + (expr.descending ? " desc" : "");
  if (expr.where) head += " where " + print(*expr.where);
  return "(" + head + ")";
}

std::string print_path(const Expr& expr) {
  std::string out;
  for (std::size_t i = 0; i < expr.path.parts.size(); ++i) {
    if (i > 0) out += ".";
    out += expr.path.parts[i].text;
    if (i == 0 && expr.index) out += fmt::format("[{}]", *expr.index);
  }
  return out;
}

Environment test_environment() {
  return {.variable = [](std::string_view name) -> std::optional<std::string> {
            if (name == "CEP_WORD") return "blue";
            if (name == "CEP_EMPTY") return "";
            if (name == "CEP_EVIL") return "${CEP_WORD}\\n\" or";
            return std::nullopt;
          },
          .file = [](std::string_view path) -> std::optional<std::string> {
            if (path == "secret") return "a\nb\r\n";
            return std::nullopt;
          }};
}

}    // namespace

std::string print(const Expr& expr) {
  const std::string negated = expr.negated ? "not-" : "";
  switch (expr.kind) {
    case Expr::Kind::poisoned: return "poisoned";
    case Expr::Kind::null: return "null";
    case Expr::Kind::boolean: return expr.boolean ? "true" : "false";
    case Expr::Kind::integer: return std::to_string(expr.integer);
    case Expr::Kind::number: return expr.text;
    case Expr::Kind::string: return "'" + expr.text + "'";
    case Expr::Kind::duration: return fmt::format("{}ms", expr.integer);
    case Expr::Kind::reference: return print_path(expr);
    case Expr::Kind::call: return list(print_path(expr), expr);
    case Expr::Kind::unary: return list(expr.unary == syntax::UnaryOp::not_ ? "not" : "neg", expr);
    case Expr::Kind::binary: return list(std::string(spelling(expr.binary)), expr);
    case Expr::Kind::and_: return list("and", expr);
    case Expr::Kind::or_: return list("or", expr);
    case Expr::Kind::between: return list(negated + "between", expr);
    case Expr::Kind::in: return list(negated + "in", expr);
    case Expr::Kind::is_null: return list(negated + "null?", expr);
    case Expr::Kind::list: return list("list", expr);
    case Expr::Kind::object: return list("object", expr);
  }
  return "";
}

std::string print(const syntax::Item& item) {
  switch (item.kind) {
    case syntax::Item::Kind::star: return "*";
    case syntax::Item::Kind::path: return print(item.value);
    case syntax::Item::Kind::named: return item.name.text + "=" + print(item.value);
  }
  return "";
}

Parsed::Parsed(std::string rules)
    : source("test.cep", std::move(rules)), diagnostics(source), file(parse(source, test_environment(), diagnostics)) {}

std::vector<std::string> Parsed::mistakes() const {
  std::vector<std::string> result;
  for (const Diagnostic& one : diagnostics.sorted()) {
    const SourceFile::Place place = source.place(one.span.begin);
    result.push_back(fmt::format("{}:{} {}: {}", place.line, place.column, name_of(one.kind), one.message));
  }
  return result;
}

std::vector<std::string> Parsed::mistakes_with_hints() const {
  std::vector<std::string> result = mistakes();
  const std::vector<Diagnostic> list = diagnostics.sorted();
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (!list[i].hint.empty()) result[i] += " | " + list[i].hint;
  }
  return result;
}

std::string parse_expression(const std::string& text) {
  const Parsed parsed("pattern p on e { begin a where\n" + text + "\n}");
  if (parsed.diagnostics.has_errors()) return fmt::format("{}", fmt::join(parsed.mistakes(), "; "));
  return print(parsed.statement<syntax::Pattern>().sequence->elements.at(0).modifiers.at(0).expr);
}

}    // namespace cepheid::patterns
