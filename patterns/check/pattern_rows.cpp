#include "patterns/check/pattern_rows.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace cepheid::patterns {

namespace {

Type type_of_keys(const std::vector<nfa::TypedExpr>& key) {
  if (key.empty()) return Type::list_of(Type::string());
  const Type& first = key.front().type;
  const bool same = std::all_of(key.begin(), key.end(), [&first](const auto& part) { return part.type == first; });
  return Type::list_of(same ? first : Type::string());
}

}    // namespace

std::optional<Schema> rows_of_pattern(const syntax::Pattern& pattern, const nfa::PatternSpec& spec,
                                      Diagnostics& diagnostics) {
  std::vector<Field> fields;
  if (spec.has_emit) {
    for (const nfa::NamedExpr& item : spec.emit) fields.push_back({item.name, item.value.type});
  } else if (spec.absence) {
    fields = {{"key", type_of_keys(spec.key)}, {"since", Type::timestamp()}};
  } else {
    fields = {{"pattern", Type::string()},
              {"key", type_of_keys(spec.key)},
              {"start", Type::timestamp()},
              {"end", Type::timestamp()}};
  }
  for (std::size_t i = 0; i < spec.timeout_emit.size(); ++i) {
    const nfa::NamedExpr& item = spec.timeout_emit[i];
    const auto same =
        std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == item.name; });
    if (same == fields.end()) {
      fields.push_back({item.name, item.value.type});
      continue;
    }
    if (same->type.kind == TypeKind::null_) same->type = item.value.type;
    if (same->type == item.value.type || item.value.type.kind == TypeKind::null_) continue;
    diagnostics.error(DiagnosticKind::wrong_type, (*pattern.timeout_emit)[i].span,
                      fmt::format("`{}` is {} here and {} in a match's row", item.name, to_string(item.value.type),
                                  to_string(same->type)));
    return std::nullopt;
  }
  return Schema(std::move(fields));
}

}    // namespace cepheid::patterns
