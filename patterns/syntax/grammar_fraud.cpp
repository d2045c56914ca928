// What scores transactions: `fraud … { clauses }`. Most clauses are lists of named figures; which names there are, and
// what they may be, is checked later.

#include <cstdlib>

#include "patterns/syntax/grammar.hpp"
#include "patterns/syntax/number.hpp"

namespace cepheid::patterns::syntax::grammar {

namespace {

using x3::_attr;
using x3::_val;

const auto begin_fraud = [](auto& context) { state_of(context).begin_statement(Word::fraud); };
const auto enter_braces = [](auto& context) { state_of(context).set_in_braces(true); };
const auto set_name = [](auto& context) { _val(context).name = std::move(_attr(context)); };
const auto note_broken = [](auto& context) { _val(context).broken = state_of(context).broken(); };
const auto keep = [](auto& context) { _val(context).push_back(std::move(_attr(context))); };
const auto is_string = [](const ParserState&, const Token* token) { return token->kind == TokenKind::string; };

/// Sets a member of what the rule makes.
template <typename Owner, typename Part>
auto set(Part Owner::*member) {
  return [member](auto& context) { _val(context).*member = std::move(_attr(context)); };
}

// ---- figures

const auto set_whole = [](auto& context) {
  _val(context).value = static_cast<double>(integer_value(state_of(context).text(_attr(context))));
  _val(context).whole = true;
};
const auto set_number = [](auto& context) {
  _val(context).value = std::strtod(without_separators(state_of(context).text(_attr(context))).c_str(), nullptr);
};
const auto set_milliseconds = [](auto& context) {
  _val(context).value = static_cast<double>(duration_value(state_of(context).text(_attr(context))));
  _val(context).duration = true;
};
const auto is_figure = [](const ParserState& state, const Token* token) {
  return token->kind == TokenKind::name && !state.begins_clause(token);
};

const auto set_same_type = [](auto& context) { _val(context).same_type = true; };
const auto add_list = [](auto& context) {
  if (!state_of(context).given_up()) _val(context).lists.push_back(std::move(_attr(context)));
};
const auto note_list = [](auto& context) { _val(context) = std::move(_attr(context)); };

}    // namespace

using Figures = std::vector<Figure>;
using Durations = std::vector<DurationValue>;
using LimitsOfTypes = std::vector<Velocity::Limits>;
using Windows = std::vector<Windowed::Window>;
using Levels = std::vector<FraudLevel>;

const x3::rule<struct FigureId, Figure> figure = "figure";
const x3::rule<struct NamedFigureId, NamedFigure> named_figure = "named figure";
const x3::rule<struct ListedFigureId, NamedFigure> listed_figure = "named figure of a list";
const x3::rule<struct NextFigureId, NamedFigure> next_figure = "named figure after a comma";
const x3::rule<struct NamedFiguresId, NamedFigures> named_figures = "named figures";
const x3::rule<struct ListedFiguresId, NamedFigures> listed_figures = "named figures with commas";
const x3::rule<struct FiguresId, Figures> figures = "figures";
const x3::rule<struct DurationsId, Durations> durations = "durations";
const x3::rule<struct LimitsId, Velocity::Limits> limits = "limits of a type";
const x3::rule<struct NextLimitsId, Velocity::Limits> next_limits = "limits after a comma";
const x3::rule<struct LimitsOfTypesId, LimitsOfTypes> limits_of_types = "limits of types";
const x3::rule<struct VelocityId, Velocity> velocity = "velocity";
const x3::rule<struct ValueWindowId, Windowed::Window> value_window = "window of values";
const x3::rule<struct ValueWindowsId, Windows> value_windows = "windows of values";
const x3::rule<struct SpreadWindowId, Windowed::Window> spread_window = "window of a spread";
const x3::rule<struct NextSpreadId, Windowed::Window> next_spread = "window of a spread after a comma";
const x3::rule<struct SpreadWindowsId, Windows> spread_windows = "windows of spreads";
const x3::rule<struct ValueId, Windowed> value = "value";
const x3::rule<struct SpreadId, Windowed> spread = "spread";
const x3::rule<struct SpanningId, Spanning> spanning = "duration and figures";
const x3::rule<struct FraudListId, FraudList> fraud_list = "list";
const x3::rule<struct FraudListClauseId, FraudList> fraud_list_clause = "clause of a list";
const x3::rule<struct FraudModelId, FraudModel> model = "model";
const x3::rule<struct LevelId, FraudLevel> level = "level";
const x3::rule<struct NextLevelId, FraudLevel> next_level = "level after a comma";
const x3::rule<struct LevelsId, Levels> levels = "levels";
const x3::rule<struct CombineId, Combine> combine = "combine";

constexpr std::string_view kFigureName = "a figure's name";
const Expected kOpenRound = {"`(`"};
const Expected kCloseRound = {"`,` or `)`"};
const Expected kLimit = {"`limit`", {Word::limit}};

const auto figure_def = spanned[kind(TokenKind::integer)[set_whole] | kind(TokenKind::number)[set_number] |
                                kind(TokenKind::duration)[set_milliseconds] | otherwise({"a number"})];
const auto range =
    sign(Sign::dot) >>
    sign(Sign::dot, {"`..`"}) >> figure[set_once(&NamedFigure::to)] >> figure[set_once(&NamedFigure::risk)];
const auto named_figure_def = ahead(is_figure) >>
                              name(NamePlace::listed, kFigureName)[set_name] >> figure[set(&NamedFigure::value)] >>
                              -range;
const auto named_figures_def = *named_figure[keep];
const auto listed_figure_def = name(NamePlace::declared, kFigureName)[set_name] >> figure[set(&NamedFigure::value)];
const auto next_figure_def = name(NamePlace::listed, kFigureName)[set_name] >> figure[set(&NamedFigure::value)];
const auto listed_figures_def = listed_figure[keep] >> *(sign(Sign::comma) >> next_figure[keep]);
const auto figures_def = figure[keep] % sign(Sign::comma);
const auto durations_def = duration[keep] % sign(Sign::comma);

constexpr std::string_view kTypeName = "a type of transaction";
const auto counts = sign(Sign::open_round, kOpenRound) >> figures[set(&Velocity::Limits::counts)] >>
                    sign(Sign::close_round, kCloseRound);
const auto limits_def = spanned[name(NamePlace::declared, kTypeName)[set(&Velocity::Limits::type)] >> counts];
const auto next_limits_def = spanned[name(NamePlace::listed, kTypeName)[set(&Velocity::Limits::type)] >> counts];
const auto limits_of_types_def = limits[keep] >> *(sign(Sign::comma) >> next_limits[keep]);
const auto velocity_def = word(Word::windows, {"`windows`", {Word::windows}}) >> durations[set(&Velocity::windows)] >>
                          word(Word::limits, {"`,` or `limits`", {Word::limits}}) >>
                          limits_of_types[set(&Velocity::limits)] >> named_figures[set(&Velocity::figures)];

const auto limit_of_window = duration[set(&Windowed::Window::duration)] >>
                             word(Word::limit, kLimit) >> figure[set(&Windowed::Window::limit)];
const auto value_window_def = limit_of_window;
const auto value_windows_def = value_window[keep] % sign(Sign::comma);
const auto value_def = value_windows[set(&Windowed::windows)] >>
                       -word(Word::same_type)[set_same_type] >> named_figures[set(&Windowed::figures)];
constexpr std::string_view kSpreadName = "`merchants`, `devices` or `countries`, a name";
const auto spread_window_def =
    name(NamePlace::declared, kSpreadName)[set_once(&Windowed::Window::of)] >> limit_of_window;
const auto next_spread_def = name(NamePlace::listed, kSpreadName)[set_once(&Windowed::Window::of)] >> limit_of_window;
const auto spread_windows_def = spread_window[keep] >> *(sign(Sign::comma) >> next_spread[keep]);
const auto spread_def = spread_windows[set(&Windowed::windows)] >> named_figures[set(&Windowed::figures)];
const auto spanning_def = duration[set(&Spanning::duration)] >> named_figures[set(&Spanning::figures)];

const auto fraud_list_def = spanned[name(NamePlace::declared, "a table's name")[set(&FraudList::table)] >>
                                    word(Word::on, {"`on`", {Word::on}}) >> sign(Sign::open_round, kOpenRound) >>
                                    named_items[set(&FraudList::key)] >> sign(Sign::close_round, kCloseRound) >>
                                    name(NamePlace::declared, "`block` or `allow`, a name")[set(&FraudList::action)] >>
                                    named_figures[set(&FraudList::figures)]];
/// Its own part: of a list that did not parse nothing is kept.
const auto fraud_list_clause_def = recovering[word(Word::list) >> fraud_list[note_list]];
const auto model_def = word(Word::file, {"`file`", {Word::file}}) >> string[set(&FraudModel::file)] >>
                       word(Word::features, {"`features`", {Word::features}}) >>
                       sign(Sign::open_round, kOpenRound) >> items[set(&FraudModel::features)] >>
                       sign(Sign::close_round, kCloseRound) >> named_figures[set(&FraudModel::figures)];

const auto rest_of_level = figure[set(&FraudLevel::from)] >>
                           -(ahead(is_string) >> string[set_once(&FraudLevel::recommendation)]);
const auto level_def = name(NamePlace::declared, "a level's name")[set_name] >> rest_of_level;
const auto next_level_def = name(NamePlace::listed, "a level's name")[set_name] >> rest_of_level;
const auto levels_def = level[keep] >> *(sign(Sign::comma) >> next_level[keep]);
const auto is_weights = [](const ParserState&, const Token* token) {
  return token->kind == TokenKind::name && (token[1].kind == TokenKind::integer || token[1].kind == TokenKind::number);
};
const auto combine_def = spanned[name(NamePlace::declared, "`mean`, `max` or `weighted`, a name")[set(&Combine::how)] >>
                                 -(ahead(is_weights) >> listed_figures[set(&Combine::weights)])];

constexpr std::string_view kFraudHint = "a clause of the score or `}` is expected";
const auto fraud_clause = recovering[clause(Word::key) >> expressions[set_once(&Fraud::key)] |
                                     clause(Word::roles) >> named_items[set_once(&Fraud::roles)] |
                                     clause(Word::zone) >> string[set_once(&Fraud::zone)] |
                                     clause(Word::velocity) >> velocity[set_once(&Fraud::velocity)] |
                                     clause(Word::location) >> named_figures[set_once(&Fraud::location)] |
                                     clause(Word::amount) >> named_figures[set_once(&Fraud::amount)] |
                                     clause(Word::behaviour) >> named_figures[set_once(&Fraud::behaviour)] |
                                     clause(Word::time) >> named_figures[set_once(&Fraud::time)] |
                                     clause(Word::travel) >> named_figures[set_once(&Fraud::travel)] |
                                     clause(Word::round_amount) >> named_figures[set_once(&Fraud::round_amount)] |
                                     clause(Word::first_seen) >> listed_figures[set_once(&Fraud::first_seen)] |
                                     clause(Word::dormant) >> spanning[set_once(&Fraud::dormant)] |
                                     clause(Word::value) >> value[set_once(&Fraud::value)] |
                                     clause(Word::spread) >> spread[set_once(&Fraud::spread)] |
                                     clause(Word::model) >> model[set_once(&Fraud::model)] |
                                     clause(Word::history) >> spanning[set_once(&Fraud::history)] |
                                     clause(Word::combine) >> combine[set_once(&Fraud::combine)] |
                                     clause(Word::levels) >> levels[set_once(&Fraud::levels)]];
const auto fraud_head = recovering_to_body[name(NamePlace::declared, "the score's name")[set_name] >>
                                           word(Word::on, {"`on`", {Word::on}}) >> names[set_once(&Fraud::inputs)] >>
                                           body_ahead({"`,` or `{`"})];
const auto fraud_def = spanned[word(Word::fraud)[begin_fraud] >> fraud_head >>
                               -(sign(Sign::open_brace)[enter_braces] >>
                                 *(fraud_list_clause[add_list] | fraud_clause | MisplacedParser(true, kFraudHint)) >>
                                 sign(Sign::close_brace)) >>
                               x3::eps[note_broken]];

BOOST_SPIRIT_DEFINE(figure, named_figure, listed_figure, next_figure, named_figures, listed_figures, figures, durations,
                    limits, next_limits, limits_of_types, velocity, value_window, value_windows, spread_window,
                    next_spread, spread_windows, value, spread, spanning, fraud_list, fraud_list_clause, model, level,
                    next_level, levels, combine, fraud)
BOOST_SPIRIT_INSTANTIATE(decltype(fraud), Iterator, Context)

}    // namespace cepheid::patterns::syntax::grammar
