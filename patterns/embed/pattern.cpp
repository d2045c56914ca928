#include "cepheid/pattern.hpp"

#include "patterns/embed/expression_text.hpp"
#include "patterns/embed/pattern_writer.hpp"

namespace cepheid::inline v0 {

using builder::Phrase;

namespace {

std::string_view word_of(OverLimit then) {
  switch (then) {
    case OverLimit::drop_oldest: return "drop_oldest";
    case OverLimit::drop_newest: return "drop_newest";
    case OverLimit::block_start: return "block_start";
    case OverLimit::fail: return "fail";
  }
  return patterns::kUnsayable;
}

Phrase phrase_of(std::string_view words, const patterns::Wording& wording) {
  return {std::string(words) + " " + wording.text, wording.mistake};
}

}    // namespace

AfterMatch AfterMatch::or_fail() const {
  AfterMatch result = *this;
  result.phrase_.text += " or_fail";
  return result;
}

AfterMatch no_skip() {
  return AfterMatch({"after_match no_skip"});
}
AfterMatch skip_to_next() {
  return AfterMatch({"after_match skip_to_next"});
}
AfterMatch skip_past_last() {
  return AfterMatch({"after_match skip_past_last"});
}
AfterMatch skip_to_first(std::string_view step) {
  return AfterMatch(phrase_of("after_match skip_to_first", patterns::name_text(step)));
}
AfterMatch skip_to_last(std::string_view step) {
  return AfterMatch(phrase_of("after_match skip_to_last", patterns::name_text(step)));
}

Pattern Pattern::begin(const Part& part) {
  Pattern pattern;
  pattern.add_element("begin", part);
  return pattern;
}

Pattern Pattern::absent(std::string_view step, std::chrono::milliseconds duration) {
  Pattern pattern;
  pattern.add_element("absent", step);
  pattern.absent_for_ = phrase_of("for", patterns::duration_text(duration));
  return pattern;
}

Pattern& Pattern::name(std::string_view name) {
  name_ = name;
  return *this;
}

Pattern& Pattern::when(const Expression& condition) {
  before_.push_back(Elements::condition("when", condition));
  return *this;
}

Pattern& Pattern::when(std::string_view description, RowCondition function) {
  before_.push_back(Elements::condition("when", description, std::move(function)));
  return *this;
}

Pattern& Pattern::within(std::chrono::milliseconds duration) {
  after_.push_back(phrase_of("within", patterns::duration_text(duration)));
  return *this;
}

Pattern& Pattern::after_match(const AfterMatch& strategy) {
  after_.push_back(strategy.phrase_);
  return *this;
}

Pattern& Pattern::emit(std::string_view item, const Expression& value) {
  emit_.push_back({std::string(item), value});
  return *this;
}

Pattern& Pattern::on_timeout_emit(std::string_view item, const Expression& value) {
  timeout_emit_.push_back({std::string(item), value});
  return *this;
}

Pattern& Pattern::limit_partial_matches(std::int64_t most, LimitScope scope, OverLimit then) {
  Phrase limit = phrase_of("limit partial_matches", patterns::count_text(most));
  if (scope == LimitScope::per_key) limit.text += " per key";
  limit.text += " then ";
  limit.text += word_of(then);
  after_.push_back(std::move(limit));
  return *this;
}

Pattern& Pattern::shadow() {
  after_.push_back({"shadow"});
  return *this;
}

std::string Pattern::text(std::size_t first_callable) const {
  PatternWriter writer(first_callable);
  writer.write(*this);
  return writer.take_text();
}

std::vector<Callable> Pattern::callables() const {
  PatternWriter writer(0);
  writer.write(*this);
  return writer.take_callables();
}

}    // namespace cepheid::inline v0
