// `pattern name on streams { … }`.
//
// Each clause, element and modifier is a part that mistakes do not leave (`recovering`); what stands between two of
// them and begins none is reported as misplaced.

#include <fmt/format.h>

#include <memory>

#include "patterns/syntax/grammar.hpp"
#include "patterns/syntax/number.hpp"

namespace cepheid::patterns::syntax::grammar {

namespace {

using x3::_attr;
using x3::_val;

const Expected kWholeNumber = {"a whole number"};
const Expected kCommaOrRound = {"`,` or `)`"};
const Expected kRound = {"`)`"};
constexpr std::string_view kStepName = "a step's name";
constexpr std::string_view kElementHint = "a modifier, a clause or the next step is expected";
constexpr std::string_view kClauseHint = "a clause of the pattern or `}` is expected";

LinkWord link_of(Word word) {
  switch (word) {
    case Word::next: return LinkWord::next;
    case Word::followed_by: return LinkWord::followed_by;
    case Word::followed_by_any: return LinkWord::followed_by_any;
    case Word::not_next: return LinkWord::not_next;
    case Word::not_followed_by: return LinkWord::not_followed_by;
    default: return LinkWord::begin;
  }
}

constexpr WordSet kLinks = {Word::next, Word::followed_by, Word::followed_by_any, Word::not_next,
                            Word::not_followed_by};

// ---- modifiers

auto set_kind(Modifier::Kind kind) {
  return [kind](auto& context) { _val(context).kind = kind; };
}
const auto set_condition = [](auto& context) { _val(context).expr = std::move(_attr(context)); };
const auto set_from = [](auto& context) { _val(context).from = integer_value(state_of(context).text(_attr(context))); };
const auto set_to = [](auto& context) { _val(context).to = integer_value(state_of(context).text(_attr(context))); };
const auto set_bound = [](auto& context) { _val(context).from = _attr(context).ms; };
const auto set_bound_step = [](auto& context) {
  _val(context).kind = Modifier::Kind::within_of;
  _val(context).step = std::move(_attr(context));
};

const auto is_bound_of_step = [](const ParserState&, const Token* token) {
  return token->is(Word::within) && token[1].kind != TokenKind::end &&
         (token[2].is(Word::of_previous) || token[2].is(Word::of));
};

// ---- elements

/// Not so if it did not parse.
bool stands(const Element& element) {
  return element.name || element.group || !element.any_of.empty() || !element.all_of.empty();
}

const auto set_link = [](auto& context) {
  _val(context).link = link_of(_attr(context).word);
  _val(context).link_span = _attr(context).span;
};
const auto set_name = [](auto& context) { _val(context).name = std::move(_attr(context)); };
const auto set_stream = [](auto& context) { _val(context).of = std::move(_attr(context)); };
const auto set_group = [](auto& context) {
  _val(context).group = std::make_unique<Sequence>(std::move(_attr(context)));
};
const auto set_sequence = [](auto& context) { _val(context) = std::move(_attr(context)); };
const auto add_alternative = [](auto& context) { _val(context).any_of.push_back(std::move(_attr(context))); };
/// Also one that did not parse: how many there are is known.
const auto add_step = [](auto& context) { _val(context).all_of.push_back(std::move(_attr(context))); };
const auto add_modifier = [](auto& context) {
  if (!state_of(context).given_up()) _val(context).modifiers.push_back(std::move(_attr(context)));
};
const auto add_element = [](auto& context) {
  Element& element = _attr(context);
  if (stands(element)) _val(context).elements.push_back(std::move(element));
};

const auto is_group = [](const ParserState& state, const Token* token) {
  return token->is(Sign::open_round) ||
         (state.can_be_name(token, NamePlace::declared) && token[1].is(Sign::open_round));
};

// ---- clauses of the pattern

auto set_skip(AfterMatch::Kind kind) {
  return [kind](auto& context) { _val(context).kind = kind; };
}
const auto set_skip_step = [](auto& context) { _val(context).step = std::move(_attr(context)); };
const auto set_or_fail = [](auto& context) { _val(context).or_fail = true; };

/// A second sequence is reported by its `begin`; its steps are kept, so that their names are known.
const auto add_sequence = [](auto& context) {
  auto& sequence = _val(context).sequence;
  if (!sequence) {
    sequence = std::move(_attr(context));
    return;
  }
  for (Element& element : _attr(context).elements) sequence->elements.push_back(std::move(element));
};
const auto add_stray_element = [](auto& context) {
  state_of(context).set_broken();
  Element& element = _attr(context);
  if (!stands(element)) return;
  auto& sequence = _val(context).sequence;
  if (!sequence) sequence = Sequence{.elements = {}, .span = element.span};
  sequence->elements.push_back(std::move(element));
};
const auto report_stray_link = [](auto& context) {
  const Iterator token = x3::_where(context).begin();
  state_of(context).unexpected(token, "a sequence starts with `begin`, and no other clause stands between its steps");
};
const auto set_shadow = [](auto& context) { _val(context).shadow = true; };

const auto set_absent_name = [](auto& context) { _val(context).name = std::move(_attr(context)); };
const auto set_absent_duration = [](auto& context) { _val(context).duration_ms = _attr(context).ms; };
/// Also of a clause that did not parse the step is known, so that what names it is not reported too.
const auto set_absent = [](auto& context) {
  Absent& absent = _attr(context);
  if (absent.name.text.empty() || _val(context).absent) return;
  if (state_of(context).given_up()) absent.where.clear();
  _val(context).absent = std::move(absent);
};

const auto set_most = [](auto& context) { _val(context).most = integer_value(state_of(context).text(_attr(context))); };
const auto set_per_key = [](auto& context) { _val(context).per_key = true; };
auto set_then(Limit::Then then) {
  return [then](auto& context) { _val(context).then = then; };
}

const auto set_pattern_name = [](auto& context) { _val(context).name = std::move(_attr(context)); };
const auto begin_statement = [](auto& context) { state_of(context).begin_statement(Word::pattern); };
const auto enter_braces = [](auto& context) { state_of(context).set_in_braces(true); };
const auto note_broken = [](auto& context) { _val(context).broken = state_of(context).broken(); };
const auto is_link = [](const ParserState& state, const Token* token) {
  return kLinks.contains(token->word) && state.begins_clause(token);
};
const auto is_begin = [](const ParserState&, const Token* token) { return token->is(Word::begin); };
const auto note_begin = [](auto& context) { state_of(context).note_clause(*x3::_where(context).begin()); };

}    // namespace

const x3::rule<struct ModifierId, Modifier> modifier = "modifier";
const x3::rule<struct FirstElementId, Element> first_element = "first element";
const x3::rule<struct LinkedElementId, Element> linked_element = "linked element";
const x3::rule<struct SequenceId, Sequence> sequence = "sequence";
const x3::rule<struct AlternativeId, Sequence> alternative = "alternative";
const x3::rule<struct ListedStepId, Element> listed_step = "step of a list";
const x3::rule<struct AbsentId, Absent> absent = "absent";
const x3::rule<struct LimitId, Limit> limit = "limit";
const x3::rule<struct TopSequenceId, Sequence> top_sequence = "sequence of the pattern";
const x3::rule<struct AfterMatchId, AfterMatch> after_match = "after_match";

const auto count = kind(TokenKind::integer, kWholeNumber);
const auto open_round = sign(Sign::open_round, {"`(`"});
const auto modifier_def = spanned
    [recovering
         [word(Word::where)[set_kind(Modifier::Kind::where)] >> complete(kElementHint)[expression][set_condition] |
          word(Word::until)[set_kind(Modifier::Kind::until)] >> complete(kElementHint)[expression][set_condition] |
          word(Word::one_or_more)[set_kind(Modifier::Kind::one_or_more)] |
          word(Word::zero_or_more)[set_kind(Modifier::Kind::zero_or_more)] |
          word(Word::times)[set_kind(Modifier::Kind::times)] >> open_round >> count[set_from] >>
              -(sign(Sign::comma) >> count[set_to]) >> sign(Sign::close_round, kCommaOrRound) |
          word(Word::times_or_more)[set_kind(Modifier::Kind::times_or_more)] >> open_round >> count[set_from] >>
              sign(Sign::close_round, kRound) |
          word(Word::optional)[set_kind(Modifier::Kind::optional)] |
          word(Word::greedy)[set_kind(Modifier::Kind::greedy)] |
          word(Word::consecutive)[set_kind(Modifier::Kind::consecutive)] |
          word(Word::allow_combinations)[set_kind(Modifier::Kind::allow_combinations)] |
          ahead(is_bound_of_step) >> word(Word::within)[set_kind(Modifier::Kind::within_previous)] >>
              duration[set_bound] >>
              (word(Word::of_previous) | word(Word::of) >> name(NamePlace::declared, kStepName)[set_bound_step])]];

const auto step = name(NamePlace::declared, kStepName)[set_name] >>
                  -(word(Word::of) >> name(NamePlace::declared, "a stream's name")[set_stream]);
const auto group = ahead(is_group) >> -name(NamePlace::declared)[set_name] >>
                   sign(Sign::open_round) >> sequence[set_group] >> sign(Sign::close_round, kRound);
const auto alternative_def = -name(NamePlace::declared) >> sign(Sign::open_round, {"`(`"}) >> sequence[set_sequence] >>
                             sign(Sign::close_round, kRound);
const auto choice = word(Word::any_of) >> alternative[add_alternative] >>
                    *(ahead(is_group) >> alternative[add_alternative]);
const auto set = word(Word::all_of) >> open_round >>
                 listed[listed_step[add_step] >> *(sign(Sign::comma) >> listed_step[add_step])] >>
                 sign(Sign::close_round, kCommaOrRound);
const auto modifiers = *(modifier[add_modifier] | MisplacedParser(false, kElementHint));
const auto listed_step_def = spanned[recovering[step] >> modifiers];
const auto element_body = recovering[choice | set | group | step] >> modifiers;
const auto first_element_def = spanned[word(Word::begin, {"`begin`", {Word::begin}})[set_link] >> element_body];
const auto linked_element_def = spanned[any_of(kLinks)[set_link] >> element_body];

/// In a group all stands between its brackets; what is not of a sequence is misplaced there.
const auto sequence_def =
    spanned[recovering[first_element[add_element]] >>
            *(linked_element[add_element] |
              MisplacedParser(true, "a group holds only a sequence: `begin`, then linked steps"))];
const auto top_sequence_def =
    spanned[ahead(is_begin) >> x3::eps[note_begin] >> first_element[add_element] >> *(linked_element[add_element])];

const Expected kSkipStrategy = {
    "`no_skip`, `skip_to_next`, `skip_past_last`, `skip_to_first` or `skip_to_last`",
    {Word::no_skip, Word::skip_to_next, Word::skip_past_last, Word::skip_to_first, Word::skip_to_last}};
const auto skip_step = name(NamePlace::declared, kStepName)[set_skip_step] >> -word(Word::or_fail)[set_or_fail];
const auto after_match_def =
    spanned[word(Word::no_skip)[set_skip(AfterMatch::Kind::no_skip)] |
            word(Word::skip_to_next)[set_skip(AfterMatch::Kind::skip_to_next)] |
            word(Word::skip_past_last)[set_skip(AfterMatch::Kind::skip_past_last)] |
            word(Word::skip_to_first)[set_skip(AfterMatch::Kind::skip_to_first)] >> skip_step |
            word(Word::skip_to_last)[set_skip(AfterMatch::Kind::skip_to_last)] >> skip_step | otherwise(kSkipStrategy)];

const auto absent_def =
    spanned[recovering[clause(Word::absent) >> name(NamePlace::declared, kStepName)[set_absent_name] >>
                       *(word(Word::where) >> expression[append_to(&Absent::where)]) >>
                       word(Word::for_, {"`for`", {Word::for_, Word::where}}) >> duration[set_absent_duration]]];
const Expected kLimitThen = {"`drop_oldest`, `drop_newest`, `block_start` or `fail`",
                             {Word::drop_oldest, Word::drop_newest, Word::block_start, Word::fail}};
const auto limit_def =
    spanned[clause(Word::limit) >> word(Word::partial_matches, {"`partial_matches`", {Word::partial_matches}}) >>
            count[set_most] >> -(word(Word::per) >> word(Word::key, {"`key`", {Word::key}})[set_per_key]) >>
            word(Word::then, {"`per key` or `then`", {Word::per, Word::then}}) >>
            (word(Word::drop_oldest)[set_then(Limit::Then::drop_oldest)] |
             word(Word::drop_newest)[set_then(Limit::Then::drop_newest)] |
             word(Word::block_start)[set_then(Limit::Then::block_start)] |
             word(Word::fail)[set_then(Limit::Then::fail)] | otherwise(kLimitThen))];
const auto pattern_clause =
    recovering[clause(Word::key) >> expressions[set_once(&Pattern::key)] |
               clause(Word::when) >> complete(kClauseHint)[expression][set_once(&Pattern::when)] |
               clause(Word::within) >> duration[set_once(&Pattern::within)] |
               clause(Word::after_match) >> after_match[set_once(&Pattern::after_match)] |
               clause(Word::emit) >> named_items[set_once(&Pattern::emit)] |
               clause(Word::on_timeout) >> word(Word::emit, {"`emit`", {Word::emit}}) >>
                   named_items[set_once(&Pattern::timeout_emit)] |
               limit[set_once(&Pattern::limit)] | clause(Word::shadow)[set_shadow]];
const auto stray_element = ahead(is_link) >> x3::eps[report_stray_link] >> +linked_element[add_stray_element];
const auto header = recovering_to_body[name(NamePlace::declared, "the pattern's name")[set_pattern_name] >>
                                       word(Word::on, {"`on`", {Word::on}}) >> names[set_once(&Pattern::inputs)] >>
                                       body_ahead({"`,` or `{`"})];
const auto body = sign(Sign::open_brace)[enter_braces] >>
                  *(top_sequence[add_sequence] | absent[set_absent] | pattern_clause | stray_element |
                    MisplacedParser(true, kClauseHint)) >>
                  sign(Sign::close_brace);
const auto pattern_def = spanned[word(Word::pattern)[begin_statement] >> header >> -body >> x3::eps[note_broken]];

BOOST_SPIRIT_DEFINE(modifier, first_element, linked_element, sequence, alternative, listed_step, top_sequence,
                    after_match, absent, limit, pattern)
BOOST_SPIRIT_INSTANTIATE(decltype(pattern), Iterator, Context)

}    // namespace cepheid::patterns::syntax::grammar
