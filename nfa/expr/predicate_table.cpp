#include "nfa/expr/predicate_table.hpp"

#include <algorithm>
#include <cstring>

#include "nfa/expr/text_choice.hpp"
#include "nfa/row/text_head.hpp"

namespace cepheid::nfa {

TextFamily::Constant& TextFamily::constant_of(const Text& constant) {
  const auto [place, is_new] = by_text_.try_emplace(constant.view(), constants_.size());
  if (is_new) constants_.push_back({constant.size, text_head(constant.view()), &constant, {}});
  return constants_[place->second];
}

bool TextFamily::add(const Text& constant, PredicateId id) {
  Found& found = constant_of(constant).found;
  if (found.equal != kNone) return false;
  found.equal = id;
  return true;
}

TextFamily::Found TextFamily::find(Row row) const {
  if ((row[slot_.null_word] & slot_.null_mask) != 0) return {};
  const Text* text = nullptr;
  __builtin_memcpy(&text, row + slot_.word, sizeof text);
  return find(*text);
}

TextFamily::Found TextFamily::find(const Text& text) const {
  if (constants_.size() > kFew) {
    const auto found = by_text_.find(text.view());
    return found == by_text_.end() ? Found() : constants_[found->second].found;
  }
  const std::uint64_t head = text_head(text.view());
  for (const Constant& constant : constants_) {
    if (constant.size != text.size || constant.head != head) continue;
    if (text.size <= kTextHeadBytes || std::memcmp(constant.text->bytes, text.bytes, text.size) == 0)
      return constant.found;
  }
  return {};
}

PredicateId PredicateTable::add(const TypedExpr& condition) {
  const auto next = static_cast<PredicateId>(programs_.size());
  const auto [place, is_new] = by_fingerprint_.try_emplace(fingerprint(condition), next);
  if (!is_new) return place->second;
  programs_.push_back(compile_expression(condition, {.row = &layout_}));
  family_of_.push_back(-1);
  put_into_family(condition, next);
  const bool is_cheap = !programs_.back().tests().empty() || family_of_.back() >= 0;
  if (next < 64 && is_cheap) cheap_ |= std::uint64_t{1} << next;
  return next;
}

void PredicateTable::put_into_family(const TypedExpr& condition, PredicateId id) {
  const FieldTest* test = programs_[id].only_test();
  if (test != nullptr && test->kind == FieldTest::Kind::equal_text && test->mask == kEqual) {
    const std::size_t family = family_for(test->slot);
    if (families_[family].add(*test->constant.text, id)) family_of_[id] = static_cast<std::int32_t>(family);
    return;
  }
  const std::optional<TextChoice> choice = text_choice_of(condition);
  if (!choice || id >= 64) return;
  const std::size_t family = family_for(layout_.slot(choice->field));
  for (const std::string_view text : choice->texts) families_[family].add_among(*texts_.copy_text(text), id);
  family_of_[id] = static_cast<std::int32_t>(family);
}

std::size_t PredicateTable::family_for(const FieldSlot& slot) {
  const auto found = std::ranges::find(families_, slot.word, [](const TextFamily& known) { return known.slot().word; });
  const auto family = static_cast<std::size_t>(found - families_.begin());
  if (found == families_.end()) families_.emplace_back(slot);
  return family;
}

PredicateBits::PredicateBits(const PredicateTable& table)
    : table_(table),
      known_((table.size() + 63) / 64),
      holds_(known_.size()),
      families_(table.families().size()),
      known_texts_(table.texts_stay() ? families_.size() : 0) {
  for (PredicateId id = 0; id < table.size() && table.is_small(); ++id) {
    if ((table.cheap() >> id & 1) != 0 && table.family_of(id) < 0) alone_.push_back(id);
  }
}

void PredicateBits::begin(Row row, TimeMs time_ms) {
  row_ = row;
  time_ms_ = time_ms;
  ++row_number_;
  for (std::uint64_t& word : known_) word = 0;
}

namespace {

/// Sets `bit` for the rows for which all tests hold, the first of which is of kind `kKind`: most rows end there.
template <FieldTest::Kind kKind>
void find_tests(std::span<const FieldTest> tests, std::span<const Row> rows, std::uint64_t bit,
                std::uint64_t* outcomes) {
  FieldTest first = tests.front();
  first.kind = kKind;    // so that it is known while this is compiled
  const std::span<const FieldTest> others = tests.subspan(1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!first.holds(rows[i])) continue;
    if (std::ranges::all_of(others, [&](const FieldTest& test) { return test.holds(rows[i]); })) outcomes[i] |= bit;
  }
}

void find_tests(std::span<const FieldTest> tests, std::span<const Row> rows, std::uint64_t bit,
                std::uint64_t* outcomes) {
  using enum FieldTest::Kind;
  switch (tests.front().kind) {
    case int_: return find_tests<int_>(tests, rows, bit, outcomes);
    case double_: return find_tests<double_>(tests, rows, bit, outcomes);
    case decimal: return find_tests<decimal>(tests, rows, bit, outcomes);
    case equal_text: return find_tests<equal_text>(tests, rows, bit, outcomes);
    case compare_text: return find_tests<compare_text>(tests, rows, bit, outcomes);
  }
}

}    // namespace

void PredicateBits::find_cheap(std::span<const Row> rows, std::uint64_t* outcomes) {
  for (std::size_t i = 0; i < rows.size(); ++i) outcomes[i] = 0;
  for (std::size_t family = 0; family < families_.size(); ++family) {
    if (!known_texts_.empty()) {
      find_known_texts(family, rows, outcomes);
      continue;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      outcomes[i] |= outcome_of(find_in_family(family, rows[i]));
    }
  }
  for (const PredicateId id : alone_) {
    find_tests(table_.program(id).tests(), rows, std::uint64_t{1} << id, outcomes);
  }
}

void PredicateBits::learn(KnownText& known, std::size_t family, const Text* text) const {
  const TextFamily::Found found = table_.families()[family].find(*text);
  known = {text, found, table_.is_small() ? outcome_of(found) : 0};
}

/// Texts come and go as they like: no branch hangs on which of the conditions holds.
void PredicateBits::find_known_texts(std::size_t family, std::span<const Row> rows, std::uint64_t* outcomes) {
  const FieldSlot slot = table_.families()[family].slot();
  KnownTexts& known_texts = known_texts_[family];
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row row = rows[i];
    if ((row[slot.null_word] & slot.null_mask) != 0) continue;
    const Text* text = nullptr;
    __builtin_memcpy(&text, row + slot.word, sizeof text);
    KnownText& known = known_texts[known_place(text)];
    if (known.text != text) learn(known, family, text);
    outcomes[i] |= known.outcome;
  }
}

void PredicateBits::evaluate(PredicateId id, EvalScratch& scratch) {
  const std::uint64_t mask = std::uint64_t{1} << (id & 63);
  bool holds = false;
  if (const std::int32_t family = table_.family_of(id); family >= 0) {
    FamilyOutcome& outcome = families_[static_cast<std::size_t>(family)];
    if (outcome.row != row_number_) outcome = {row_number_, find_in_family(static_cast<std::size_t>(family), row_)};
    holds = outcome.found.equal == id || (id < 64 && (outcome.found.among >> id & 1) != 0);
  } else {
    holds = table_.program(id).holds({.row = row_, .time_ms = time_ms_}, scratch);
  }
  known_[id >> 6] |= mask;
  holds_[id >> 6] = holds ? holds_[id >> 6] | mask : holds_[id >> 6] & ~mask;
}

}    // namespace cepheid::nfa
