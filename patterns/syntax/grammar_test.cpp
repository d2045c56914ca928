// Tests of a rule file in itself: `test "title" { given … expect … }`, with rows of JSON.

#include <string>
#include <string_view>

#include "patterns/syntax/grammar.hpp"

namespace cepheid::patterns::syntax::grammar {

namespace {

using x3::_attr;
using x3::_val;

/// `-`, then a number without the rule language's `_`. Nothing else that the lexer takes for one is none in JSON, but
/// for zeros before it.
bool is_json_number(std::string_view text) {
  const bool zero_first = text.size() > 1 && text[0] == '0' && '0' <= text[1] && text[1] <= '9';
  return !zero_first && text.find('_') == std::string_view::npos;
}

/// Reads one value of JSON, token by token. Depth of recursion: that of the brackets, which are bounded.
class JsonReader {
 public:
  JsonReader(ParserState& state, Test::Row& row) : state_(state), row_(row) {}

  /// A whole row; leaves `first` behind it.
  bool row(Iterator& first) {
    if (!first->is(Sign::open_brace)) return miss(first, "a row: `{\"field\": value, …}`");
    return object(first, true);
  }

 private:
  bool miss(Iterator at, std::string_view expected) {
    state_.miss(at, {expected});
    return false;
  }
  void take(Iterator& first) {
    row_.json += state_.text(*first);
    ++first;
  }
  bool take(Iterator& first, Sign sign, std::string_view expected) {
    if (!first->is(sign)) return miss(first, expected);
    take(first);
    return true;
  }
  [[nodiscard]] bool is_json_string(Iterator token) const {
    return token->kind == TokenKind::string && state_.text(*token).starts_with('"');
  }

  bool object(Iterator& first, bool outermost) {
    take(first);
    if (first->is(Sign::close_brace)) return take(first, Sign::close_brace, "`}`");
    while (true) {
      if (!is_json_string(first)) return miss(first, "a field in `\"…\"`");
      if (outermost) {
        const std::string_view text = state_.text(*first);
        row_.members.push_back({std::string(text.substr(1, text.size() - 2)), first->span});
      }
      take(first);
      if (!take(first, Sign::colon, "`:`") || !value(first)) return false;
      if (first->is(Sign::close_brace)) return take(first, Sign::close_brace, "`}`");
      if (!take(first, Sign::comma, "`,` or `}`")) return false;
    }
  }

  bool list(Iterator& first) {
    take(first);
    if (first->is(Sign::close_square)) return take(first, Sign::close_square, "`]`");
    while (true) {
      if (!value(first)) return false;
      if (first->is(Sign::close_square)) return take(first, Sign::close_square, "`]`");
      if (!take(first, Sign::comma, "`,` or `]`")) return false;
    }
  }

  bool value(Iterator& first) {
    if (first->is(Sign::open_brace)) return object(first, false);
    if (first->is(Sign::open_square)) return list(first);
    const bool negative = first->is(Sign::minus);
    const Iterator digits = negative ? first + 1 : first;
    const bool number = (digits->kind == TokenKind::integer || digits->kind == TokenKind::number) &&
                        is_json_number(state_.text(*digits));
    const bool word = first->is(Word::true_) || first->is(Word::false_) || first->is(Word::null);
    if (!number && !word && !is_json_string(first)) return miss(first, "a value of JSON");
    if (negative) take(first);
    take(first);
    return true;
  }

  ParserState& state_;
  Test::Row& row_;
};

struct RowParser : x3::parser<RowParser> {
  using attribute_type = Test::Row;
  static const bool has_attribute = true;

  template <typename Ctx, typename RContext, typename Attribute>
  bool parse(Iterator& first, const Iterator&, const Ctx& context, RContext&, Attribute& attribute) const {
    ParserState& state = state_of(context);
    if (state.failed()) return false;
    const Iterator begin = first;
    Test::Row row;
    if (!JsonReader(state, row).row(first)) return false;
    row.span = state.span(begin, first);
    hand_over(attribute, std::move(row));
    return true;
  }
};

const auto begin_test = [](auto& context) { state_of(context).begin_statement(Word::test); };
const auto enter_braces = [](auto& context) { state_of(context).set_in_braces(true); };
const auto set_title = [](auto& context) { _val(context).title = std::move(_attr(context)); };
const auto note_broken = [](auto& context) { _val(context).broken = state_of(context).broken(); };
const auto set_stream = [](auto& context) { _val(context).name = std::move(_attr(context)); };
const auto note_rows = [](auto& context) { _val(context) = std::move(_attr(context)); };
template <typename List>
auto add_if_whole(List Test::*member) {
  return [member](auto& context) {
    if (!state_of(context).given_up()) (_val(context).*member).push_back(std::move(_attr(context)));
  };
}
const auto is_no = [](const ParserState&, const Token* token) {
  return token->is(Word::no) && !token[1].is(Sign::colon);
};

}    // namespace

const x3::rule<struct RowsId, Test::Rows> rows = "rows of a stream";
const x3::rule<struct GivenId, Test::Rows> given = "given";
const x3::rule<struct ExpectId, Test::Rows> expect = "expect";

constexpr std::string_view kStreamName = "a stream's name";
const RowParser row;
const auto rows_def = name(NamePlace::declared, kStreamName)[set_stream] >>
                      sign(Sign::colon, {"`:`"}) >> row[append_to(&Test::Rows::rows)] % sign(Sign::comma);
const auto given_def = recovering[word(Word::given) >> rows[note_rows]];
const auto expect_def = recovering[word(Word::expect) >> (ahead(is_no) >> word(Word::no) >>
                                                              name(NamePlace::declared, kStreamName)[set_stream] |
                                                          rows[note_rows])];
constexpr std::string_view kTestHint = "`given`, `expect` or `}` is expected";
const auto test_def =
    spanned[word(Word::test)[begin_test] >> recovering_to_body[string[set_title] >> body_ahead({"`{`"})] >>
            -(sign(Sign::open_brace)[enter_braces] >>
              *(given[add_if_whole(&Test::given)] | expect[add_if_whole(&Test::expect)] |
                MisplacedParser(true, kTestHint)) >>
              sign(Sign::close_brace)) >>
            x3::eps[note_broken]];

BOOST_SPIRIT_DEFINE(rows, given, expect, test)
BOOST_SPIRIT_INSTANTIATE(decltype(test), Iterator, Context)

}    // namespace cepheid::patterns::syntax::grammar
