#include "patterns/check/texts.hpp"

#include <utility>

#include "patterns/check/expressions.hpp"

namespace cepheid::patterns {

std::optional<std::vector<TextPart>> check_text(const std::vector<syntax::TemplatePart>& parts, const Scope& scope,
                                                Diagnostics& diagnostics) {
  std::vector<TextPart> text;
  bool ok = true;
  for (const syntax::TemplatePart& part : parts) {
    TextPart& added = text.emplace_back();
    if (!part.expr) {
      added.text = part.text;
      continue;
    }
    Typed value = check_expression(*part.expr, scope, diagnostics);
    ok = ok && value.ok;
    if (value.ok) added.value = std::move(value.expr);
  }
  if (!ok) return std::nullopt;
  return text;
}

}    // namespace cepheid::patterns
