#include "patterns/check/addresses.hpp"

#include <fmt/format.h>

namespace cepheid::patterns {

namespace {

Address::Kind kind_of(syntax::Address::Kind kind) {
  switch (kind) {
    case syntax::Address::Kind::file: return Address::Kind::file;
    case syntax::Address::Kind::stdin_: return Address::Kind::stdin_;
    case syntax::Address::Kind::stdout_: return Address::Kind::stdout_;
    case syntax::Address::Kind::kafka: return Address::Kind::kafka;
    case syntax::Address::Kind::http: return Address::Kind::http;
    case syntax::Address::Kind::redis: return Address::Kind::redis;
    case syntax::Address::Kind::postgres: return Address::Kind::postgres;
  }
  return Address::Kind::file;
}

std::string_view word_of(syntax::Address::Kind kind) {
  switch (kind) {
    case syntax::Address::Kind::file: return "file";
    case syntax::Address::Kind::stdin_: return "stdin";
    case syntax::Address::Kind::stdout_: return "stdout";
    case syntax::Address::Kind::kafka: return "kafka";
    case syntax::Address::Kind::http: return "http";
    case syntax::Address::Kind::redis: return "redis";
    case syntax::Address::Kind::postgres: return "postgres";
  }
  return "";
}

/// Reads a constant string into `to`; false if it is something else.
bool read_text(const syntax::Expr& expr, std::string& to, Diagnostics& diagnostics) {
  if (expr.kind == syntax::Expr::Kind::string) {
    to = expr.text;
    return true;
  }
  if (expr.kind != syntax::Expr::Kind::poisoned) {
    diagnostics.error(DiagnosticKind::wrong_type, expr.span, "an address is a constant string");
  }
  return false;
}

/// Options are text, numbers or truth values; all go on as text.
std::optional<std::string> option_text(const syntax::Expr& expr, Diagnostics& diagnostics) {
  switch (expr.kind) {
    case syntax::Expr::Kind::string:
    case syntax::Expr::Kind::number: return expr.text;
    case syntax::Expr::Kind::integer:
    case syntax::Expr::Kind::duration: return fmt::format("{}", expr.integer);
    case syntax::Expr::Kind::boolean: return expr.boolean ? "true" : "false";
    case syntax::Expr::Kind::poisoned: return std::nullopt;
    default: diagnostics.error(DiagnosticKind::wrong_type, expr.span, "an option is a constant"); return std::nullopt;
  }
}

}    // namespace

std::optional<CheckedAddress> check_address(const syntax::Address& address, Diagnostics& diagnostics) {
  CheckedAddress checked;
  Address& to = checked.address;
  to.kind = kind_of(address.kind);
  bool ok = true;
  const bool has_target =
      address.kind != syntax::Address::Kind::stdin_ && address.kind != syntax::Address::Kind::stdout_;
  if (has_target) ok = read_text(address.target, to.target, diagnostics);
  if (address.brokers) ok = read_text(*address.brokers, to.brokers, diagnostics) && ok;
  if (address.group) ok = read_text(*address.group, to.group, diagnostics) && ok;
  if (address.table) ok = read_text(*address.table, to.table, diagnostics) && ok;
  to.start_earliest = address.start_earliest.value_or(false);
  for (const auto& option : address.options) {
    auto name = option_text(option.name, diagnostics);
    auto value = option_text(option.value, diagnostics);
    ok = ok && name && value;
    if (name && value) to.options.emplace_back(std::move(*name), std::move(*value));
  }
  if (!ok) return std::nullopt;
  checked.on = !has_target || !(to.kind == Address::Kind::kafka ? to.brokers : to.target).empty();
  return checked;
}

bool check_supported(const syntax::Address& address, Diagnostics& diagnostics) {
  switch (address.kind) {
    case syntax::Address::Kind::file:
    case syntax::Address::Kind::stdin_:
    case syntax::Address::Kind::stdout_: return true;
    default: break;
  }
  diagnostics.error(DiagnosticKind::not_supported, address.span,
                    fmt::format("`{}` is not supported yet", word_of(address.kind)));
  return false;
}

}    // namespace cepheid::patterns
