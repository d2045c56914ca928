#include "patterns/syntax/brackets.hpp"

namespace cepheid::patterns::syntax {

namespace {

constexpr WordSet kPatternClauses = {Word::key,         Word::when,
                                     Word::begin,       Word::next,
                                     Word::followed_by, Word::followed_by_any,
                                     Word::not_next,    Word::not_followed_by,
                                     Word::where,       Word::until,
                                     Word::one_or_more, Word::zero_or_more,
                                     Word::times,       Word::times_or_more,
                                     Word::optional,    Word::greedy,
                                     Word::consecutive, Word::allow_combinations,
                                     Word::within,      Word::after_match,
                                     Word::emit,        Word::on_timeout,
                                     Word::absent,      Word::limit,
                                     Word::shadow};
// One set for `stream x {…}` and `stream x = …`: none of the words of one means something else in the other.
constexpr WordSet kStreamClauses = {Word::from,     Word::format, Word::schema, Word::time,
                                    Word::lateness, Word::idle,   Word::late,   Word::invalid,
                                    Word::require,  Word::where,  Word::lookup, Word::select};
constexpr WordSet kSinkClauses = {Word::where, Word::select, Word::to, Word::key, Word::format, Word::option};
constexpr WordSet kTableClauses = {Word::from,    Word::format,   Word::schema, Word::key,
                                   Word::refresh, Word::default_, Word::missing};
constexpr WordSet kAggregateClauses = {Word::key,    Word::window,           Word::select,
                                       Word::having, Word::allowed_lateness, Word::emit};
constexpr WordSet kJoinClauses = {Word::on, Word::within, Word::keep, Word::select};
constexpr WordSet kRankClauses = {Word::key, Word::id, Word::leave, Word::entry, Word::top, Word::by, Word::select};
constexpr WordSet kAlertClauses = {Word::when,   Word::severity, Word::dedupe,   Word::group,
                                   Word::limit,  Word::resolve,  Word::title,    Word::body,
                                   Word::select, Word::notify,   Word::escalate, Word::shadow};
constexpr WordSet kMetricsAlertClauses = {Word::for_,   Word::severity, Word::dedupe,
                                          Word::notify, Word::title,    Word::body};
constexpr WordSet kChannelClauses = {Word::body, Word::header, Word::option};
constexpr WordSet kFraudClauses = {Word::key,          Word::roles,      Word::zone,    Word::velocity, Word::location,
                                   Word::amount,       Word::behaviour,  Word::time,    Word::travel,   Word::dormant,
                                   Word::round_amount, Word::first_seen, Word::value,   Word::spread,   Word::list,
                                   Word::model,        Word::history,    Word::combine, Word::levels};
constexpr WordSet kTestClauses = {Word::given, Word::expect};
constexpr WordSet kNoClauses = {};

bool is_name(const Token& token) {
  return token.kind == TokenKind::name || token.kind == TokenKind::quoted;
}

/// After these an operand must follow.
bool wants_operand(const Token& token) {
  constexpr WordSet kOperators = {Word::and_,    Word::or_,  Word::not_,   Word::in,
                                  Word::between, Word::like, Word::matches};
  if (token.kind == TokenKind::name) return kOperators.contains(token.word);
  return token.kind == TokenKind::sign && !token.opens() && !token.closes() && !token.is(Sign::other) &&
         !token.is(Sign::star);    // `select *` is whole
}

/// These go on with an expression whose first part is a name.
bool follows_operand(const Token& token) {
  constexpr WordSet kOperators = {Word::and_, Word::or_, Word::in, Word::between, Word::like, Word::matches, Word::is};
  if (token.kind == TokenKind::name) return kOperators.contains(token.word);
  return token.kind == TokenKind::sign && !token.opens() && !token.closes() && !token.is(Sign::other) &&
         !token.is(Sign::minus) && !token.is(Sign::star);
}

}    // namespace

const WordSet& clause_words(Word statement) {
  switch (statement) {
    case Word::pattern: return kPatternClauses;
    case Word::stream: return kStreamClauses;
    case Word::sink: return kSinkClauses;
    case Word::table: return kTableClauses;
    case Word::aggregate: return kAggregateClauses;
    case Word::join: return kJoinClauses;
    case Word::rank: return kRankClauses;
    case Word::alert: return kAlertClauses;
    case Word::metrics_alert: return kMetricsAlertClauses;
    case Word::channel: return kChannelClauses;
    case Word::fraud: return kFraudClauses;
    case Word::test: return kTestClauses;
    default: return kNoClauses;
  }
}

bool begins_clause(const Token* token, const Token* first, const WordSet& clauses, bool in_list) {
  if (token->kind != TokenKind::name || !clauses.contains(token->word)) return false;
  if (token != first && wants_operand(token[-1])) return false;
  return (in_list && token[1].is(Sign::comma)) || !follows_operand(token[1]);
}

bool has_statement_shape(const Token* token) {
  if (token->kind != TokenKind::name || !is_name(token[1])) return false;
  const Token& third = token[2];
  return third.is(Word::on) || third.is(Word::from) || third.is(Word::latest) || third.is(Sign::open_brace) ||
         (third.is(Sign::assign) && token[3].is(Word::from));
}

bool looks_like_statement(const Token* token) {
  if (token->kind != TokenKind::name || !kStatementWords.contains(token->word)) return false;
  const bool named = is_name(token[1]);
  const Token& third = token[named || token[1].kind == TokenKind::string ? 2 : 1];
  switch (token->word) {
    case Word::pattern:
    case Word::aggregate:
    case Word::rank:
    case Word::fraud:
    case Word::alert: return named && third.is(Word::on);
    case Word::stream: return named && (third.is(Sign::assign) || third.is(Sign::open_brace));
    case Word::table: return named && (third.is(Word::latest) || third.is(Sign::open_brace));
    case Word::sink: return named && third.is(Word::from);
    case Word::metrics_alert: return named && third.is(Word::when);
    case Word::test: return token[1].kind == TokenKind::string && third.is(Sign::open_brace);
    default: return named && third.is(Sign::open_brace);    // join, channel
  }
}

}    // namespace cepheid::patterns::syntax
