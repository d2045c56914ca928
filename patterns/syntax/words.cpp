#include <algorithm>
#include <iterator>

#include "patterns/syntax/token.hpp"

namespace cepheid::patterns::syntax {

namespace {

constexpr WordFacts kWords[] = {
    {"absent", Word::absent, WordRole::pattern_clause},
    {"after", Word::after, WordRole::plain},
    {"after_match", Word::after_match, WordRole::pattern_clause},
    {"aggregate", Word::aggregate, WordRole::clause},
    {"alert", Word::alert, WordRole::clause},
    {"all", Word::all, WordRole::plain},
    {"all_of", Word::all_of, WordRole::pattern_clause},
    {"allow_combinations", Word::allow_combinations, WordRole::pattern_clause},
    {"allowed_lateness", Word::allowed_lateness, WordRole::clause},
    {"amount", Word::amount, WordRole::clause},
    {"and", Word::and_, WordRole::reserved},
    {"any_of", Word::any_of, WordRole::pattern_clause},
    {"as", Word::as, WordRole::plain},
    {"as_of", Word::as_of, WordRole::plain},
    {"asc", Word::asc, WordRole::plain},
    {"avro", Word::avro, WordRole::plain},
    {"before", Word::before, WordRole::plain},
    {"begin", Word::begin, WordRole::pattern_clause},
    {"behaviour", Word::behaviour, WordRole::clause},
    {"between", Word::between, WordRole::reserved},
    {"block_start", Word::block_start, WordRole::plain},
    {"body", Word::body, WordRole::clause},
    {"bool", Word::bool_, WordRole::plain},
    {"brokers", Word::brokers, WordRole::plain},
    {"by", Word::by, WordRole::clause},
    {"changes", Word::changes, WordRole::plain},
    {"channel", Word::channel, WordRole::clause},
    {"combine", Word::combine, WordRole::clause},
    {"consecutive", Word::consecutive, WordRole::pattern_clause},
    {"csv", Word::csv, WordRole::plain},
    {"daily", Word::daily, WordRole::plain},
    {"decimal", Word::decimal, WordRole::plain},
    {"dedupe", Word::dedupe, WordRole::clause},
    {"default", Word::default_, WordRole::clause},
    {"desc", Word::desc, WordRole::plain},
    {"dormant", Word::dormant, WordRole::clause},
    {"double", Word::double_, WordRole::plain},
    {"drop_newest", Word::drop_newest, WordRole::plain},
    {"drop_oldest", Word::drop_oldest, WordRole::plain},
    {"earliest", Word::earliest, WordRole::plain},
    {"emit", Word::emit, WordRole::pattern_clause},
    {"entry", Word::entry, WordRole::clause},
    {"escalate", Word::escalate, WordRole::clause},
    {"every", Word::every, WordRole::plain},
    {"expect", Word::expect, WordRole::clause},
    {"fail", Word::fail, WordRole::plain},
    {"false", Word::false_, WordRole::reserved},
    {"features", Word::features, WordRole::plain},
    {"file", Word::file, WordRole::plain},
    {"first", Word::first, WordRole::plain},
    {"first_seen", Word::first_seen, WordRole::clause},
    {"followed_by", Word::followed_by, WordRole::pattern_clause},
    {"followed_by_any", Word::followed_by_any, WordRole::pattern_clause},
    {"for", Word::for_, WordRole::plain},
    {"format", Word::format, WordRole::clause},
    {"fraud", Word::fraud, WordRole::clause},
    {"from", Word::from, WordRole::clause},
    {"given", Word::given, WordRole::clause},
    {"greedy", Word::greedy, WordRole::pattern_clause},
    {"group", Word::group, WordRole::clause},
    {"having", Word::having, WordRole::clause},
    {"header", Word::header, WordRole::clause},
    {"history", Word::history, WordRole::clause},
    {"http", Word::http, WordRole::plain},
    {"id", Word::id, WordRole::clause},
    {"idle", Word::idle, WordRole::clause},
    {"in", Word::in, WordRole::reserved},
    {"int", Word::int_, WordRole::plain},
    {"invalid", Word::invalid, WordRole::clause},
    {"is", Word::is, WordRole::reserved},
    {"join", Word::join, WordRole::clause},
    {"json", Word::json, WordRole::plain},
    {"kafka", Word::kafka, WordRole::plain},
    {"keep", Word::keep, WordRole::clause},
    {"key", Word::key, WordRole::pattern_clause},
    {"last", Word::last, WordRole::plain},
    {"late", Word::late, WordRole::clause},
    {"lateness", Word::lateness, WordRole::clause},
    {"latest", Word::latest, WordRole::plain},
    {"leave", Word::leave, WordRole::clause},
    {"left", Word::left, WordRole::plain},
    {"levels", Word::levels, WordRole::clause},
    {"like", Word::like, WordRole::reserved},
    {"limit", Word::limit, WordRole::pattern_clause},
    {"limits", Word::limits, WordRole::plain},
    {"list", Word::list, WordRole::clause},
    {"location", Word::location, WordRole::clause},
    {"lookup", Word::lookup, WordRole::clause},
    {"matches", Word::matches, WordRole::reserved},
    {"metrics_alert", Word::metrics_alert, WordRole::clause},
    {"missing", Word::missing, WordRole::clause},
    {"model", Word::model, WordRole::clause},
    {"next", Word::next, WordRole::pattern_clause},
    {"no", Word::no, WordRole::plain},
    {"no_skip", Word::no_skip, WordRole::reserved},
    {"none", Word::none_, WordRole::plain},
    {"not", Word::not_, WordRole::reserved},
    {"not_followed_by", Word::not_followed_by, WordRole::pattern_clause},
    {"not_next", Word::not_next, WordRole::pattern_clause},
    {"notify", Word::notify, WordRole::clause},
    {"null", Word::null, WordRole::reserved},
    {"of", Word::of, WordRole::reserved},
    {"of_previous", Word::of_previous, WordRole::reserved},
    {"on", Word::on, WordRole::reserved},
    {"on_timeout", Word::on_timeout, WordRole::pattern_clause},
    {"one_or_more", Word::one_or_more, WordRole::pattern_clause},
    {"option", Word::option, WordRole::clause},
    {"optional", Word::optional, WordRole::pattern_clause},
    {"or", Word::or_, WordRole::reserved},
    {"or_fail", Word::or_fail, WordRole::reserved},
    {"partial_matches", Word::partial_matches, WordRole::plain},
    {"pattern", Word::pattern, WordRole::pattern_clause},
    {"per", Word::per, WordRole::plain},
    {"postgres", Word::postgres, WordRole::plain},
    {"rank", Word::rank, WordRole::clause},
    {"redis", Word::redis, WordRole::plain},
    {"refresh", Word::refresh, WordRole::clause},
    {"require", Word::require, WordRole::clause},
    {"resolve", Word::resolve, WordRole::clause},
    {"roles", Word::roles, WordRole::clause},
    {"round_amount", Word::round_amount, WordRole::clause},
    {"same_type", Word::same_type, WordRole::plain},
    {"schema", Word::schema, WordRole::clause},
    {"select", Word::select, WordRole::clause},
    {"session", Word::session, WordRole::plain},
    {"severity", Word::severity, WordRole::clause},
    {"shadow", Word::shadow, WordRole::pattern_clause},
    {"sink", Word::sink, WordRole::clause},
    {"skip_past_last", Word::skip_past_last, WordRole::reserved},
    {"skip_to_first", Word::skip_to_first, WordRole::reserved},
    {"skip_to_last", Word::skip_to_last, WordRole::reserved},
    {"skip_to_next", Word::skip_to_next, WordRole::reserved},
    {"sliding", Word::sliding, WordRole::plain},
    {"spread", Word::spread, WordRole::clause},
    {"start", Word::start, WordRole::plain},
    {"stdin", Word::stdin_, WordRole::plain},
    {"stdout", Word::stdout_, WordRole::plain},
    {"stream", Word::stream, WordRole::clause},
    {"string", Word::string, WordRole::plain},
    {"table", Word::table, WordRole::clause},
    {"test", Word::test, WordRole::clause},
    {"text", Word::text, WordRole::plain},
    {"then", Word::then, WordRole::plain},
    {"time", Word::time, WordRole::clause},
    {"times", Word::times, WordRole::pattern_clause},
    {"times_or_more", Word::times_or_more, WordRole::pattern_clause},
    {"timestamp", Word::timestamp, WordRole::plain},
    {"title", Word::title, WordRole::clause},
    {"to", Word::to, WordRole::clause},
    {"top", Word::top, WordRole::clause},
    {"travel", Word::travel, WordRole::clause},
    {"true", Word::true_, WordRole::reserved},
    {"tumbling", Word::tumbling, WordRole::plain},
    {"until", Word::until, WordRole::pattern_clause},
    {"value", Word::value, WordRole::clause},
    {"velocity", Word::velocity, WordRole::clause},
    {"when", Word::when, WordRole::pattern_clause},
    {"where", Word::where, WordRole::pattern_clause},
    {"window", Word::window, WordRole::clause},
    {"windows", Word::windows, WordRole::plain},
    {"within", Word::within, WordRole::pattern_clause},
    {"zero_or_more", Word::zero_or_more, WordRole::pattern_clause},
    {"zone", Word::zone, WordRole::clause},
};

constexpr WordFacts kNoWord = {"", Word::none, WordRole::plain};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < std::size(kWords); ++i) {
    if (static_cast<std::size_t>(kWords[i].word) != i) return false;
    if (i > 0 && !(kWords[i - 1].text < kWords[i].text)) return false;
  }
  return std::size(kWords) == static_cast<std::size_t>(Word::none);
}
static_assert(is_in_order(), "one row for each word, by its number and by the alphabet");

}    // namespace

const WordFacts& facts_of(Word word) {
  return word == Word::none ? kNoWord : kWords[static_cast<std::size_t>(word)];
}

Word find_word(std::string_view text) {
  const auto* found = std::lower_bound(std::begin(kWords), std::end(kWords), text,
                                       [](const WordFacts& a, std::string_view b) { return a.text < b; });
  return found != std::end(kWords) && found->text == text ? found->word : Word::none;
}

std::vector<std::string_view> WordSet::spellings() const {
  std::vector<std::string_view> result;
  for (const WordFacts& facts : kWords) {
    if (contains(facts.word)) result.push_back(facts.text);
  }
  return result;
}

}    // namespace cepheid::patterns::syntax
