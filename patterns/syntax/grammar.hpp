#pragma once

// The pieces that the grammar files share; the only header with Boost.Spirit. The grammars read tokens, not characters:
// strings, comments and brackets are dealt with before, so one token decides what comes.

#include <boost/spirit/home/x3.hpp>

#include <type_traits>
#include <utility>
#include <vector>

#include "patterns/syntax/parser_state.hpp"

namespace cepheid::patterns::syntax::grammar {

namespace x3 = boost::spirit::x3;

struct StateTag;
using Iterator = const Token*;
using Context =
    decltype(x3::make_context<StateTag>(std::declval<ParserState&>(), std::declval<const x3::unused_type&>()));

template <typename Ctx>
ParserState& state_of(const Ctx& context) {
  return x3::get<StateTag>(context);
}

template <typename Attribute, typename Value>
void hand_over(Attribute& attribute, Value&& value) {
  if constexpr (!std::is_same_v<std::remove_const_t<Attribute>, x3::unused_type>)
    attribute = std::forward<Value>(value);
}

// ---- parsers of one token

/// A token for which `Matches` holds. With `expected` anything else is a mistake, without it the grammar looks for
/// another way.
template <typename Matches>
struct TokenParser : x3::parser<TokenParser<Matches>> {
  using attribute_type = Token;
  static const bool has_attribute = true;

  TokenParser(Matches matches_, Expected expected_) : matches(matches_), expected(expected_) {}

  template <typename Ctx, typename RContext, typename Attribute>
  bool parse(Iterator& first, const Iterator&, const Ctx& context, RContext&, Attribute& attribute) const {
    ParserState& state = state_of(context);
    if (state.failed()) return false;
    if (!matches(*first)) {
      state.miss(first, expected);
      return false;
    }
    hand_over(attribute, *first);
    ++first;
    return true;
  }

  Matches matches;
  Expected expected;
};

inline auto sign(Sign sign, Expected expected = {}) {
  return TokenParser([sign](const Token& token) { return token.is(sign); }, expected);
}
inline auto word(Word word, Expected expected = {}) {
  return TokenParser([word](const Token& token) { return token.kind == TokenKind::name && token.is(word); }, expected);
}
inline auto any_of(WordSet words, Expected expected = {}) {
  return TokenParser(
      [words](const Token& token) { return token.kind == TokenKind::name && words.contains(token.word); }, expected);
}
inline auto kind(TokenKind kind, Expected expected = {}) {
  return TokenParser([kind](const Token& token) { return token.kind == kind; }, expected);
}

/// A name, where a name can stand.
struct NameParser : x3::parser<NameParser> {
  using attribute_type = Name;
  static const bool has_attribute = true;

  NameParser(NamePlace place_, Expected expected_) : place(place_), expected(expected_) {}

  template <typename Ctx, typename RContext, typename Attribute>
  bool parse(Iterator& first, const Iterator&, const Ctx& context, RContext&, Attribute& attribute) const {
    ParserState& state = state_of(context);
    if (state.failed()) return false;
    if (!state.can_be_name(first, place)) {
      state.miss(first, expected);
      return false;
    }
    hand_over(attribute, state.name(*first));
    ++first;
    return true;
  }

  NamePlace place;
  Expected expected;
};

inline NameParser name(NamePlace place, std::string_view expected = {}) {
  return {place, {expected}};
}

/// Takes no token: whether `Holds(state, token)` holds of the next one.
template <typename Holds>
struct AheadParser : x3::parser<AheadParser<Holds>> {
  using attribute_type = x3::unused_type;
  static const bool has_attribute = false;

  explicit AheadParser(Holds holds_) : holds(holds_) {}

  template <typename Ctx, typename RContext, typename Attribute>
  bool parse(Iterator& first, const Iterator&, const Ctx& context, RContext&, Attribute&) const {
    ParserState& state = state_of(context);
    return !state.failed() && holds(state, first);
  }

  Holds holds;
};

template <typename Holds>
AheadParser<Holds> ahead(Holds holds) {
  return AheadParser<Holds>(holds);
}

/// Takes no token: the next one opens the statement's body.
inline auto body_ahead(Expected expected) {
  return x3::eps[([expected](auto& context) {
    const Iterator token = x3::_where(context).begin();
    if (!token->is(Sign::open_brace)) state_of(context).miss(token, expected);
    x3::_pass(context) = token->is(Sign::open_brace);
  })];
}

/// The last of several ways: none was taken, so what stands here is a mistake.
inline auto otherwise(Expected expected) {
  return TokenParser([](const Token&) { return false; }, expected);
}

// ---- directives

/// Gives the rule's value the span of the tokens that `Subject` takes.
template <typename Subject>
struct Spanned : x3::unary_parser<Subject, Spanned<Subject>> {
  using x3::unary_parser<Subject, Spanned<Subject>>::unary_parser;
  static const bool is_pass_through_unary = true;
  static const bool handles_container = Subject::handles_container;

