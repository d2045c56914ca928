#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/expr/typed_expr.hpp"
#include "nfa/row/layout.hpp"

namespace cepheid::nfa {

/// How an element follows the one before it.
enum class Link : std::uint8_t { begin, next, followed_by, followed_by_any, not_next, not_followed_by };

/// How the further events of a loop follow each other.
enum class InnerContiguity : std::uint8_t { relaxed, consecutive, allow_combinations };

/// How often an element occurs. `zero_or_more` is one_or_more with `optional`; `times(0, m)` is times(1, m) with it.
struct Quantifier {
  enum class Kind : std::uint8_t { one, times, at_least };    // at_least: one_or_more, times_or_more(n)
  Kind kind = Kind::one;
  std::uint32_t from = 1;
  std::uint32_t to = 1;    // for `times`
  bool optional = false;
  bool greedy = false;
  InnerContiguity inner = InnerContiguity::relaxed;

  [[nodiscard]] bool loops() const { return kind == Kind::at_least; }
};

struct Sequence;

/// `within D of STEP`: an event of this element comes less than `duration` after the first event of `step`, if that
/// took any. A partial match that waits longer has run out.
struct WithinOf {
  StepId step = 0;
  DurationMs duration = 0;
};

/// A step, a group, a choice or a set, with its link and modifiers: one element of a sequence, checked and typed.
struct Element {
  Link link = Link::begin;
  std::string name;                   // of the step; of a group its label, may be empty
  std::unique_ptr<Sequence> group;    // of a group
  /// Of `any_of`: the pattern matches as it would with one of these as a group in this place (in a loop: each round).
  std::vector<Sequence> any_of;
  /// Of `all_of`: steps (link begin, no quantifier) of which each takes one event, in any order. The link and the inner
  /// contiguity say what may lie between: relaxed, an event that none of those still missing wants.
  std::vector<Element> all_of;
  StepId step = 0;                 // for a step that takes events
  std::vector<TypedExpr> where;    // and-ed; empty: any event. `of STREAM` is one of them
  std::optional<TypedExpr> until;
  Quantifier quantifier;
  std::optional<DurationMs> within_previous;
  std::vector<WithinOf> within_of;

  [[nodiscard]] bool is_step() const { return group == nullptr && any_of.empty() && all_of.empty(); }
  [[nodiscard]] bool negated() const { return link == Link::not_next || link == Link::not_followed_by; }
};

struct Sequence {
  std::vector<Element> elements;
};

/// What happens to other partial matches when a match is found.
enum class SkipStrategy : std::uint8_t { no_skip, skip_to_next, skip_past_last, skip_to_first, skip_to_last };

struct AfterMatch {
  SkipStrategy strategy = SkipStrategy::no_skip;
  /// For skip_to_first and skip_to_last. Without a value: the name is that of a not-step, which never takes an event.
  std::optional<StepId> step;
  bool or_fail = false;
};

/// `limit partial_matches N [per key] then …`. Where partial matches are merged, those that a group stands for are
/// counted. Without `per_key` the pattern's are counted over all keys (of an engine); what goes is of the key whose
/// event it was.
struct PartialMatchLimit {
  enum class Then : std::uint8_t {
    drop_oldest,    // those of the earliest starts go
    drop_newest,    // those of the latest starts go
    block_start,    // no new ones begin until there is room
    fail,           // the engine stops
  };
  std::uint64_t most = 0;
  bool per_key = false;
  Then then = Then::drop_oldest;
  bool is_default = false;    // the rule file says nothing: hitting it is worth a warning
};

/// Without a `limit` clause; some gigabytes of state.
inline constexpr std::uint64_t kDefaultPartialMatches = 50'000'000;

/// `absent STEP [where …] for D`, in place of a sequence: a row for a key when no event of the step has come for
/// `duration` since the last one, or since the first event of the key; once until the next.
///
/// The pattern's row: `emit`'s items, where item 0 is `since` (a timestamp: that of this last or first event), so that
/// the first item of `emit` is item 1; without `emit`, `key` (a list) and `since`. Its conditions see only the event at
/// hand.
struct Absence {
  std::string name;
  std::vector<TypedExpr> where;
  DurationMs duration = 0;
};

/// One named value of `emit`, `key` or `select`.
struct NamedExpr {
  std::string name;
  TypedExpr value;
};

/// A pattern as the checker or the fluent API hands it over: every name resolved, every type fixed, every rule of
/// semantics.md section 12 held. Plain data.
struct PatternSpec {
  std::string name;
  /// The layout that all its conditions and steps see. Over one stream: that stream's own. Over several: a common one
  /// that has every field of each; `input_fields` tells where a stream's fields go, and field `stream_field` holds
  /// which stream (its position in `on`) an event came from.
  std::shared_ptr<const RowLayout> layout;
  struct Input {
    std::string stream;
    std::vector<std::uint32_t> fields;    // field i of the stream is field fields[i] of `layout`
  };
  std::vector<Input> inputs;
  std::optional<std::uint32_t> stream_field;    // only over several streams

  std::vector<TypedExpr> key;
  std::optional<TypedExpr> when;
  Sequence sequence;
  std::vector<std::string> step_names;    // by StepId
  std::optional<DurationMs> within;
  AfterMatch after_match;
  std::optional<Absence> absence;    // then `sequence` is empty, and step 0 is the absent one (its last event, if any)
  PartialMatchLimit limit{.most = kDefaultPartialMatches, .is_default = true};

  /// The rows it makes as a stream: `emit`'s and `on_timeout emit`'s fields, or key, start and end without either.
  /// Values are over `layout` rows of steps (step_field, step_aggregate) and items before them.
  bool has_emit = false;
  bool has_timeout_emit = false;    // false: timed-out partial matches are not reported
  std::vector<NamedExpr> emit;
  std::vector<NamedExpr> timeout_emit;
};

}    // namespace cepheid::nfa
