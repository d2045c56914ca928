#include "patterns/embed/pattern_writer.hpp"

namespace cepheid::inline v0 {

using builder::Element;
using builder::Phrase;

void LineWriter::put(std::string_view text, std::string_view mistake) {
  if (!line_.empty()) line_ += ' ';
  join(text, mistake);
}

void LineWriter::join(std::string_view text, std::string_view mistake) {
  line_ += text;
  mistake_ = patterns::first_mistake(mistake_, mistake);
}

void LineWriter::end_line() {
  text_ += indent_;
  text_ += line_;
  if (!mistake_.empty()) {
    text_ += "    # `?`: ";
    text_ += mistake_;
  }
  text_ += '\n';
  line_.clear();
  mistake_ = {};
}

void PatternWriter::write(const Pattern& pattern) {
  lines_.put("pattern");
  if (pattern.name_.empty()) {
    lines_.put(patterns::kUnsayable, "a pattern without a name");
  } else {
    lines_.put(patterns::name_text(pattern.name_));
  }
  lines_.put("on");
  if (pattern.streams_.empty()) lines_.put(patterns::kUnsayable, "a pattern on no stream");
  for (std::size_t i = 0; i < pattern.streams_.size(); ++i) {
    if (i > 0) lines_.join(",");
    lines_.put(patterns::name_text(pattern.streams_[i]));
  }
  lines_.put("{");
  lines_.end_line();
  lines_.indent();

  for (std::size_t i = 0; i < pattern.key_.size(); ++i) {
    i == 0 ? lines_.put("key") : lines_.join(",");
    lines_.put(pattern.key_[i].text(), pattern.key_[i].mistake());
  }
  if (!pattern.key_.empty()) lines_.end_line();
  write_clauses(pattern.before_);
  const bool absent = !pattern.absent_for_.text.empty();
  for (std::size_t i = 0; i < pattern.elements_.size(); ++i) {
    write_element(pattern.elements_[i], absent && i == 0 ? &pattern.absent_for_ : nullptr);
    lines_.end_line();
  }
  write_clauses(pattern.after_);
  write_items("emit", pattern.emit_);
  write_items("on_timeout emit", pattern.timeout_emit_);

  lines_.outdent();
  lines_.put("}");
  lines_.end_line();
}

void PatternWriter::write_elements(const builder::Elements& elements) {
  for (const Element& element : elements.elements_) {
    write_element(element, nullptr);
    lines_.end_line();
  }
}

/// All of an element but the end of its last line. `end`: what stands there.
void PatternWriter::write_element(const Element& element, const Phrase* end) {
  lines_.put(element.link);
  write_link_and_part(element);
  write_modifiers(element);
  if (end != nullptr) write_phrase(*end);
}

void PatternWriter::write_link_and_part(const Element& element) {
  const Part& part = element.part;
  switch (part.kind_) {
    case Part::Kind::step: lines_.put(patterns::name_text(part.name_)); break;
    case Part::Kind::group:
      if (!part.name_.empty()) lines_.put(patterns::name_text(part.name_));
      write_group(part.sequences_.front());
      break;
    case Part::Kind::any_of:
      lines_.put("any_of");
      if (part.sequences_.empty()) lines_.put(patterns::kUnsayable, "`any_of` of nothing");
      for (const Sequence& alternative : part.sequences_) write_group(alternative);
      break;
    case Part::Kind::all_of:
      lines_.put("all_of");
      write_steps(part.sequences_);
      break;
  }
}

void PatternWriter::write_group(const Sequence& sequence) {
  lines_.put("(");
  lines_.end_line();
  lines_.indent();
  write_elements(sequence);
  lines_.outdent();
  lines_.put(")");
}

/// The steps of `all_of`, without links.
void PatternWriter::write_steps(const std::vector<Sequence>& steps) {
  lines_.put("(");
  lines_.end_line();
  lines_.indent();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::vector<Element>& elements = steps[i].elements_;
    if (elements.size() == 1 && elements.front().part.kind_ == Part::Kind::step) {
      write_link_and_part(elements.front());
      write_modifiers(elements.front());
    } else {
      lines_.put(patterns::kUnsayable, "`all_of` takes sequences of one step each");
    }
    if (i + 1 < steps.size()) lines_.join(",");
    lines_.end_line();
  }
  lines_.outdent();
  lines_.put(")");
}

void PatternWriter::write_modifiers(const Element& element) {
  for (const std::string& stream : element.streams) {
    lines_.put("of");
    lines_.put(patterns::name_text(stream));
  }
  for (const Phrase& modifier : element.modifiers) write_phrase(modifier);
}

void PatternWriter::write_phrase(const Phrase& phrase) {
  lines_.put(phrase.text, phrase.mistake);
  if (!phrase.callable) return;
  const patterns::Wording description = patterns::string_text(phrase.callable->description);
  lines_.put("callable(", description.mistake);
  lines_.join(description.text);
  lines_.join(", ");
  lines_.join(std::to_string(next_callable_++));
  lines_.join(")");
  callables_.push_back(*phrase.callable);
}

void PatternWriter::write_clauses(const std::vector<Phrase>& clauses) {
  for (const Phrase& clause : clauses) {
    write_phrase(clause);
    lines_.end_line();
  }
}

void PatternWriter::write_items(std::string_view word, const std::vector<Pattern::Item>& items) {
  const std::string blanks(word.size(), ' ');
  for (std::size_t i = 0; i < items.size(); ++i) {
    lines_.put(i == 0 ? word : blanks);
    lines_.put(patterns::name_text(items[i].name));
    lines_.put("=");
    lines_.put(items[i].value.text(), items[i].value.mistake());
    if (i + 1 < items.size()) lines_.join(",");
    lines_.end_line();
  }
}

}    // namespace cepheid::inline v0
