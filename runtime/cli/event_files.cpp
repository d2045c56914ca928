#include "runtime/cli/event_files.hpp"

#include <optional>

namespace cepheid::cli {

Result<patterns::RelationId> find_stream(const patterns::Plan& plan, std::string_view name, std::string_view how) {
  if (!name.empty()) return find_relation<patterns::SourcePlan>(plan, name, "stream");
  std::optional<patterns::RelationId> only;
  for (patterns::RelationId id = 0; id < plan.relations.size(); ++id) {
    if (!std::holds_alternative<patterns::SourcePlan>(plan.relations[id].body)) continue;
    if (only) return Error{fmt::format("the rule file has several streams: {}", how)};
    only = id;
  }
  if (!only) return Error{"the rule file has no stream for the events"};
  return *only;
}

patterns::SourceFormat format_of(std::string_view path) {
  for (const std::string_view packed : {".gz", ".zst"}) {
    if (path.ends_with(packed)) path.remove_suffix(packed.size());
  }
  return path.ends_with(".csv") ? patterns::SourceFormat::csv : patterns::SourceFormat::json;
}

}    // namespace cepheid::cli
