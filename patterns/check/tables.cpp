#include <algorithm>

#include <fmt/format.h>

#include "patterns/check/addresses.hpp"
#include "patterns/check/assignments.hpp"
#include "patterns/check/expressions.hpp"
#include "patterns/check/inputs.hpp"
#include "patterns/check/keys.hpp"
#include "patterns/check/schemas.hpp"
#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

namespace {

/// No name stands for anything.
class ConstantScope : public Scope {
 public:
  [[nodiscard]] Typed reference(const syntax::Expr& expr, Diagnostics& diagnostics) const override {
    diagnostics.error(DiagnosticKind::wrong_arguments, expr.span,
                      fmt::format("`{}` in a default, which is constant", join_path(expr.path)));
    return poisoned(expr.span);
  }
};

class TableCheck {
 public:
  TableCheck(const syntax::Table& table, CheckContext& context)
      : table_(table), context_(context), diagnostics_(context.diagnostics) {}

  void run();

 private:
  void check_rows();
  void check_stream_clauses();
  void check_source();
  void check_missing();
  void check_key();
  void check_defaults();
  void check_default(const syntax::Item& item);
  void wrong(DiagnosticKind kind, Span span, std::string message, std::string hint = {}) {
    diagnostics_.error(kind, span, std::move(message), std::move(hint));
    ok_ = false;
  }
  /// The column of that name; nothing, and reported unless it was declared wrongly, if there is none.
  [[nodiscard]] std::optional<std::uint32_t> find_column(const syntax::Name& name);

  const syntax::Table& table_;
  CheckContext& context_;
  Diagnostics& diagnostics_;
  TablePlan plan_;
  std::set<std::string, std::less<>> wrong_columns_;
  bool ok_ = true;
};

void TableCheck::run() {
  plan_.name = table_.name.text;
  check_rows();
  check_source();
  check_missing();
  if (table_.refresh) plan_.refresh_ms = table_.refresh->ms;
  if (plan_.layout != nullptr) {
    check_key();
    check_defaults();
  }
  if (!ok_ || table_.broken || plan_.layout == nullptr) return;
  context_.relations.define_table(table_.name, static_cast<TableId>(context_.plan.tables.size()));
  context_.plan.tables.push_back(std::move(plan_));
}

void TableCheck::check_rows() {
  if (!table_.latest_from.empty()) {
    check_stream_clauses();
    auto inputs = check_inputs(table_.latest_from, table_.name, context_);
    if (!inputs) return;
    plan_.latest_from = std::move(inputs->mappings);
    plan_.layout = std::move(inputs->layout);
    return;
  }
  CheckedSchema checked = check_schema(table_.schema, "table", table_.name, table_.broken, context_);
  ok_ = checked.ok && ok_;
  wrong_columns_ = std::move(checked.wrong_fields);
  if (!table_.schema.empty()) plan_.layout = std::make_shared<const nfa::RowLayout>(std::move(checked.schema));
}

/// Of a table that streams feed: clauses that have no meaning there.
void TableCheck::check_stream_clauses() {
  const auto refuse = [&](std::string_view clause, Span span) {
    wrong(DiagnosticKind::other_clause, span, fmt::format("`{}` in a table that streams feed", clause));
  };
  if (!table_.from.empty()) refuse("from", table_.from.front().span);
  if (table_.format) refuse("format", table_.format->span);
  if (!table_.schema.empty()) refuse("schema", table_.schema.front().path.span);
  if (table_.refresh) refuse("refresh", table_.refresh->span);
}

void TableCheck::check_source() {
  for (const syntax::Address& address : table_.from) {
    auto checked = check_address(address, diagnostics_);
    if (!checked) {
      ok_ = false;
      continue;
    }
    if (!checked->on || plan_.from) continue;
    ok_ = check_supported(address, diagnostics_) && ok_;
    plan_.from = std::move(checked->address);
  }
  if (!table_.format) return;
  switch (table_.format->kind) {
    case syntax::Format::Kind::csv: plan_.format = SourceFormat::csv; break;
    case syntax::Format::Kind::avro:
      plan_.format = SourceFormat::avro;
      if (plan_.from) {
        wrong(DiagnosticKind::not_supported, table_.format->span, "`format avro` is not supported yet");
      }
      break;
    case syntax::Format::Kind::json:
    case syntax::Format::Kind::text: break;    // the latter only of targets
  }
}

void TableCheck::check_missing() {
  if (!table_.missing) return;
  if (table_.missing->kind != syntax::Address::Kind::http) {
    wrong(DiagnosticKind::other_clause, table_.missing->span, "`missing from` asks an HTTP service",
          "`missing from http \"URL\"`");
    return;
  }
  auto checked = check_address(*table_.missing, diagnostics_);
  if (!checked) {
    ok_ = false;
  } else if (checked->on) {
    plan_.missing = std::move(checked->address);
  }
}

std::optional<std::uint32_t> TableCheck::find_column(const syntax::Name& name) {
  const Schema& schema = plan_.layout->schema();
  const auto field = schema.find(name.text);
  if (!field && !wrong_columns_.contains(name.text)) {
    wrong(DiagnosticKind::unknown_field, name.span,
          fmt::format("unknown column `{}` in table `{}`", name.text, table_.name.text),
          did_you_mean(Fields(schema).nearest(name.text)));
  }
  return field;
}

void TableCheck::check_key() {
  if (table_.key.empty() && !table_.broken) {
    wrong(DiagnosticKind::missing_clause, table_.name.span, fmt::format("table `{}` has no key", table_.name.text),
          "`key name, …` names the columns by which its rows are found");
  }
  for (const syntax::Name& name : table_.key) {
    const auto field = find_column(name);
    if (!field) continue;
    if (std::find(plan_.key.begin(), plan_.key.end(), *field) != plan_.key.end()) {
      wrong(DiagnosticKind::duplicate_name, name.span, fmt::format("`{}` twice in one key", name.text));
      continue;
    }
    const Type& type = plan_.layout->schema().fields()[*field].type;
    ok_ = is_key(type, name.span, diagnostics_) && ok_;
    plan_.key.push_back(*field);
  }
}

void TableCheck::check_defaults() {
  for (const syntax::Item& item : table_.defaults) check_default(item);
}

void TableCheck::check_default(const syntax::Item& item) {
  Typed value = check_expression(item.value, ConstantScope(), diagnostics_);
  ok_ = value.ok && ok_;
  const auto field = find_column(item.name);
  if (!field || !value.ok) return;
  const std::string column = fmt::format("column `{}`", item.name.text);
  if (std::find(plan_.key.begin(), plan_.key.end(), *field) != plan_.key.end()) {
    wrong(DiagnosticKind::other_clause, item.name.span, fmt::format("a default of {}, which is in the key", column));
    return;
  }
  const auto same_column = [field](const auto& known) { return known.first == *field; };
  if (std::any_of(plan_.defaults.begin(), plan_.defaults.end(), same_column)) {
    wrong(DiagnosticKind::duplicate_name, item.name.span, fmt::format("a second default of {}", column));
    return;
  }
  if (!is_constant(value.expr)) {
    wrong(DiagnosticKind::wrong_arguments, item.value.span, "a default is constant");
    return;
  }
  auto fitting = fit_to(std::move(value), plan_.layout->schema().fields()[*field].type, column, diagnostics_);
  ok_ = fitting.has_value() && ok_;
  if (fitting) plan_.defaults.emplace_back(*field, std::move(*fitting));
}

}    // namespace

void check_table(const syntax::Table& table, CheckContext& context) {
  TableCheck(table, context).run();
}

}    // namespace cepheid::patterns
