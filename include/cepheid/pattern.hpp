#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cepheid/export.hpp"
#include "cepheid/expression.hpp"
#include "cepheid/row_condition.hpp"
#include "cepheid/sequence.hpp"

namespace cepheid::inline v0 {

/// What happens to other partial matches when a match is found: Flink's AfterMatchSkipStrategy.
class CEPHEID_API AfterMatch {
 public:
  /// A match that took no event at the step, or would skip to its own first event, is an error: counted, and nothing is
  /// skipped. For skip_to_first() and skip_to_last() only.
  [[nodiscard]] AfterMatch or_fail() const;

 private:
  friend class Pattern;
  friend CEPHEID_API AfterMatch no_skip();
  friend CEPHEID_API AfterMatch skip_to_next();
  friend CEPHEID_API AfterMatch skip_past_last();
  friend CEPHEID_API AfterMatch skip_to_first(std::string_view step);
  friend CEPHEID_API AfterMatch skip_to_last(std::string_view step);
  explicit AfterMatch(builder::Phrase phrase) : phrase_(std::move(phrase)) {}

  builder::Phrase phrase_;
};

[[nodiscard]] CEPHEID_API AfterMatch no_skip();
[[nodiscard]] CEPHEID_API AfterMatch skip_to_next();
[[nodiscard]] CEPHEID_API AfterMatch skip_past_last();
/// To the first (the last) event of a step that is in no group.
[[nodiscard]] CEPHEID_API AfterMatch skip_to_first(std::string_view step);
[[nodiscard]] CEPHEID_API AfterMatch skip_to_last(std::string_view step);

/// Whose partial matches a limit counts.
enum class LimitScope : std::uint8_t { all_keys, per_key };
/// What goes when there are too many.
enum class OverLimit : std::uint8_t {
  drop_oldest,    // those of the earliest starts
  drop_newest,    // those of the latest starts
  block_start,    // no new ones begin until there is room
  fail,           // the engine stops
};

/// A pattern, built in C++: writes the statement that it would be in a rule file, so that both are the same pattern.
///
///   const Pattern funnel = Pattern::begin("login").where(field("action") == "login")
///                              .followed_by("view").where(field("action") == "view").one_or_more().greedy()
///                              .within(10min)
///                              .name("funnel").on("clicks").key(field("user_id"))
///                              .emit("views", count(step("view")));
///
/// A value. Nothing is checked while it is built; Rules::make reports all that is wrong, with places in the text(). A
/// clause that stands twice is an error there, but key(), on() and the emits add to what was given before.
class CEPHEID_API Pattern : public builder::Steps<Pattern> {
 public:
  [[nodiscard]] static Pattern begin(const Part& part);
  /// A row for each key when the watermark has passed its last event (or first sight of it) by that duration, once
  /// until the next. where() says which events count.
  [[nodiscard]] static Pattern absent(std::string_view step, std::chrono::milliseconds duration);

  /// Needed.
  Pattern& name(std::string_view name);
  /// The streams it reads: at least one.
  template <builder::TextLike... Names>
  Pattern& on(const Names&... streams) {
    (add_stream(streams), ...);
    return *this;
  }
  /// Each value has its own partial matches. Without: one for all.
  template <std::convertible_to<Expression>... Expressions>
  Pattern& key(const Expressions&... parts) {
    (add_key(parts), ...);
    return *this;
  }
  /// Only events for which it holds reach the pattern.
  Pattern& when(const Expression& condition);
  Pattern& when(std::string_view description, RowCondition function);

  /// Last event's time less first event's is smaller.
  Pattern& within(std::chrono::milliseconds duration);
  Pattern& after_match(const AfterMatch& strategy);
  /// A value of the row that a match makes.
  Pattern& emit(std::string_view item, const Expression& value);
  /// The same for partial matches that outlive within(). Without, they end silently.
  Pattern& on_timeout_emit(std::string_view item, const Expression& value);
  Pattern& limit_partial_matches(std::int64_t most, LimitScope scope, OverLimit then);
  /// It runs and is counted, but feeds no sink and no alert.
  Pattern& shadow();

  /// The statement, one clause a line. A condition in C++ is `callable("its description", N)`, with numbers from
  /// `first_callable` on in the order of the text. Linear in the text.
  [[nodiscard]] std::string text(std::size_t first_callable = 0) const;
  /// The conditions in C++, by those numbers.
  [[nodiscard]] std::vector<Callable> callables() const;

 private:
  friend class PatternWriter;
  struct Item {
    std::string name;
    Expression value;
  };
  Pattern() = default;
  void add_stream(std::string_view name) { streams_.emplace_back(name); }
  void add_key(const Expression& part) { key_.push_back(part); }

  std::string name_;
  std::vector<std::string> streams_;
  std::vector<Expression> key_;
  std::vector<builder::Phrase> before_;    // clauses above the sequence
  builder::Phrase absent_for_;             // the end of `absent …`; empty in a pattern with a sequence
  std::vector<builder::Phrase> after_;     // clauses below it
  std::vector<Item> emit_;
  std::vector<Item> timeout_emit_;
};

}    // namespace cepheid::inline v0
