// Expressions, and the small parts that have no grammar of their own: names, strings, durations, items.
//
// Each level of precedence is a rule that yields its tree: first the left operand becomes the rule's value, then an
// operator wraps it (`open_…`), then the right operand is put in. `and` and `or` gather their operands in one node, so
// that a long chain makes no high tree.

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "patterns/syntax/grammar.hpp"
#include "patterns/syntax/lexer.hpp"
#include "patterns/syntax/number.hpp"
#include "patterns/syntax/string_literal.hpp"

namespace cepheid::patterns::syntax::grammar {

namespace {

using x3::_attr;
using x3::_pass;
using x3::_val;

/// The token that the action's parser took, which is the one before the place the parser has come to.
template <typename Ctx>
const Token* token_before(const Ctx& context) {
  return x3::_where(context).begin() - 1;
}

void add_operand(Expr& parent, Expr operand) {
  parent.height = std::max(parent.height, operand.height + 1);
  if (parent.args.empty()) parent.span.begin = operand.span.begin;
  parent.span.end = operand.span.end;
  parent.args.push_back(std::move(operand));
}

const auto take = [](auto& context) { _val(context) = std::move(_attr(context)); };

/// The operand that comes after the operator, or one of several.
const auto put_operand = [](auto& context) {
  add_operand(_val(context), std::move(_attr(context)));
  _pass(context) = state_of(context).check_height(_val(context), token_before(context));
};

/// Makes the value the first operand of a new node.
template <typename Ctx>
void wrap(Ctx& context, Expr::Kind kind) {
  Expr operand = std::move(_val(context));
  Expr& node = _val(context) = Expr{};
  node.kind = kind;
  node.operator_span = _attr(context).span;
  add_operand(node, std::move(operand));
  _pass(context) = state_of(context).count_node(token_before(context));
}

auto open_binary(BinaryOp op) {
  return [op](auto& context) {
    wrap(context, Expr::Kind::binary);
    _val(context).binary = op;
  };
}
auto open(Expr::Kind kind) {
  return [kind](auto& context) { wrap(context, kind); };
}

/// `a or b or c`: one operand is no node.
auto gather(Expr::Kind kind) {
  return [kind](auto& context) {
    Exprs operands = std::move(_attr(context));
    if (operands.size() == 1) {
      _val(context) = std::move(operands.front());
      return;
    }
    Expr node;
    node.kind = kind;
    node.args.reserve(operands.size());
    for (Expr& operand : operands) add_operand(node, std::move(operand));
    _val(context) = std::move(node);
    _pass(context) = state_of(context).check_height(_val(context), token_before(context));
  };
}

// ---- unary operators

auto enter(UnaryOp op) {
  return [op](auto& context) {
    Expr& node = _val(context);
    node.kind = Expr::Kind::unary;
    node.unary = op;
    node.operator_span = _attr(context).span;
    _pass(context) = state_of(context).enter_unary(token_before(context));
  };
}
const auto leave = [](auto& context) {
  state_of(context).leave_unary();
  add_operand(_val(context), std::move(_attr(context)));
  _pass(context) = state_of(context).check_height(_val(context), token_before(context));
};

// ---- literals

template <typename Make>
auto literal(Expr::Kind kind, Make make) {
  return [kind, make](auto& context) {
    Expr& node = _val(context);
    node.kind = kind;
    make(state_of(context), _attr(context), node);
    _pass(context) = state_of(context).count_node(token_before(context));
  };
}
const auto nothing = [](ParserState&, const Token&, Expr&) {};
const auto truth = [](ParserState&, const Token& token, Expr& node) { node.boolean = token.is(Word::true_); };
const auto whole = [](ParserState& state, const Token& token, Expr& node) {
  node.integer = integer_value(state.text(token));
};
const auto digits = [](ParserState& state, const Token& token, Expr& node) {
  node.text = without_separators(state.text(token));
};
const auto milliseconds = [](ParserState& state, const Token& token, Expr& node) {
  node.integer = duration_value(state.text(token));
};
const auto content = [](ParserState& state, const Token& token, Expr& node) {
  node.text = read_string(token, state.source(), state.environment(), state.diagnostics());
};

// ---- references and calls

const auto add_part = [](auto& context) {
  Path& path = _val(context).path;
  if (path.parts.empty()) {
    path.span.begin = _attr(context).span.begin;
    _val(context).kind = Expr::Kind::reference;
    _pass(context) = state_of(context).count_node(token_before(context));
  }
  path.span.end = _attr(context).span.end;
  path.parts.push_back(std::move(_attr(context)));
};
const auto negative_index = [](auto& context) { _val(context).negated = true; };
const auto set_index = [](auto& context) {
  Expr& node = _val(context);
  const std::int64_t index = integer_value(state_of(context).text(_attr(context)));
  node.index = node.negated ? -index : index;
  node.negated = false;
};
const auto make_call = [](auto& context) { _val(context).kind = Expr::Kind::call; };
const auto set_condition = [](auto& context) {
  Expr& node = _val(context);
  node.height = std::max(node.height, _attr(context).height + 1);
  node.where = std::make_shared<const Expr>(std::move(_attr(context)));
  _pass(context) = state_of(context).check_height(node, token_before(context));
};
const auto set_order = [](auto& context) {
  Expr& node = _val(context);
  node.height = std::max(node.height, _attr(context).height + 1);
  node.by = std::make_shared<const Expr>(std::move(_attr(context)));
  _pass(context) = state_of(context).check_height(node, token_before(context));
};
const auto set_descending = [](auto& context) { _val(context).descending = true; };
const auto negate = [](auto& context) { _val(context).negated = true; };

const auto chained = [](auto& context) {
  const Token& token = _attr(context);
  state_of(context).refuse(DiagnosticKind::chained_comparison, token_before(context), token.span,
                           "comparisons do not chain", "join two of them with `and`");
  _pass(context) = false;
};

const Expected kValue = {kAnyValue};
const Expected kCommaOrRound = {"`,` or `)`"};

const auto is_call = [](const ParserState& state, const Token* token) {
  return state.can_be_name(token, NamePlace::operand) && token[1].is(Sign::open_round);
};
const auto is_condition = [](const ParserState& state, const Token* token) {
  return token->is(Word::where) && !state.can_be_name(token, NamePlace::operand);
};
const auto is_named_item = [](const ParserState& state, const Token* token) {
  return state.can_be_name(token, NamePlace::operand) && token[1].is(Sign::assign);
};

// ---- items

const auto set_name = [](auto& context) {
  _val(context).kind = Item::Kind::named;
  _val(context).name = std::move(_attr(context));
};
const auto set_value = [](auto& context) { _val(context).value = std::move(_attr(context)); };
const auto set_star = [](auto& context) { _val(context).kind = Item::Kind::star; };
const auto set_path = [](auto& context) {
  Item& item = _val(context);
  item.kind = Item::Kind::path;
  item.value = std::move(_attr(context));
  if (item.value.kind == Expr::Kind::reference || item.value.kind == Expr::Kind::poisoned) return;
  state_of(context).refuse(DiagnosticKind::syntax, token_before(context), item.value.span, "this value has no name",
                           "write `name = …`");
  _pass(context) = false;
};
const auto add_item = [](auto& context) {
  Expr& node = _val(context);
  node.height = std::max(node.height, _attr(context).value.height + 1);
  node.items.push_back(std::move(_attr(context)));
  _pass(context) = state_of(context).check_height(node, token_before(context));
};
const auto make_object = [](auto& context) {
  _val(context).kind = Expr::Kind::object;
  _pass(context) = state_of(context).count_node(token_before(context));
};
const auto make_list = [](auto& context) {
  _val(context).kind = Expr::Kind::list;
  _pass(context) = state_of(context).count_node(token_before(context));
};
const auto keep_item = [](auto& context) {
  state_of(context).begin_expression();
  _val(context).push_back(std::move(_attr(context)));
};
const auto read_parts = [](auto& context) {
  ParserState& state = state_of(context);
  _val(context) = read_template(_attr(context), state.source(), state.environment(), state.diagnostics());
};
const auto set_duration = [](auto& context) {
  _val(context).ms = duration_value(state_of(context).text(_attr(context)));
};

}    // namespace

const x3::rule<struct ConjunctionId, Expr> conjunction = "conjunction";
const x3::rule<struct NegationId, Expr> negation = "negation";
const x3::rule<struct ComparisonId, Expr> comparison = "comparison";
const x3::rule<struct SumId, Expr> sum = "sum";
const x3::rule<struct ProductId, Expr> product = "product";
const x3::rule<struct FactorId, Expr> factor = "factor";
const x3::rule<struct PrimaryId, Expr> primary = "primary";
const x3::rule<struct ItemId, Item> item = "item";
const x3::rule<struct NamedItemId, Item> named_item = "named item";

/// Fails after a mistake: a list ends where an operand is missing, but what it has made so far is not whole.
const auto no_mistake = ahead([](const ParserState&, const Token*) { return true; });

const auto expression_def = (conjunction % word(Word::or_))[gather(Expr::Kind::or_)] >> no_mistake;
const auto conjunction_def = (negation % word(Word::and_))[gather(Expr::Kind::and_)];
const auto negation_def = spanned[word(Word::not_)[enter(UnaryOp::not_)] >> negation[leave] | comparison[take]];

const Expected kComparisonAfterNot = {"`in`, `like`, `matches` or `between`",
                                      {Word::in, Word::like, Word::matches, Word::between}};

const auto second_operand = sum[put_operand];
const auto bounds = sum[put_operand] >> word(Word::and_, {"`and`"}) >> sum[put_operand];
const auto candidates = sign(Sign::open_round) >> expression[put_operand] % sign(Sign::comma) >>
                            sign(Sign::close_round, kCommaOrRound) |
                        primary[put_operand];
const auto compared = sign(Sign::equal)[open_binary(BinaryOp::equal)] >> second_operand |
                      sign(Sign::not_equal)[open_binary(BinaryOp::not_equal)] >> second_operand |
                      sign(Sign::less)[open_binary(BinaryOp::less)] >> second_operand |
                      sign(Sign::less_equal)[open_binary(BinaryOp::less_equal)] >> second_operand |
                      sign(Sign::greater)[open_binary(BinaryOp::greater)] >> second_operand |
                      sign(Sign::greater_equal)[open_binary(BinaryOp::greater_equal)] >> second_operand |
                      word(Word::like)[open_binary(BinaryOp::like)] >> second_operand |
                      word(Word::matches)[open_binary(BinaryOp::matches)] >> second_operand |
                      word(Word::between)[open(Expr::Kind::between)] >> bounds |
                      word(Word::in)[open(Expr::Kind::in)] >> candidates |
                      word(Word::is)[open(Expr::Kind::is_null)] >> -word(Word::not_)[negate] >>
                          word(Word::null, {"`null` or `not null`"});
const auto not_compared = word(Word::not_) >>
                          (word(Word::like)[open_binary(BinaryOp::not_like)] >> second_operand |
                           word(Word::matches)[open_binary(BinaryOp::not_matches)] >> second_operand |
                           word(Word::between)[open(Expr::Kind::between)] >> x3::eps[negate] >> bounds |
                           word(Word::in)[open(Expr::Kind::in)] >> x3::eps[negate] >> candidates |
                           otherwise(kComparisonAfterNot));
const auto another_comparison = TokenParser(
    [](const Token& token) {
      constexpr WordSet kComparisons = {Word::like, Word::matches, Word::between, Word::in, Word::is, Word::not_};
      if (token.kind == TokenKind::name) return kComparisons.contains(token.word);
      return Sign::equal <= token.sign && token.sign <= Sign::greater_equal;
    },
    Expected{});
const auto comparison_def = spanned[sum[take] >> -((compared | not_compared) >> -another_comparison[chained])];

const auto sum_def = product[take] >> *(sign(Sign::plus)[open_binary(BinaryOp::add)] >> product[put_operand] |
                                        sign(Sign::minus)[open_binary(BinaryOp::subtract)] >> product[put_operand]);
const auto product_def = factor[take] >>
                         *(sign(Sign::star)[open_binary(BinaryOp::multiply)] >> factor[put_operand] |
                           sign(Sign::slash)[open_binary(BinaryOp::divide)] >> factor[put_operand] |
                           sign(Sign::percent)[open_binary(BinaryOp::remainder)] >> factor[put_operand]);
const auto factor_def = spanned[sign(Sign::minus)[enter(UnaryOp::negate)] >> factor[leave] | primary[take]];

const auto condition = word(Word::where) >> expression[set_condition];
const auto order = word(Word::by) >> expression[set_order] >> -(word(Word::desc)[set_descending] | word(Word::asc));
const auto arguments = ahead(is_condition) >> condition |
                       expression[put_operand] % sign(Sign::comma) >> -order >> -condition;
const auto call = ahead(is_call) >> name(NamePlace::operand)[add_part] >> x3::eps[make_call] >>
                  sign(Sign::open_round) >>
                  (sign(Sign::close_round) | arguments >> sign(Sign::close_round, kCommaOrRound));
const auto index = sign(Sign::open_square) >> -sign(Sign::minus)[negative_index] >>
                   kind(TokenKind::integer, {"a whole number as index"})[set_index] >>
                   sign(Sign::close_square, {"`]`"});
const auto reference = name(NamePlace::operand)[add_part] >> -index >>
                       *(sign(Sign::dot) >> name(NamePlace::after_dot, "a field's name")[add_part]);
const auto list = sign(Sign::open_square)[make_list] >>
                  (sign(Sign::close_square) |
                   expression[put_operand] % sign(Sign::comma) >> sign(Sign::close_square, {"`,` or `]`"}));
const auto object = sign(Sign::open_brace)[make_object] >>
                    (sign(Sign::close_brace) |
                     item[add_item] % sign(Sign::comma) >> sign(Sign::close_brace, {"`,` or `}`"}));
const auto primary_def =
    spanned[call | reference | kind(TokenKind::integer)[literal(Expr::Kind::integer, whole)] |
            kind(TokenKind::string)[literal(Expr::Kind::string, content)] |
            kind(TokenKind::number)[literal(Expr::Kind::number, digits)] |
            kind(TokenKind::duration)[literal(Expr::Kind::duration, milliseconds)] |
            any_of({Word::true_, Word::false_})[literal(Expr::Kind::boolean, truth)] |
            word(Word::null)[literal(Expr::Kind::null, nothing)] |
            kind(TokenKind::invalid)[literal(Expr::Kind::poisoned, nothing)] |
            sign(Sign::open_round) >> expression[take] >> sign(Sign::close_round, {"an operator or `)`"}) | list |
            object | otherwise(kValue)];

const auto expressions_def = expression[keep_item] % sign(Sign::comma) >> no_mistake;
const auto value_of_item = sign(Sign::assign, {"`=`"}) >> expression[set_value];
const auto named_item_def = spanned[name(NamePlace::operand, "a name")[set_name] >> value_of_item];
const auto item_def =
    spanned[sign(Sign::star)[set_star] | ahead(is_named_item) >> name(NamePlace::operand)[set_name] >> value_of_item |
            expression[set_path]];
const auto items_def = item[keep_item] % sign(Sign::comma) >> no_mistake;
const auto named_items_def = named_item[keep_item] % sign(Sign::comma) >> no_mistake;

const auto keep_name = [](auto& context) { _val(context).push_back(std::move(_attr(context))); };
const auto names_def = name(NamePlace::declared, kAnyName)[keep_name] >>
                       *(sign(Sign::comma) >> name(NamePlace::listed, kAnyName)[keep_name]);
const auto string_def = spanned[kind(TokenKind::string, {"a string"})[literal(Expr::Kind::string, content)]];
const auto template_string_def = kind(TokenKind::string, {"a string"})[read_parts];
const auto duration_def = spanned[kind(TokenKind::duration, {"a duration"})[set_duration]];

/// All of a text that is one expression.
const x3::rule<struct EmbeddedId, Expr> embedded = "embedded expression";
const auto embedded_def = recovering[expression[take] >> kind(TokenKind::end, {"an operator or `}`"})];

BOOST_SPIRIT_DEFINE(embedded, expression, conjunction, negation, comparison, sum, product, factor, primary, item,
                    named_item, expressions, named_items, items, names, string, template_string, duration)

BOOST_SPIRIT_INSTANTIATE(decltype(expression), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(expressions), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(named_items), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(items), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(names), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(string), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(template_string), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(duration), Iterator, Context)

}    // namespace cepheid::patterns::syntax::grammar

namespace cepheid::patterns::syntax {

Expr parse_embedded_expression(const SourceFile& source, Span part, const Environment& environment,
                               Diagnostics& diagnostics) {
  using namespace grammar;
  const BalancedTokens tokens = balance(source, lex(source, part, diagnostics), diagnostics);
  ParserState state(source, environment, diagnostics, tokens);
  Iterator first = state.first();
  const Iterator last = state.last();
  Expr result;
  x3::parse(first, last, x3::with<StateTag>(state)[embedded], result);
  if (state.given_up()) result = Expr{.span = part};
  return result;
}

}    // namespace cepheid::patterns::syntax
