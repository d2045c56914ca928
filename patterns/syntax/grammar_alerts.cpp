// What is told to people: `alert … { clauses }`, `metrics_alert … when …`, and the channels over which it goes.

#include "patterns/syntax/grammar.hpp"
#include "patterns/syntax/number.hpp"

namespace cepheid::patterns::syntax::grammar {

namespace {

using x3::_attr;
using x3::_val;

auto begin_statement(Word statement) {
  return [statement](auto& context) { state_of(context).begin_statement(statement); };
}
const auto enter_braces = [](auto& context) { state_of(context).set_in_braces(true); };
const auto set_name = [](auto& context) { _val(context).name = std::move(_attr(context)); };
const auto note_broken = [](auto& context) { _val(context).broken = state_of(context).broken(); };
const auto is_string = [](const ParserState&, const Token* token) { return token->kind == TokenKind::string; };

// ---- clauses

const auto set_duration = [](auto& context) { _val(context).duration = _attr(context); };
const auto set_by = [](auto& context) { _val(context).by = std::move(_attr(context)); };
const auto set_most = [](auto& context) { _val(context).most = integer_value(state_of(context).text(_attr(context))); };
const auto set_per = [](auto& context) { _val(context).per = _attr(context); };
const auto set_to = [](auto& context) { _val(context).to = std::move(_attr(context)); };
const auto set_after = [](auto& context) { _val(context).after = _attr(context); };
const auto set_shadow = [](auto& context) { _val(context).shadow = true; };
const auto note_escalation = [](auto& context) { _val(context) = std::move(_attr(context)); };
const auto add_escalation = [](auto& context) {
  if (!state_of(context).given_up()) _val(context).escalations.push_back(std::move(_attr(context)));
};

/// A bare word stands for a string.
const auto set_severity_word = [](auto& context) {
  if (_val(context).severity) return;
  Expr& severity = _val(context).severity.emplace();
  severity.kind = Expr::Kind::string;
  severity.span = _attr(context).span;
  severity.text = std::move(_attr(context).text);
};

// ---- channels

const auto note_body_place = [](auto& context) { _val(context).body_place = _attr(context).span; };
const auto set_kind = [](auto& context) { _val(context).kind = std::move(_attr(context)); };
const auto set_value = [](auto& context) { _val(context).value = std::move(_attr(context)); };
const auto set_pair_name = [](auto& context) { _val(context).name = std::move(_attr(context)); };
const auto note_setting = [](auto& context) { _val(context) = std::move(_attr(context)); };
template <typename List>
auto add_if_whole(List Channel::*member) {
  return [member](auto& context) {
    if (!state_of(context).given_up()) (_val(context).*member).push_back(std::move(_attr(context)));
  };
}

}    // namespace

const x3::rule<struct HeldById, HeldBy> held_by = "duration and keys";
const x3::rule<struct AlertLimitId, AlertLimit> alert_limit = "limit of alerts";
const x3::rule<struct ResolveId, Resolve> resolve = "resolve";
const x3::rule<struct EscalationId, Escalation> escalation = "escalation";
const x3::rule<struct EscalationClauseId, Escalation> escalation_clause = "clause of an escalation";
const x3::rule<struct SettingId, Channel::Setting> setting = "setting of a channel";
const x3::rule<struct SettingClauseId, Channel::Setting> setting_clause = "clause of a setting";
const x3::rule<struct PairId, Channel::Pair> pair = "name and value";
const x3::rule<struct HeaderClauseId, Channel::Pair> header_clause = "header";
const x3::rule<struct OptionClauseId, Channel::Pair> option_clause = "option of a channel";

constexpr std::string_view kChannelName = "a channel's name";
constexpr std::string_view kSeverity = "a severity: a name or a string";
constexpr std::string_view kAlertHint = "a clause of the alert or `}` is expected";

// ---- alerts

const auto held_by_def = spanned[duration[set_duration] >> -(word(Word::by) >> expressions[set_by])];
const auto alert_limit_def = spanned[kind(TokenKind::integer, {"a whole number"})[set_most] >>
                                     word(Word::per, {"`per`", {Word::per}}) >> duration[set_per]];
const auto resolve_def = word(Word::when) >> complete(kAlertHint)[expression][set_once(&Resolve::when)] |
                         word(Word::after) >> duration[set_once(&Resolve::after)] |
                         otherwise({"`when` or `after`", {Word::when, Word::after}});
const auto escalation_def = spanned[word(Word::to, {"`to`", {Word::to}}) >> names[set_to] >>
                                    word(Word::after, {"`,` or `after`", {Word::after}}) >> duration[set_after] >>
                                    -(word(Word::for_) >> (ahead(is_string) >> string[set_once(&Escalation::severity)] |
                                                           name(NamePlace::declared, kSeverity)[set_severity_word]))];
/// Its own part: of an escalation that did not parse nothing is kept.
const auto escalation_clause_def = recovering[word(Word::escalate) >> escalation[note_escalation]];
const auto alert_clause =
    recovering[clause(Word::when) >> complete(kAlertHint)[expression][set_once(&Alert::when)] |
               clause(Word::severity) >> complete(kAlertHint)[expression][set_once(&Alert::severity)] |
               clause(Word::dedupe) >> held_by[set_once(&Alert::dedupe)] |
               clause(Word::group) >> held_by[set_once(&Alert::group)] |
               clause(Word::limit) >> alert_limit[set_once(&Alert::limit)] |
               clause(Word::resolve) >> resolve[set_once(&Alert::resolve)] |
               clause(Word::title) >> template_string[set_once(&Alert::title)] |
               clause(Word::body) >> template_string[set_once(&Alert::body)] |
               clause(Word::select) >> items[set_once(&Alert::select)] |
               clause(Word::notify) >> names[set_once(&Alert::notify)] | clause(Word::shadow)[set_shadow]];
const auto alert_head = recovering_to_body[name(NamePlace::declared, "the alert's name")[set_name] >>
                                           word(Word::on, {"`on`", {Word::on}}) >> names[set_once(&Alert::inputs)] >>
                                           body_ahead({"`,` or `{`"})];
const auto alert_def =
    spanned[word(Word::alert)[begin_statement(Word::alert)] >> alert_head >>
            -(sign(Sign::open_brace)[enter_braces] >>
              *(escalation_clause[add_escalation] | alert_clause | MisplacedParser(true, kAlertHint)) >>
              sign(Sign::close_brace)) >>
            x3::eps[note_broken]];

// ---- alerts on metrics

constexpr std::string_view kMetricsHint =
    "`for`, `severity`, `notify`, `dedupe`, `title`, `body` or a statement is expected";
const auto metrics_clause =
    recovering[clause(Word::for_) >> duration[set_once(&MetricsAlert::hold)] |
               clause(Word::severity) >> (ahead(is_string) >> string[set_once(&MetricsAlert::severity)] |
                                          name(NamePlace::declared, kSeverity)[set_severity_word]) |
               clause(Word::notify) >> names[set_once(&MetricsAlert::notify)] |
               clause(Word::dedupe) >> duration[set_once(&MetricsAlert::dedupe)] |
               clause(Word::title) >> template_string[set_once(&MetricsAlert::title)] |
               clause(Word::body) >> template_string[set_once(&MetricsAlert::body)]];
const auto metrics_alert_def = spanned[word(Word::metrics_alert)[begin_statement(Word::metrics_alert)] >>
                                       recovering[name(NamePlace::declared, "the alert's name")[set_name] >>
                                                  word(Word::when, {"`when`", {Word::when}}) >>
                                                  complete(kMetricsHint)[expression][set_once(&MetricsAlert::when)]] >>
                                       *(metrics_clause | MisplacedParser(true, kMetricsHint)) >> x3::eps[note_broken]];

// ---- channels

constexpr std::string_view kChannelHint = "a setting of the channel or `}` is expected";
const auto pair_def = string[set_pair_name] >> sign(Sign::assign, {"`=`"}) >> string[set_value];
const auto header_clause_def = recovering[word(Word::header) >> pair[note_setting]];
const auto option_clause_def = recovering[word(Word::option) >> pair[note_setting]];
const auto setting_def = name(NamePlace::declared)[set_name] >> expression[set_value];
const auto setting_clause_def = recovering[setting[note_setting]];
const auto channel_kind =
    recovering[name(NamePlace::declared, "what kind of channel it is: `slack`, `email`, `webhook`, …")[set_kind] >>
               -(ahead(is_string) >> string[set_once(&Channel::target)])];
const auto channel_body = clause(Word::body)[note_body_place] >> template_string[set_once(&Channel::body)];
const auto channel_def =
    spanned[word(Word::channel)[begin_statement(Word::channel)] >>
            recovering_to_body[name(NamePlace::declared, kChannelName)[set_name] >> body_ahead({"`{`"})] >>
            -(sign(Sign::open_brace)[enter_braces] >> channel_kind >>
              *(header_clause[add_if_whole(&Channel::headers)] | option_clause[add_if_whole(&Channel::options)] |
                recovering[channel_body] | setting_clause[add_if_whole(&Channel::settings)] |
                MisplacedParser(true, kChannelHint)) >>
              sign(Sign::close_brace)) >>
            x3::eps[note_broken]];

BOOST_SPIRIT_DEFINE(held_by, alert_limit, resolve, escalation, escalation_clause, setting, setting_clause, pair,
                    header_clause, option_clause, alert, metrics_alert, channel)
BOOST_SPIRIT_INSTANTIATE(decltype(alert), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(metrics_alert), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(channel), Iterator, Context)

}    // namespace cepheid::patterns::syntax::grammar
