#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "cepheid/result.hpp"
#include "patterns/plan/plan.hpp"
#include "patterns/source/diagnostics.hpp"

namespace cepheid::cli {

/// The relation of that name whose body is a T, in words a `kind`; the error names the nearest one.
template <typename T>
[[nodiscard]] Result<patterns::RelationId> find_relation(const patterns::Plan& plan, std::string_view name,
                                                         std::string_view kind) {
  std::vector<std::string_view> names;
  for (patterns::RelationId id = 0; id < plan.relations.size(); ++id) {
    if (!std::holds_alternative<T>(plan.relations[id].body)) continue;
    if (plan.relations[id].name == name) return id;
    names.push_back(plan.relations[id].name);
  }
  const std::string_view near = patterns::nearest_name(name, names);
  return Error{near.empty() ? fmt::format("no {} `{}` in the rule file", kind, name)
                            : fmt::format("no {} `{}` in the rule file: did you mean `{}`?", kind, name, near)};
}

/// The stream that a file's events are of: that of the name, or, the name being empty, the plan's only one. `how` tells
/// the user how to name one of several.
[[nodiscard]] Result<patterns::RelationId> find_stream(const patterns::Plan& plan, std::string_view name,
                                                       std::string_view how);

/// The format of a file of events, by its name; a packed one's by what stands before the ending.
[[nodiscard]] patterns::SourceFormat format_of(std::string_view path);

}    // namespace cepheid::cli
