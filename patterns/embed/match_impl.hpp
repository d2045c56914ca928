#pragma once

#include <span>
#include <vector>

#include "cepheid/match.hpp"
#include "nfa/matcher/match.hpp"
#include "patterns/embed/rules_impl.hpp"

namespace cepheid::inline v0 {

/// What a Match shows, while its callback runs.
struct Match::Impl {
  const Rules::Impl* rules = nullptr;
  const Rules::Impl::Group* group = nullptr;
  PatternId pattern{};
  const nfa::MatchView* match = nullptr;
  nfa::EvalScratch scratch;
  std::vector<nfa::Datum> items;
  std::span<const nfa::Datum> emitted;
  bool computed = false;    // are `emitted` this match's?

  [[nodiscard]] const nfa::PatternSpec& spec() const { return rules->of(pattern).plan->spec; }
  [[nodiscard]] const std::vector<nfa::NamedExpr>& emit_items() const {
    return match->timed_out ? spec().timeout_emit : spec().emit;
  }
};

}    // namespace cepheid::inline v0