  template <typename Ctx, typename RContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Ctx& context, RContext& value, Attribute& attribute) const {
    const Iterator begin = first;
    if (!this->subject.parse(first, last, context, value, attribute)) return false;
    value.span = state_of(context).span(begin, first);
    return true;
  }
};

struct SpannedGen {
  template <typename Subject>
  auto operator[](const Subject& subject) const {
    using Parser = typename x3::extension::as_parser<Subject>::value_type;
    return Spanned<Parser>(x3::as_parser(subject));
  }
};
inline constexpr SpannedGen spanned{};

/// A part whose mistakes stay in it: after one it succeeds too, at the next clause (or, `to_body`, the statement's
/// opening brace), and the state says that the part is given up.
template <typename Subject, bool to_body>
struct Recovering : x3::unary_parser<Subject, Recovering<Subject, to_body>> {
  using x3::unary_parser<Subject, Recovering<Subject, to_body>>::unary_parser;
  static const bool is_pass_through_unary = true;
  static const bool handles_container = Subject::handles_container;

  template <typename Ctx, typename RContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Ctx& context, RContext& value, Attribute& attribute) const {
    ParserState& state = state_of(context);
    const Iterator begin = first;
    state.begin_clause();
    const bool passed = this->subject.parse(first, last, context, value, attribute);
    if (!state.failed()) return passed;
    first = to_body ? state.recover_to_body(begin) : state.recover(begin);
    return true;
  }
};

template <bool to_body>
struct RecoveringGen {
  template <typename Subject>
  auto operator[](const Subject& subject) const {
    using Parser = typename x3::extension::as_parser<Subject>::value_type;
    return Recovering<Parser, to_body>(x3::as_parser(subject));
  }
};
inline constexpr RecoveringGen<false> recovering{};
inline constexpr RecoveringGen<true> recovering_to_body{};

/// The last part of a clause: behind it the next clause must begin, or it is given up, so that nothing is said about
/// what was read as far as the mistake.
template <typename Subject>
struct Complete : x3::unary_parser<Subject, Complete<Subject>> {
  static const bool is_pass_through_unary = true;
  static const bool handles_container = Subject::handles_container;

  Complete(const Subject& part, std::string_view hint_)
      : x3::unary_parser<Subject, Complete<Subject>>(part), hint(hint_) {}

  template <typename Ctx, typename RContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Ctx& context, RContext& value, Attribute& attribute) const {
    if (!this->subject.parse(first, last, context, value, attribute)) return false;
    ParserState& state = state_of(context);
    if (state.ends_clauses(first) || state.begins_clause(first)) return true;
    state.give_up_at(first, hint);
    return false;
  }

  std::string_view hint;
};

struct CompleteGen {
  template <typename Subject>
  auto operator[](const Subject& subject) const {
    using Parser = typename x3::extension::as_parser<Subject>::value_type;
    return Complete<Parser>(x3::as_parser(subject), hint);
  }
  std::string_view hint;
};
/// `hint`: what is expected behind it.
inline CompleteGen complete(std::string_view hint) {
  return {hint};
}

/// A list of steps: commas at its level stand between them.
template <typename Subject>
struct Listed : x3::unary_parser<Subject, Listed<Subject>> {
  using x3::unary_parser<Subject, Listed<Subject>>::unary_parser;
  static const bool is_pass_through_unary = true;
  static const bool handles_container = Subject::handles_container;

  template <typename Ctx, typename RContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Ctx& context, RContext& value, Attribute& attribute) const {
    state_of(context).set_in_list(true);
    const bool passed = this->subject.parse(first, last, context, value, attribute);
    state_of(context).set_in_list(false);
    return passed;
  }
};

struct ListedGen {
  template <typename Subject>
  auto operator[](const Subject& subject) const {
    using Parser = typename x3::extension::as_parser<Subject>::value_type;
    return Listed<Parser>(x3::as_parser(subject));
  }
};
inline constexpr ListedGen listed{};

