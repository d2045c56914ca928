#include "cepheid/sequence.hpp"

#include <utility>

#include "patterns/embed/expression_text.hpp"
#include "patterns/embed/pattern_writer.hpp"

namespace cepheid::inline v0 {

Part::Part(Kind kind, std::string_view name, std::vector<Sequence> sequences)
    : kind_(kind), name_(name), sequences_(std::move(sequences)) {}
Part::Part(Step step) : Part(Kind::step, step.name, {}) {}
Part::Part(const Sequence& group) : Part(Kind::group, {}, {group}) {}
Part::Part(const Part&) = default;
Part::Part(Part&&) noexcept = default;
Part& Part::operator=(const Part&) = default;
Part& Part::operator=(Part&&) noexcept = default;
Part::~Part() = default;

Part group(std::string_view label, const Sequence& sequence) {
  return {Part::Kind::group, label, {sequence}};
}

Part any_of(const std::vector<Sequence>& alternatives) {
  return {Part::Kind::any_of, {}, alternatives};
}

Part all_of(const std::vector<Sequence>& steps) {
  return {Part::Kind::all_of, {}, steps};
}

namespace builder {

Elements::Elements() = default;
Elements::Elements(const Elements&) = default;
Elements::Elements(Elements&&) noexcept = default;
Elements& Elements::operator=(const Elements&) = default;
Elements& Elements::operator=(Elements&&) noexcept = default;
Elements::~Elements() = default;

void Elements::add_element(std::string_view link, const Part& part) {
  // By way of a copy: the part may be this sequence itself.
  elements_.push_back(Element{.link = link, .part = Part(part), .streams = {}, .modifiers = {}});
}

void Elements::add_modifier(Phrase modifier) {
  if (!elements_.empty()) elements_.back().modifiers.push_back(std::move(modifier));
}

void Elements::set_stream(std::string_view name) {
  if (!elements_.empty()) elements_.back().streams.emplace_back(name);
}

Phrase Elements::condition(std::string_view word, const Expression& expression) {
  return {std::string(word) + " " + expression.text(), expression.mistake()};
}

Phrase Elements::condition(std::string_view word, std::string_view description, RowCondition function) {
  if (!function) {
    return {std::string(word) + " " + std::string(patterns::kUnsayable), "a condition that is an empty function"};
  }
  return {std::string(word),
          {},
          Callable{std::string(description), std::make_shared<const RowCondition>(std::move(function))}};
}

Phrase Elements::counted(std::string_view word, std::int64_t from, std::optional<std::int64_t> to) {
  const patterns::Wording first = patterns::count_text(from);
  Phrase phrase{std::string(word) + "(" + first.text, first.mistake};
  if (to) {
    const patterns::Wording second = patterns::count_text(*to);
    phrase.text += ", " + second.text;
    phrase.mistake = patterns::first_mistake(phrase.mistake, second.mistake);
  }
  phrase.text += ")";
  return phrase;
}

Phrase Elements::bounded(std::chrono::milliseconds duration, std::string_view after, std::string_view step) {
  const patterns::Wording length = patterns::duration_text(duration);
  Phrase phrase{"within " + length.text + " " + std::string(after), length.mistake};
  if (after == "of ") {
    const patterns::Wording name = patterns::name_text(step);
    phrase.text += name.text;
    phrase.mistake = patterns::first_mistake(phrase.mistake, name.mistake);
  }
  return phrase;
}

}    // namespace builder

Sequence Sequence::begin(const Part& part) {
  Sequence sequence;
  sequence.add_element("begin", part);
  return sequence;
}

}    // namespace cepheid::inline v0
