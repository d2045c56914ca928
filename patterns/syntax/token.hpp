#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "patterns/source/source_file.hpp"

namespace cepheid::patterns::syntax {

/// Every word that means something somewhere, in the order of the alphabet.
enum class Word : std::uint8_t {
  absent,
  after,
  after_match,
  aggregate,
  alert,
  all,
  all_of,
  allow_combinations,
  allowed_lateness,
  amount,
  and_,
  any_of,
  as,
  as_of,
  asc,
  avro,
  before,
  begin,
  behaviour,
  between,
  block_start,
  body,
  bool_,
  brokers,
  by,
  changes,
  channel,
  combine,
  consecutive,
  csv,
  daily,
  decimal,
  dedupe,
  default_,
  desc,
  dormant,
  double_,
  drop_newest,
  drop_oldest,
  earliest,
  emit,
  entry,
  escalate,
  every,
  expect,
  fail,
  false_,
  features,
  file,
  first,
  first_seen,
  followed_by,
  followed_by_any,
  for_,
  format,
  fraud,
  from,
  given,
  greedy,
  group,
  having,
  header,
  history,
  http,
  id,
  idle,
  in,
  int_,
  invalid,
  is,
  join,
  json,
  kafka,
  keep,
  key,
  last,
  late,
  lateness,
  latest,
  leave,
  left,
  levels,
  like,
  limit,
  limits,
  list,
  location,
  lookup,
  matches,
  metrics_alert,
  missing,
  model,
  next,
  no,
  no_skip,
  none_,
  not_,
  not_followed_by,
  not_next,
  notify,
  null,
  of,
  of_previous,
  on,
  on_timeout,
  one_or_more,
  option,
  optional,
  or_,
  or_fail,
  partial_matches,
  pattern,
  per,
  postgres,
  rank,
  redis,
  refresh,
  require,
  resolve,
  roles,
  round_amount,
  same_type,
  schema,
  select,
  session,
  severity,
  shadow,
  sink,
  skip_past_last,
  skip_to_first,
  skip_to_last,
  skip_to_next,
  sliding,
  spread,
  start,
  stdin_,
  stdout_,
  stream,
  string,
  table,
  test,
  text,
  then,
  time,
  times,
  times_or_more,
  timestamp,
  title,
  to,
  top,
  travel,
  true_,
  tumbling,
  until,
  value,
  velocity,
  when,
  where,
  window,
  windows,
  within,
  zero_or_more,
  zone,
  none,
};

/// Where a word can be a plain name.
enum class WordRole : std::uint8_t {
  plain,             // everywhere
  clause,            // begins a statement or clause of Part 2: where none could begin
  pattern_clause,    // begins a part of a pattern: after a comma or where an expression must follow
  reserved,          // only between back-ticks
};

struct WordFacts {
  std::string_view text;
  Word word;
  WordRole role;
};

/// The word's spelling and role. `none` has none and is plain.
[[nodiscard]] const WordFacts& facts_of(Word word);
/// The word that is spelled so, or `none`.
[[nodiscard]] Word find_word(std::string_view text);

/// A set of words, known when compiling.
class WordSet {
 public:
  constexpr WordSet(std::initializer_list<Word> words) {
    for (const Word word : words) {
      const auto index = static_cast<unsigned>(word);
      bits_[index / 64] |= std::uint64_t{1} << index % 64;
    }
  }
  [[nodiscard]] constexpr bool contains(Word word) const {
    const auto index = static_cast<unsigned>(word);
    return (bits_[index / 64] >> index % 64 & 1) != 0;
  }
  /// In the order of the alphabet.
  [[nodiscard]] std::vector<std::string_view> spellings() const;

 private:
  static constexpr std::size_t kBitWords = static_cast<std::size_t>(Word::none) / 64 + 1;
  std::uint64_t bits_[kBitWords] = {};
};

inline constexpr WordSet kStatementWords = {Word::aggregate, Word::alert,         Word::channel, Word::fraud,
                                            Word::join,      Word::metrics_alert, Word::pattern, Word::rank,
                                            Word::sink,      Word::stream,        Word::table,   Word::test};

enum class TokenKind : std::uint8_t {
  end,       // of the text; one, the last
  name,      // perhaps a `word`
  quoted,    // a name between back-ticks
  integer,
  number,
  duration,
  string,     // with its quotes, escapes not yet looked at
  sign,       // `sign`
  invalid,    // already reported; stands for a value
};

enum class Sign : std::uint8_t {
  none,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  assign,
  plus,
  minus,
  star,
  slash,
  percent,
  comma,
  colon,
  dot,
  open_round,
  close_round,
  open_square,
  close_square,
  open_brace,
  close_brace,
  other,    // a sign that the language does not have
};

struct Token {
  Span span;
  TokenKind kind = TokenKind::end;
  Sign sign = Sign::none;
  Word word = Word::none;
  bool quiet = false;    // in a bracket that had to be closed for the author: what is wrong here follows from that

  [[nodiscard]] bool is(Sign other) const { return sign == other; }
  [[nodiscard]] bool is(Word other) const { return word == other; }
  [[nodiscard]] bool opens() const {
    return sign == Sign::open_round || sign == Sign::open_square || sign == Sign::open_brace;
  }
  [[nodiscard]] bool closes() const {
    return sign == Sign::close_round || sign == Sign::close_square || sign == Sign::close_brace;
  }
};

/// The bracket that closes an opening one.
[[nodiscard]] constexpr Sign closing(Sign open) {
  return static_cast<Sign>(static_cast<unsigned>(open) + 1);
}

}    // namespace cepheid::patterns::syntax