/// A token where a clause of the statement had to begin: reported, and all up to the next clause left out.
/// `any`: also a word that begins a clause, which has no place here.
struct MisplacedParser : x3::parser<MisplacedParser> {
  using attribute_type = x3::unused_type;
  static const bool has_attribute = false;

  MisplacedParser(bool any_, std::string_view hint_) : any(any_), hint(hint_) {}

  template <typename Ctx, typename RContext, typename Attribute>
  bool parse(Iterator& first, const Iterator&, const Ctx& context, RContext&, Attribute&) const {
    ParserState& state = state_of(context);
    if (state.ends_clauses(first) || (!any && state.begins_clause(first))) return false;
    state.unexpected(first, hint);
    first = state.next_clause(state.after(first), first);
    return true;
  }

  bool any;
  std::string_view hint;
};

// ---- what actions do most

/// Appends to the list that `member` names.
template <typename Owner, typename List>
auto append_to(List Owner::*member) {
  return [member](auto& context) { (x3::_val(context).*member).push_back(std::move(x3::_attr(context))); };
}

/// Sets a part that is written once; of several the first holds, as the others are reported.
template <typename Owner, typename Part>
auto set_once(std::optional<Part> Owner::*member) {
  return [member](auto& context) {
    auto& part = x3::_val(context).*member;
    if (!part) part = std::move(x3::_attr(context));
  };
}
template <typename Owner, typename Part>
auto set_once(std::vector<Part> Owner::*member) {
  return [member](auto& context) {
    auto& part = x3::_val(context).*member;
    if (part.empty()) part = std::move(x3::_attr(context));
  };
}

/// The word of a clause that stands at most once in its statement.
inline auto clause(Word clause_word, Expected expected = {}) {
  return word(clause_word, expected)[([](auto& context) { state_of(context).note_clause(x3::_attr(context)); })];
}

// ---- rules that more than one file uses

using Exprs = std::vector<Expr>;
using Items = std::vector<Item>;
using Names = std::vector<Name>;
using TemplateParts = std::vector<TemplatePart>;

struct ExpressionId;
struct ExpressionsId;
struct NamedItemsId;
struct ItemsId;
struct StringId;
struct DurationId;
struct PatternId;
struct NamesId;
struct PathId;
struct AggregateId;
struct JoinId;
struct RankId;
struct TemplateId;
struct AlertId;
struct MetricsAlertId;
struct ChannelId;
struct FraudId;
struct TestId;

/// In the grammar of expressions.
inline const x3::rule<ExpressionId, Expr> expression = "expression";
inline const x3::rule<ExpressionsId, Exprs> expressions = "expressions";    // separated by commas
inline const x3::rule<NamedItemsId, Items> named_items = "named items";     // `name = expr`, by commas
inline const x3::rule<ItemsId, Items> items = "items";                      // `*`, a path, or a named one
inline const x3::rule<StringId, Expr> string = "string";                    // one must stand here
inline const x3::rule<DurationId, DurationValue> duration = "duration";     // one must stand here
inline const x3::rule<NamesId, Names> names = "names";                      // separated by commas
inline const x3::rule<TemplateId, TemplateParts> template_string = "string with expressions";
/// In the grammar of patterns: the whole statement.
inline const x3::rule<PatternId, Pattern> pattern = "pattern";
/// In the grammar of what is kept up over rows: whole statements.
inline const x3::rule<AggregateId, Aggregate> aggregate = "aggregate";
inline const x3::rule<JoinId, Join> join = "join";
inline const x3::rule<RankId, Rank> rank = "rank";
/// In the grammar of alerts: whole statements.
inline const x3::rule<AlertId, Alert> alert = "alert";
inline const x3::rule<MetricsAlertId, MetricsAlert> metrics_alert = "alert on metrics";
inline const x3::rule<ChannelId, Channel> channel = "channel";
/// In the grammars of scores and of tests: whole statements.
inline const x3::rule<FraudId, Fraud> fraud = "fraud";
inline const x3::rule<TestId, Test> test = "test";
/// In the grammar of files.
inline const x3::rule<PathId, Path> path = "path";

BOOST_SPIRIT_DECLARE(decltype(expression), decltype(expressions), decltype(named_items), decltype(items),
                     decltype(string), decltype(duration), decltype(names), decltype(pattern), decltype(path),
                     decltype(aggregate), decltype(join), decltype(rank), decltype(template_string), decltype(alert),
                     decltype(metrics_alert), decltype(channel), decltype(fraud), decltype(test))

}    // namespace cepheid::patterns::syntax::grammar
