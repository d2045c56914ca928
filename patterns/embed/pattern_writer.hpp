#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cepheid/pattern.hpp"
#include "patterns/embed/expression_text.hpp"

namespace cepheid::inline v0 {

namespace builder {

/// A step, group, choice or set as it is written.
struct Element {
  std::string_view link;    // `begin`, `next` …; static
  Part part;
  std::vector<std::string> streams;    // of `of`; more than one is a mistake that the text shows
  std::vector<Phrase> modifiers;
};

}    // namespace builder

/// Lines of rule text. What on a line cannot be said gets a comment behind it.
class LineWriter {
 public:
  void indent() { indent_ += "    "; }
  void outdent() { indent_.resize(indent_.size() - 4); }

  /// Adds to the line at hand, after a blank if something stands there.
  void put(std::string_view text, std::string_view mistake = {});
  void put(const patterns::Wording& wording) { put(wording.text, wording.mistake); }
  /// Adds without a blank.
  void join(std::string_view text, std::string_view mistake = {});
  void end_line();

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::string indent_;
  std::string line_;
  std::string_view mistake_;
};

/// The text of a pattern, and its conditions in C++ on the way.
class PatternWriter {
 public:
  explicit PatternWriter(std::size_t first_callable) : next_callable_(first_callable) {}

  void write(const Pattern& pattern);

  [[nodiscard]] std::string take_text() { return lines_.take(); }
  [[nodiscard]] std::vector<Callable> take_callables() { return std::move(callables_); }

 private:
  void write_elements(const builder::Elements& elements);
  void write_element(const builder::Element& element, const builder::Phrase* end);
  void write_link_and_part(const builder::Element& element);
  void write_group(const Sequence& sequence);
  void write_steps(const std::vector<Sequence>& steps);
  void write_modifiers(const builder::Element& element);
  void write_phrase(const builder::Phrase& phrase);
  void write_clauses(const std::vector<builder::Phrase>& clauses);
  void write_items(std::string_view word, const std::vector<Pattern::Item>& items);

  LineWriter lines_;
  std::vector<Callable> callables_;
  std::size_t next_callable_;
};

}    // namespace cepheid::inline v0
