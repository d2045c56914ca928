#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cepheid/export.hpp"
#include "cepheid/expression.hpp"
#include "cepheid/row_condition.hpp"

namespace cepheid::inline v0 {

class Sequence;
class PatternWriter;

/// What can stand where a step stands: a step by its name, a Sequence as a group, or what group(), any_of() and
/// all_of() make.
class CEPHEID_API Part {
 public:
  /// A step. Its name must be the only one in the pattern.
  template <builder::TextLike T>
  Part(const T& step) : Part(Step{step}) {}    // NOLINT(google-explicit-constructor)
  /// A group without a label.
  Part(const Sequence& group);    // NOLINT(google-explicit-constructor)
  Part(const Part&);
  Part(Part&&) noexcept;
  Part& operator=(const Part&);
  Part& operator=(Part&&) noexcept;
  ~Part();

 private:
  friend class PatternWriter;
  friend CEPHEID_API Part group(std::string_view label, const Sequence& sequence);
  friend CEPHEID_API Part any_of(const std::vector<Sequence>& alternatives);
  friend CEPHEID_API Part all_of(const std::vector<Sequence>& steps);
  enum class Kind : std::uint8_t { step, group, any_of, all_of };
  struct Step {
    std::string_view name;
  };
  explicit Part(Step step);
  Part(Kind kind, std::string_view name, std::vector<Sequence> sequences);

  Kind kind_;
  std::string name_;    // of a step; the label of a group
  std::vector<Sequence> sequences_;
};

/// A group with a label, for messages and drawings.
[[nodiscard]] CEPHEID_API Part group(std::string_view label, const Sequence& sequence);
/// One of these sequences.
[[nodiscard]] CEPHEID_API Part any_of(const std::vector<Sequence>& alternatives);
/// All of these steps, in any order: each a Sequence of one step.
[[nodiscard]] CEPHEID_API Part all_of(const std::vector<Sequence>& steps);

namespace builder {

/// A piece of a pattern's text, with a condition in C++ at its end or without.
struct Phrase {
  std::string text;
  std::string_view mistake = {};    // of static storage
  std::optional<Callable> callable = std::nullopt;
};

struct Element;

/// The elements of a sequence, each with its link and modifiers: what Sequence and Pattern have in common.
class CEPHEID_API Elements {
 public:
  Elements(const Elements&);
  Elements(Elements&&) noexcept;
  Elements& operator=(const Elements&);
  Elements& operator=(Elements&&) noexcept;
  ~Elements();

 protected:
  Elements();
  void add_element(std::string_view link, const Part& part);
  /// To the element added last.
  void add_modifier(Phrase modifier);
  void set_stream(std::string_view name);

  static Phrase condition(std::string_view word, const Expression& expression);
  static Phrase condition(std::string_view word, std::string_view description, RowCondition function);
  static Phrase counted(std::string_view word, std::int64_t from, std::optional<std::int64_t> to = std::nullopt);
  static Phrase bounded(std::chrono::milliseconds duration, std::string_view after, std::string_view step = {});

 private:
  friend class v0::PatternWriter;
  std::vector<Element> elements_;    // never empty, but in what was moved from
};

/// Steps and what is said about them. Each function adds to the text and gives the object itself; a modifier is about
/// the element before it. Nothing is checked here: what does not go together is reported when the pattern is loaded.
template <typename Self>
class Steps : public Elements {
 public:
  // ---- the next element, and how it follows the one before

  /// Directly after it.
  Self& next(const Part& part) { return linked("next", part); }
  /// Later: what does not match in between is skipped.
  Self& followed_by(const Part& part) { return linked("followed_by", part); }
  /// Later: what does match may be skipped too.
  Self& followed_by_any(const Part& part) { return linked("followed_by_any", part); }
  /// Must not come directly after it.
  Self& not_next(const Part& part) { return linked("not_next", part); }
  /// Must not come before what follows; at the end of a pattern: within its time.
  Self& not_followed_by(const Part& part) { return linked("not_followed_by", part); }

  // ---- conditions

  /// Several are and-ed; without one a step takes any event.
  Self& where(const Expression& condition) { return modified(Elements::condition("where", condition)); }
  /// A condition in C++. `description` stands for it in the text, in messages and in fingerprints: two conditions of
  /// one description in one place count as the same when state is loaded. An empty function is a mistake.
  Self& where(std::string_view description, RowCondition function) {
    return modified(Elements::condition("where", description, std::move(function)));
  }
  /// An event for which it holds is not taken by the loop and ends it.
  Self& until(const Expression& condition) { return modified(Elements::condition("until", condition)); }
  Self& until(std::string_view description, RowCondition function) {
    return modified(Elements::condition("until", description, std::move(function)));
  }
  /// Only events of that stream, one of those of `on`.
  Self& of_stream(std::string_view name) {
    set_stream(name);
    return self();
  }

  // ---- how often

  Self& one_or_more() { return modified({"one_or_more"}); }
  Self& zero_or_more() { return modified({"zero_or_more"}); }
  Self& times(std::int64_t count) { return modified(counted("times", count)); }
  Self& times(std::int64_t from, std::int64_t to) { return modified(counted("times", from, to)); }
  Self& times_or_more(std::int64_t count) { return modified(counted("times_or_more", count)); }
  Self& optional() { return modified({"optional"}); }
  /// An event that the loop could take is not used for what follows.
  Self& greedy() { return modified({"greedy"}); }
  /// The loop's events follow each other directly.
  Self& consecutive() { return modified({"consecutive"}); }
  /// The loop may skip events that match.
  Self& allow_combinations() { return modified({"allow_combinations"}); }

  // ---- bounds in time

  /// Less than that after the event taken before.
  Self& within_of_previous(std::chrono::milliseconds duration) { return modified(bounded(duration, "of_previous")); }
  /// Less than that after the first event of an earlier step. Several may stand in one pattern.
  Self& within_of(std::chrono::milliseconds duration, std::string_view step) {
    return modified(bounded(duration, "of ", step));
  }

 protected:
  Self& self() { return static_cast<Self&>(*this); }
  Self& linked(std::string_view link, const Part& part) {
    add_element(link, part);
    return self();
  }
  Self& modified(Phrase modifier) {
    add_modifier(std::move(modifier));
    return self();
  }
};

}    // namespace builder

/// A sequence that is part of a pattern: a group, an alternative, a step of all_of(). A value.
///
///   Sequence::begin("view").where(field("action") == "view").followed_by("cart")
class CEPHEID_API Sequence : public builder::Steps<Sequence> {
 public:
  [[nodiscard]] static Sequence begin(const Part& part);

 private:
  Sequence() = default;
};

}    // namespace cepheid::inline v0
