#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cepheid/rules.hpp"
#include "nfa/engine/match_rows.hpp"
#include "patterns/plan/plan.hpp"

namespace cepheid::inline v0 {

/// What Rules hold: the plan, and where an engine finds its streams and patterns in it.
struct Rules::Impl {
  struct StreamRules {
    std::string_view name;
    const patterns::SourcePlan* plan = nullptr;
    const nfa::RowLayout* layout = nullptr;
  };
  struct PatternRules {
    std::string_view name;
    const patterns::PatternPlan* plan = nullptr;
    nfa::MatchRows rows;
    std::string fingerprint;
  };
  /// The patterns with one `on` list: they run in one engine.
  struct Group {
    std::vector<StreamId> streams;    // in the order of `on`
    std::vector<PatternId> patterns;
  };

  std::string text;
  std::string warnings;
  patterns::Plan plan;
  std::vector<StreamRules> streams;
  std::vector<PatternRules> patterns;
  std::vector<Group> groups;

  [[nodiscard]] const StreamRules& of(StreamId id) const { return streams[static_cast<std::uint32_t>(id)]; }
  [[nodiscard]] const PatternRules& of(PatternId id) const { return patterns[static_cast<std::uint32_t>(id)]; }
};

}    // namespace cepheid::inline v0
