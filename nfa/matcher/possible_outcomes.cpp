#include "nfa/matcher/possible_outcomes.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace cepheid::nfa {
namespace {

/// The field and the text of a condition `field == "text"`, either side first.
std::optional<std::pair<std::uint32_t, std::string>> compared_text(const TypedExpr& condition) {
  if (condition.kind != TypedExpr::Kind::call || condition.function != Function::equal) return std::nullopt;
  const TypedExpr* field = &condition.args[0];
  const TypedExpr* constant = &condition.args[1];
  if (field->kind != TypedExpr::Kind::field) std::swap(field, constant);
  if (field->kind != TypedExpr::Kind::field || constant->kind != TypedExpr::Kind::constant) return std::nullopt;
  if (constant->type.kind != TypeKind::string) return std::nullopt;
  const auto* text = std::get_if<std::string>(&constant->constant.state);
  return text == nullptr ? std::nullopt : std::optional(std::pair(field->field, *text));
}

/// For each condition those that cannot hold with it, as bits.
std::vector<std::uint64_t> find_excluded(const Program& program) {
  std::vector<std::uint64_t> excluded(program.conditions.size(), 0);
  for (std::size_t a = 0; a < excluded.size(); ++a) {
    const auto text = compared_text(program.conditions[a]);
    if (!text) continue;
    for (std::size_t b = 0; b < excluded.size(); ++b) {
      const auto other = compared_text(program.conditions[b]);
      if (other && other->first == text->first && other->second != text->second) excluded[a] |= std::uint64_t{1} << b;
    }
  }
  return excluded;
}

constexpr std::size_t kMostOutcomes = 256;

/// Appends those that begin with the outcomes of the first conditions. False: there are too many.
bool add_outcomes(const std::vector<std::uint64_t>& excluded, std::size_t first, std::uint64_t outcomes,
                  std::vector<std::uint64_t>& found) {
  if (first == excluded.size()) {
    found.push_back(outcomes);
    return found.size() <= kMostOutcomes;
  }
  if (!add_outcomes(excluded, first + 1, outcomes, found)) return false;
  if ((outcomes & excluded[first]) != 0) return true;
  return add_outcomes(excluded, first + 1, outcomes | std::uint64_t{1} << first, found);
}

}    // namespace

std::vector<std::uint64_t> possible_outcomes(const Program& program) {
  std::vector<std::uint64_t> found;
  if (program.conditions.size() > 64 || !add_outcomes(find_excluded(program), 0, 0, found)) return {};
  return found;
}

bool is_open(const Program& program, const Program::Edge& edge, std::uint64_t outcomes) {
  return std::ranges::all_of(program.clauses_of(edge), [&](const Program::ClauseRange clause) {
    return std::ranges::any_of(program.literals_of(clause), [&](const Literal& literal) {
      return ((outcomes >> literal.condition & 1) != 0) != literal.negated;
    });
  });
}

}    // namespace cepheid::nfa
