#include "patterns/check/schemas.hpp"

#include <optional>

#include <fmt/format.h>

#include "patterns/check/layouts.hpp"
#include "patterns/check/scope.hpp"
#include "patterns/source/limits.hpp"

namespace cepheid::patterns {

namespace {

class SchemaCheck {
 public:
  explicit SchemaCheck(CheckContext& context) : context_(context) {}

  CheckedSchema run(const std::vector<syntax::SchemaField>& schema);

 private:
  void wrong(DiagnosticKind kind, Span span, std::string message, std::string hint = {}) {
    context_.diagnostics.error(kind, span, std::move(message), std::move(hint));
    result_.ok = false;
  }
  [[nodiscard]] std::optional<Type> type_of(const syntax::TypeName& type);
  void add_presence_fields();

  CheckContext& context_;
  CheckedSchema result_;
};

std::optional<Type> SchemaCheck::type_of(const syntax::TypeName& type) {
  switch (type.kind) {
    case syntax::TypeName::Kind::bool_: return Type::boolean();
    case syntax::TypeName::Kind::int_: return Type::int64();
    case syntax::TypeName::Kind::double_: return Type::float64();
    case syntax::TypeName::Kind::string: return Type::string();
    case syntax::TypeName::Kind::timestamp: return Type::timestamp();
    case syntax::TypeName::Kind::decimal: break;
  }
  if (type.scale >= 0 && type.scale <= kMaxDecimalScale) return Type::decimal(static_cast<int>(type.scale));
  wrong(DiagnosticKind::too_large, type.span, fmt::format("a decimal with {} digits after its point", type.scale),
        fmt::format("at most {}", kMaxDecimalScale));
  return std::nullopt;
}

CheckedSchema SchemaCheck::run(const std::vector<syntax::SchemaField>& schema) {
  std::vector<Field> fields;
  std::set<std::string, std::less<>> names;
  for (const syntax::SchemaField& field : schema) {
    if (field.path.parts.size() > kMaxNesting) {
      wrong(DiagnosticKind::too_large, field.path.span, "a path of so many parts");
      continue;
    }
    std::string name = join_path(field.path);
    if (!names.insert(name).second) {
      wrong(DiagnosticKind::duplicate_name, field.path.span, fmt::format("`{}` twice in one schema", name));
      continue;
    }
    if (auto type = type_of(field.type)) {
      fields.push_back({std::move(name), std::move(*type)});
    } else {
      result_.wrong_fields.insert(std::move(name));
    }
  }
  result_.schema = Schema(std::move(fields));
  if (const std::string clash = find_nesting_clash(result_.schema); !clash.empty()) {
    wrong(DiagnosticKind::duplicate_name, schema.front().path.span,
          fmt::format("`{}` is a field and has fields below it", clash));
  } else {
    add_presence_fields();
  }
  return std::move(result_);
}

void SchemaCheck::add_presence_fields() {
  std::vector<std::string> prefixes;    // in the order of the schema
  std::set<std::string, std::less<>> seen;
  bool any_named = context_.whole_rows;
  for (const Field& field : result_.schema.fields()) {
    for (std::size_t dot = field.name.find('.'); dot != std::string::npos; dot = field.name.find('.', dot + 1)) {
      std::string prefix = field.name.substr(0, dot);
      if (!seen.insert(prefix).second) continue;
      const std::size_t last = prefix.rfind('.');
      any_named = any_named || context_.named.contains(last == std::string::npos ? prefix : prefix.substr(last + 1));
      prefixes.push_back(std::move(prefix));
    }
  }
  if (!any_named) return;
  std::vector<Field> fields = result_.schema.fields();
  for (std::string& prefix : prefixes) fields.push_back({std::move(prefix), Type::boolean(), true});
  result_.schema = Schema(std::move(fields));
}

}    // namespace

CheckedSchema check_schema(const std::vector<syntax::SchemaField>& schema, std::string_view statement,
                           const syntax::Name& name, bool broken, CheckContext& context) {
  if (!schema.empty()) return SchemaCheck(context).run(schema);
  if (!broken) {
    context.diagnostics.error(DiagnosticKind::missing_clause, name.span,
                              fmt::format("{} `{}` has no schema", statement, name.text),
                              "`schema name type, …` names its fields");
  }
  return {.schema = {}, .wrong_fields = {}, .ok = false};
}

}    // namespace cepheid::patterns
