// What is kept up over rows: `aggregate`, `join` and `rank`, each `word name … { clauses }`.

#include "patterns/syntax/grammar.hpp"
#include "patterns/syntax/number.hpp"

namespace cepheid::patterns::syntax::grammar {

namespace {

using x3::_attr;
using x3::_val;

const Expected kOn = {"`on`", {Word::on}};
const Expected kBy = {"`by`", {Word::by}};

auto begin_statement(Word statement) {
  return [statement](auto& context) { state_of(context).begin_statement(statement); };
}
const auto enter_braces = [](auto& context) { state_of(context).set_in_braces(true); };
const auto set_name = [](auto& context) { _val(context).name = std::move(_attr(context)); };
const auto note_broken = [](auto& context) { _val(context).broken = state_of(context).broken(); };

// ---- windows

auto set_window(Window::Kind kind) {
  return [kind](auto& context) { _val(context).kind = kind; };
}
const auto set_size = [](auto& context) { _val(context).size = _attr(context); };
const auto set_every = [](auto& context) { _val(context).every = _attr(context); };
const auto is_string = [](const ParserState&, const Token* token) { return token->kind == TokenKind::string; };

const auto set_changes = [](auto& context) { _val(context).emit_changes = true; };

// ---- joins

const auto set_input = [](auto& context) { _val(context).input = std::move(_attr(context)); };
const auto set_earlier = [](auto& context) { _val(context).earlier = std::move(_attr(context)); };
const auto set_distance = [](auto& context) { _val(context).duration = _attr(context); };
const auto set_later = [](auto& context) { _val(context).later = std::move(_attr(context)); };
const auto set_keep_left = [](auto& context) { _val(context).keep_left = true; };
auto set_keep(Join::Keep keep) {
  return [keep](auto& context) { _val(context).keep = keep; };
}

// ---- ranks

const auto set_value = [](auto& context) { _val(context).value = std::move(_attr(context)); };
const auto set_descending = [](auto& context) { _val(context).descending = true; };
const auto keep_order = [](auto& context) {
  state_of(context).begin_expression();
  _val(context).push_back(std::move(_attr(context)));
};
const auto set_top = [](auto& context) {
  _val(context).top = integer_value(state_of(context).text(_attr(context)));
  _val(context).top_span = _attr(context).span;
};

}    // namespace

const x3::rule<struct WindowId, Window> window = "window";
const x3::rule<struct SideId, Join::Side> side = "side of a join";
const x3::rule<struct NextSideId, Join::Side> next_side = "side after a comma";
const x3::rule<struct JoinWindowId, JoinWindow> join_window = "window of a join";
const x3::rule<struct OrderId, Order> order = "order";
const x3::rule<struct OrdersId, std::vector<Order>> orders = "orders";

/// `on inputs`, up to the braces.
const auto inputs_ahead = body_ahead({"`,` or `{`"});

// ---- aggregates

const Expected kWindow = {"`tumbling`, `sliding`, `session`, `daily` or `none`",
                          {Word::tumbling, Word::sliding, Word::session, Word::daily, Word::none_}};
const auto window_def = spanned[word(Word::tumbling)[set_window(Window::Kind::tumbling)] >> duration[set_size] |
                                word(Word::sliding)[set_window(Window::Kind::sliding)] >> duration[set_size] >>
                                    word(Word::every, {"`every`", {Word::every}}) >> duration[set_every] |
                                word(Word::session)[set_window(Window::Kind::session)] >> duration[set_size] |
                                word(Word::daily)[set_window(Window::Kind::daily)] >>
                                    -(ahead(is_string) >> string[set_once(&Window::zone)]) |
                                word(Word::none_)[set_window(Window::Kind::none)] | otherwise(kWindow)];
constexpr std::string_view kAggregateHint = "a clause of the aggregate or `}` is expected";
const auto aggregate_clause =
    recovering[clause(Word::key) >> items[set_once(&Aggregate::key)] |
               clause(Word::window) >> window[set_once(&Aggregate::window)] |
               clause(Word::select) >> items[set_once(&Aggregate::select)] |
               clause(Word::having) >> complete(kAggregateHint)[expression][set_once(&Aggregate::having)] |
               clause(Word::allowed_lateness) >> duration[set_once(&Aggregate::allowed_lateness)] |
               clause(Word::emit) >> word(Word::changes, {"`changes`", {Word::changes}})[set_changes]];
const auto aggregate_head =
    recovering_to_body[name(NamePlace::declared, "the aggregate's name")[set_name] >> word(Word::on, kOn) >>
                       names[set_once(&Aggregate::inputs)] >> inputs_ahead];
const auto aggregate_def =
    spanned[word(Word::aggregate)[begin_statement(Word::aggregate)] >> aggregate_head >>
            -(sign(Sign::open_brace)[enter_braces] >> *(aggregate_clause | MisplacedParser(true, kAggregateHint)) >>
              sign(Sign::close_brace)) >>
            x3::eps[note_broken]];

// ---- joins

const auto side_name = name(NamePlace::declared, "a short name for its rows")[set_name];
const auto side_def = name(NamePlace::declared, "a stream's name")[set_input] >> side_name;
const auto next_side_def = name(NamePlace::listed, "a stream's name")[set_input] >> side_name;
const auto sides =
    recovering[side[append_to(&Join::sides)] >> sign(Sign::comma, {"`,`"}) >> next_side[append_to(&Join::sides)]];
const auto join_window_def =
    spanned[name(NamePlace::declared, "a short name")[set_earlier] >> duration[set_distance] >>
            word(Word::before, {"`before`", {Word::before}}) >> name(NamePlace::declared, "a short name")[set_later]];
const auto kept = word(Word::all)[set_keep(Join::Keep::all)] | word(Word::first)[set_keep(Join::Keep::first)] |
                  word(Word::last)[set_keep(Join::Keep::last)] |
                  otherwise({"`all`, `first` or `last`", {Word::all, Word::first, Word::last, Word::left}});
constexpr std::string_view kJoinHint = "a clause of the join or `}` is expected";
const auto join_clause = recovering[clause(Word::on) >> complete(kJoinHint)[expression][set_once(&Join::on)] |
                                    clause(Word::within) >> join_window[set_once(&Join::within)] |
                                    clause(Word::keep) >> -word(Word::left)[set_keep_left] >> kept |
                                    clause(Word::select) >> items[set_once(&Join::select)]];
const auto join_head =
    recovering_to_body[name(NamePlace::declared, "the join's name")[set_name] >> body_ahead({"`{`"})];
const auto join_def = spanned[word(Word::join)[begin_statement(Word::join)] >> join_head >>
                              -(sign(Sign::open_brace)[enter_braces] >> sides >>
                                *(join_clause | MisplacedParser(true, kJoinHint)) >> sign(Sign::close_brace)) >>
                              x3::eps[note_broken]];

// ---- ranks

const auto order_def = expression[set_value] >> -(word(Word::desc)[set_descending] | word(Word::asc));
const auto orders_def = order[keep_order] % sign(Sign::comma);
constexpr std::string_view kRankHint = "a clause of the rank or `}` is expected";
const auto rank_clause =
    recovering[clause(Word::key) >> items[set_once(&Rank::key)] | clause(Word::id) >> path[set_once(&Rank::id)] |
               clause(Word::leave) >> word(Word::when, {"`when`", {Word::when}}) >>
                   complete(kRankHint)[expression][set_once(&Rank::leave)] |
               clause(Word::entry) >> items[set_once(&Rank::entry)] |
               clause(Word::top) >> kind(TokenKind::integer, {"a whole number"})[set_top] >> clause(Word::by, kBy) >>
                   complete(kRankHint)[orders][set_once(&Rank::by)] |
               clause(Word::by) >> complete(kRankHint)[orders][set_once(&Rank::by)] |
               clause(Word::select) >> items[set_once(&Rank::select)]];
const auto rank_head = recovering_to_body[name(NamePlace::declared, "the rank's name")[set_name] >>
                                          word(Word::on, kOn) >> names[set_once(&Rank::inputs)] >> inputs_ahead];
const auto rank_def = spanned[word(Word::rank)[begin_statement(Word::rank)] >> rank_head >>
                              -(sign(Sign::open_brace)[enter_braces] >>
                                *(rank_clause | MisplacedParser(true, kRankHint)) >> sign(Sign::close_brace)) >>
                              x3::eps[note_broken]];

BOOST_SPIRIT_DEFINE(window, side, next_side, join_window, order, orders, aggregate, join, rank)
BOOST_SPIRIT_INSTANTIATE(decltype(aggregate), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(join), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(rank), Iterator, Context)

}    // namespace cepheid::patterns::syntax::grammar
