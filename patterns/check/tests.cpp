#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "patterns/check/scope.hpp"
#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

namespace {

class TestCheck {
 public:
  TestCheck(const syntax::Test& test, CheckContext& context)
      : test_(test), context_(context), diagnostics_(context.diagnostics) {}

  void run();

 private:
  void check_given(const syntax::Test::Rows& rows);
  void check_expect(const syntax::Test::Rows& rows);
  [[nodiscard]] std::vector<TestRow> rows_of(const syntax::Test::Rows& rows) const;
  /// Members that are no field of the relation.
  void check_members(const syntax::Test::Rows& rows, const Schema& schema);

  const syntax::Test& test_;
  CheckContext& context_;
  Diagnostics& diagnostics_;
  TestPlan plan_;
};

void TestCheck::run() {
  plan_.title = test_.title.text;
  for (const syntax::Test::Rows& rows : test_.given) check_given(rows);
  for (const syntax::Test::Rows& rows : test_.expect) check_expect(rows);
  if (test_.broken) return;
  if (test_.expect.empty()) {
    diagnostics_.error(DiagnosticKind::missing_clause, test_.title.span, "a test that expects nothing",
                       "`expect stream: {\"field\": value}` or `expect no stream`");
  }
  context_.plan.tests.push_back(std::move(plan_));
}

std::vector<TestRow> TestCheck::rows_of(const syntax::Test::Rows& rows) const {
  std::vector<TestRow> made;
  for (const syntax::Test::Row& row : rows.rows) {
    const SourceFile::Place place = diagnostics_.source().place(row.span.begin);
    made.push_back({row.json, place.line, place.column});
  }
  return made;
}

void TestCheck::check_given(const syntax::Test::Rows& rows) {
  TestPlan::Given given;
  if (context_.relations.is_table(rows.name)) {
    given.table = context_.relations.find_table(rows.name, diagnostics_);
    if (!given.table) return;
    if (!context_.plan.tables[*given.table].latest_from.empty()) {
      diagnostics_.error(DiagnosticKind::other_clause, rows.name.span,
                         fmt::format("table `{}` is fed by streams: rows are given to these", rows.name.text));
      return;
    }
  } else {
    const auto target = context_.relations.find(rows.name, diagnostics_);
    if (!target) return;
    if (!std::holds_alternative<SourcePlan>(context_.plan.relations[target->id].body)) {
      diagnostics_.error(DiagnosticKind::other_clause, rows.name.span,
                         fmt::format("rows of `{}` are made, not given", rows.name.text),
                         "a test gives rows to streams that have a `schema`, and to tables");
      return;
    }
    given.source = target->id;
  }
  given.rows = rows_of(rows);
  plan_.given.push_back(std::move(given));
}

void TestCheck::check_expect(const syntax::Test::Rows& rows) {
  const auto target = context_.relations.find(rows.name, diagnostics_);
  if (!target) return;
  check_members(rows, target->layout->schema());
  const SourceFile::Place place = diagnostics_.source().place(rows.name.span.begin);
  plan_.expect.push_back({target->id, rows_of(rows), place.line, place.column});
}

void TestCheck::check_members(const syntax::Test::Rows& rows, const Schema& schema) {
  std::vector<std::string_view> names;    // what a row of the relation has at its outermost level
  for (const Field& field : schema.fields()) {
    const std::string_view name = field.name;
    if (!field.presence) names.push_back(name.substr(0, name.find('.')));
  }
  for (const syntax::Test::Row& row : rows.rows) {
    for (const syntax::Name& member : row.members) {
      const bool escaped = member.text.find('\\') != std::string::npos;    // it may be any of them
      if (escaped || std::find(names.begin(), names.end(), member.text) != names.end()) continue;
      diagnostics_.error(DiagnosticKind::unknown_field, member.span,
                         fmt::format("unknown field `{}` in stream `{}`", member.text, rows.name.text),
                         did_you_mean(nearest_name(member.text, names)));
    }
  }
}

}    // namespace

void check_test(const syntax::Test& test, CheckContext& context) {
  TestCheck(test, context).run();
}

}    // namespace cepheid::patterns
