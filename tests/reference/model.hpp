#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The naive reference matcher: patterns and events as plain data. It shares nothing with the engine, so that a mistake
/// in one of them shows as a difference between the two.
namespace cepheid::reference {

/// One event. Times and durations are milliseconds everywhere.
struct Event {
  std::int64_t id = 0;
  std::int64_t ts = 0;
  std::string name;
  std::optional<double> price;
  std::int64_t qty = 0;
  std::string user;
  std::size_t stream = 0;    // position in Pattern::streams
};

using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;    // monostate: null

/// An expression of a rule file.
struct Expr {
  enum class Kind {
    constant,      // `constant`
    field,         // `field` of the event at hand
    step_field,    // `field` of an event taken by `step`: the last one, or that at `index`
    aggregate,     // word(step.field), or count(step)
    operation,     // word(args): the operators and functions that look at values only
  };
  Kind kind = Kind::constant;
  std::string word;    // as the language spells it: `and`, `<=`, `in`, `is null`, `coalesce`, `avg`, …
  Value constant;
  std::string step;
  std::string field;
  std::optional<std::int64_t> index;
  std::vector<Expr> args;
};

enum class Link { begin, next, followed_by, followed_by_any, not_next, not_followed_by };

struct Modifier {
  enum class Kind {
    where,
    one_or_more,
    zero_or_more,
    times,
    times_or_more,
    optional,
    consecutive,
    allow_combinations,
    greedy,
    until,
    within_of_previous,
    within_of,
  };
  Kind kind = Kind::optional;
  Expr condition;                    // where, until
  std::int64_t from = 0;             // times, times_or_more
  std::optional<std::int64_t> to;    // times(from, to)
  std::int64_t duration = 0;         // within_of_previous, within_of
  std::string step;                  // within_of
};

/// A step or, if one of `group`, `any_of` and `all_of` is not empty, that.
struct Element {
  Link link = Link::begin;
  std::string name;    // of a group its label
  std::string of;      // only events of that stream; empty: of all
  std::vector<Element> group;
  std::vector<std::vector<Element>> any_of;    // the alternatives
  std::vector<Element> all_of;                 // steps with `where` and `of` only
  std::vector<Modifier> modifiers;             // as written

  [[nodiscard]] bool is_group() const { return !group.empty(); }
  [[nodiscard]] bool is_step() const { return group.empty() && any_of.empty() && all_of.empty(); }
  [[nodiscard]] bool negated() const { return link == Link::not_next || link == Link::not_followed_by; }
};

enum class Skip { no_skip, skip_to_next, skip_past_last, skip_to_first, skip_to_last };

struct Stream {
  std::string name = "events";
  std::int64_t lateness = 0;
};

/// `absent NAME where … for DURATION`, in place of a sequence.
struct Absence {
  std::string name;
  std::vector<Expr> where;
  std::int64_t duration = 0;
};

/// `limit partial_matches N per key then …`
struct Limit {
  enum class Then { drop_oldest, drop_newest, block_start };
  std::size_t most = 0;
  Then then = Then::drop_oldest;
};

struct Pattern {
  std::string name = "p";
  std::vector<Stream> streams{Stream{}};    // in the order of `on`
  bool keyed = false;                       // `key user`
  std::optional<Expr> when;
  std::vector<Element> elements;
  std::optional<Absence> absence;    // then there are no elements
  std::optional<Limit> limit;
  std::optional<std::int64_t> within;
  Skip skip = Skip::no_skip;
  std::string skip_step;
  bool or_fail = false;
  bool on_timeout = false;
};

/// A step, whose name the pattern or its automaton owns, and the event it took.
struct Taken {
  std::string_view step;
  const Event* event = nullptr;
  std::size_t place = 0;    // rank of the event in the order of processing
};
using Path = std::vector<Taken>;

/// A match, a time-out or a row of `absent`: of that the path is the last event that came, and it lasts from when the
/// waiting began until it was over.
struct Match {
  std::string key;                                           // empty without `key`
  std::vector<std::pair<std::string, std::int64_t>> path;    // step and event id, in the order taken
  std::int64_t start = 0;
  std::int64_t end = 0;
  bool timed_out = false;

  auto operator<=>(const Match&) const = default;
};

/// The events from `duration` after the first that `step` took are too late.
struct Bound {
  std::string step;
  std::int64_t duration = 0;
};

/// What the modifiers of an element come to.
struct Shape {
  enum class Inner { relaxed, consecutive, allow_combinations };
  std::vector<Expr> where;
  std::int64_t from = 1;             // times(0, m) counts as times(1, m), optional
  std::optional<std::int64_t> to;    // absent: no upper end
  bool counted = false;              // there is a quantifier
  bool optional = false;
  bool greedy = false;
  Inner inner = Inner::relaxed;
  std::optional<Expr> until;
  std::optional<std::int64_t> of_previous;
  std::vector<Bound> bounds;
};

/// Of an element that is not rejected.
[[nodiscard]] Shape shape_of(const Element& element);

}    // namespace cepheid::reference
