#include "patterns/plan/load.hpp"

#include "patterns/check/check.hpp"

namespace cepheid::patterns {

std::optional<Plan> load_rules(const SourceFile& source, const Environment& environment, Diagnostics& diagnostics) {
  const syntax::File file = parse(source, environment, diagnostics);
  Plan plan = check(file, environment.callables, diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;
  return plan;
}

}    // namespace cepheid::patterns
