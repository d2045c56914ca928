#include "nfa/matcher/pattern_family.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "nfa/expr/typed_expr.hpp"
#include "nfa/matcher/state_moves.hpp"
#include "nfa/row/bytes.hpp"

namespace cepheid::nfa {
namespace {

/// The program but for its conditions, as text.
std::string structure_of(const Program& program) {
  std::string text;
  ByteWriter out(text);
  out.varint(program.start);
  out.varint(program.conditions.size());
  out.varint(program.states.size());
  for (StateId state = 0; state < program.states.size(); ++state) {
    out.byte(static_cast<std::uint8_t>(program.states[state].kind));
    out.varint(program.states[state].edges);
    for (const Program::Edge& edge : program.edges_of(state)) {
      out.byte(static_cast<std::uint8_t>(edge.action));
      out.varint(edge.step);
      out.varint(edge.target);
      out.varint(edge.clauses);
      for (const Program::ClauseRange clause : program.clauses_of(edge)) {
        out.varint(clause.literals);
        for (const Literal& literal : program.literals_of(clause)) {
          out.varint(literal.condition);
          out.boolean(literal.negated);
        }
      }
    }
  }
  return text;
}

/// All that patterns of a family have in common beside the program.
std::string surroundings_of(const PatternSpec& spec) {
  std::string text;
  ByteWriter out(text);
  out.varint(spec.key.size());
  for (const TypedExpr& part : spec.key) out.text(fingerprint(part));
  out.text(spec.when ? fingerprint(*spec.when) : "");
  out.boolean(spec.within.has_value());
  out.signed_varint(spec.within.value_or(0));
  out.byte(static_cast<std::uint8_t>(spec.after_match.strategy));
  out.varint(spec.step_names.size());
  return text;
}

/// By condition, as bits.
using Conditions = std::uint64_t;
constexpr Conditions bit(ConditionId id) {
  return Conditions{1} << id;
}

/// Are the conditions asked as one only: do they hold together, or do they not?
bool are_one(const Program& program, Conditions own) {
  for (const Program::Edge& edge : program.edges) {
    Conditions wanted = 0;
    for (const Program::ClauseRange clause : program.clauses_of(edge)) {
      Conditions negated = 0;
      for (const Literal& literal : program.literals_of(clause)) {
        if ((own & bit(literal.condition)) == 0) continue;
        if (literal.negated) {
          negated |= bit(literal.condition);
        } else if (clause.literals == 1) {
          wanted |= bit(literal.condition);
        } else {
          return false;
        }
      }
      if (negated != 0 && negated != own) return false;
    }
    if (wanted != 0 && wanted != own) return false;
  }
  return true;
}

/// Do the conditions, asked as one, make no difference but that a partial match completes if they hold? Whatever the
/// others say.
bool only_complete(const Program& program, Conditions own) {
  if ((own & (own - 1)) != 0 && !are_one(program, own)) return false;
  MoveFinder finder(program);
  StateMoves without;
  StateMoves with;
  const auto find = [&](StateId state, Conditions outcomes, StateMoves& moves) {
    const auto holds = [&](const Program::Edge& edge) {
      return std::ranges::all_of(program.clauses_of(edge), [&](const Program::ClauseRange clause) {
        return std::ranges::any_of(program.literals_of(clause), [&](const Literal& literal) {
          return ((outcomes & bit(literal.condition)) != 0) != literal.negated;
        });
      });
    };
    finder.find(state, holds, moves);
    // Nothing is there yet that could pass an event by.
    if (state == program.start)
      std::erase_if(moves.moves, [](const auto& one) { return one.action == Action::ignore; });
  };
  const auto completes = [&](const StateMoves::Move& move) {
    return move.completes || program.states[move.target].kind == StateKind::final;
  };
  for (Conditions others = 0; others < bit(static_cast<ConditionId>(program.conditions.size())); ++others) {
    if ((others & own) != 0) continue;
    for (StateId state = 0; state < program.states.size(); ++state) {
      if (program.states[state].kind != StateKind::normal) continue;
      find(state, others, without);
      find(state, others | own, with);
      if (!with.are_same(without) && std::ranges::none_of(with.moves, completes)) return false;
    }
  }
  return true;
}

/// The conditions each of which only completes.
Conditions completing(const Program& program) {
  constexpr std::size_t kMostConditions = 10;
  constexpr std::size_t kMostWork = 1 << 16;
  const std::size_t conditions = program.conditions.size();
  if (conditions > kMostConditions || program.edges.size() << conditions > kMostWork) return 0;
  Conditions found = 0;
  for (ConditionId id = 0; id < conditions; ++id) {
    if (only_complete(program, bit(id))) found |= bit(id);
  }
  return found;
}

}    // namespace

std::vector<PatternFamily> find_families(std::span<const FamilyCandidate> candidates) {
  std::map<std::string, Conditions> by_structure;
  struct Alike {
    Conditions may_differ = 0;
    std::vector<const FamilyCandidate*> members;
  };
  std::vector<Alike> all;
  std::map<std::string, std::size_t> by_text;
  for (const FamilyCandidate& candidate : candidates) {
    if (!candidate.spec->limit.is_default) continue;
    const Program& program = *candidate.program;
    std::string text = structure_of(program);
    const auto [structure, is_new_structure] = by_structure.try_emplace(text, 0);
    if (is_new_structure) structure->second = completing(program);
    if (structure->second == 0) continue;
    ByteWriter out(text);
    out.text(surroundings_of(*candidate.spec));
    for (ConditionId id = 0; id < program.conditions.size(); ++id) {
      if ((structure->second & bit(id)) == 0) out.text(fingerprint(program.conditions[id]));
    }
    const auto [place, is_new] = by_text.try_emplace(std::move(text), all.size());
    if (is_new) all.push_back({structure->second, {}});
    all[place->second].members.push_back(&candidate);
  }
  std::vector<PatternFamily> families;
  for (const Alike& alike : all) {
    if (alike.members.size() < 2) continue;
    PatternFamily family;
    Conditions own = 0;
    const Program& first = *alike.members.front()->program;
    for (ConditionId id = 0; id < first.conditions.size(); ++id) {
      if ((alike.may_differ & bit(id)) == 0) continue;
      const std::string text = fingerprint(first.conditions[id]);
      const bool differs = std::ranges::any_of(alike.members, [&](const FamilyCandidate* member) {
        return fingerprint(member->program->conditions[id]) != text;
      });
      if (!differs) continue;
      own |= bit(id);
      family.own.push_back(id);
    }
    if (own == 0 || !only_complete(first, own)) continue;
    for (const FamilyCandidate* member : alike.members) family.patterns.push_back(member->pattern);
    families.push_back(std::move(family));
  }
  return families;
}

}    // namespace cepheid::nfa
