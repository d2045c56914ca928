#include "patterns/syntax/parser_state.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "patterns/source/limits.hpp"

namespace cepheid::patterns::syntax {

namespace {

/// Begins an operand and nothing else: a word before it begins a clause and is no name.
bool begins_operand(const Token& token, const WordSet& clauses) {
  switch (token.kind) {
    case TokenKind::name:
      return facts_of(token.word).role != WordRole::reserved && !clauses.contains(token.word) &&
             !kStatementWords.contains(token.word);
    case TokenKind::quoted:
    case TokenKind::integer:
    case TokenKind::number:
    case TokenKind::duration:
    case TokenKind::string: return true;
    case TokenKind::sign: return token.is(Sign::open_brace);
    case TokenKind::end:
    case TokenKind::invalid: return false;
  }
  return false;
}

std::string shown(std::string_view text) {
  constexpr std::size_t kShownBytes = 40;
  const std::size_t line_end = text.find('\n');
  text = text.substr(0, line_end);
  if (text.size() <= kShownBytes) return std::string(text);
  std::size_t length = kShownBytes;
  while ((static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
  return fmt::format("{}…", text.substr(0, length));
}

std::string described(const ParserState& state, const Token& token) {
  if (token.kind == TokenKind::end) {
    return token.span.end == state.source().text().size() ? "the end of the file" : "the end of `${…}`";
  }
  if (token.kind == TokenKind::string) return "a string";
  return fmt::format("`{}`", shown(state.text(token)));
}

/// What another language calls it.
std::string_view own_word(std::string_view text) {
  struct Foreign {
    std::string_view theirs;
    std::string_view ours;
  };
  constexpr Foreign kForeign[] = {{"&&", "and"}, {"||", "or"}, {"!", "not"}, {"<>", "!="}, {"=", "=="}};
  for (const Foreign& one : kForeign) {
    if (one.theirs == text) return one.ours;
  }
  return {};
}

std::string reserved_hint(std::string_view text) {
  return fmt::format("between back-ticks it is a name: `` `{}` ``", text);
}

}    // namespace

Span ParserState::span(const Token* begin, const Token* end) const {
  if (begin == end) return {begin->span.begin, begin->span.begin};
  return {begin->span.begin, end[-1].span.end};
}

bool ParserState::can_be_name(const Token* token, NamePlace place) const {
  if (token->kind == TokenKind::quoted) return true;
  if (token->kind != TokenKind::name) return false;
  const WordRole role = facts_of(token->word).role;
  if (role == WordRole::plain) return true;
  if (role == WordRole::reserved) return false;
  if (looks_like_statement(token)) return false;
  const WordSet& clauses = clause_words(statement_);
  switch (place) {
    case NamePlace::declared: return role != WordRole::pattern_clause;
    case NamePlace::operand:
      if (token->is(Word::select) && token[1].is(Sign::star)) return false;
      // `where` also stands in the arguments of a function, whatever the statement.
      return !(clauses.contains(token->word) || token->is(Word::where)) || !begins_operand(token[1], clauses);
    case NamePlace::listed:
    case NamePlace::after_dot: return true;
  }
  return true;
}

Name ParserState::name(const Token& token) const {
  std::string_view text = this->text(token);
  if (token.kind == TokenKind::quoted) text = text.substr(1, text.size() - 2);
  return {std::string(text), token.span};
}

void ParserState::miss(const Token* at, Expected expected) {
  if (failed() || expected.text.empty()) return;
  failed_at_ = at;
  expected_ = expected;
}

void ParserState::refuse(DiagnosticKind kind, const Token* at, Span span, std::string message, std::string hint) {
  if (failed()) return;
  failed_at_ = at;
  reported_ = true;
  diagnostics_.error(kind, span, std::move(message), std::move(hint));
}

void ParserState::unexpected(const Token* at, std::string_view hint) {
  broken_ = true;
  if (at->kind == TokenKind::invalid || at->quiet) return;
  const WordSet& words = statement_ == Word::none ? kStatementWords : clause_words(statement_);
  std::string better = hint_for(at, words);
  if (better.empty()) better = hint;
  const std::string found = at->kind == TokenKind::string ? "string" : described(*this, *at);
  diagnostics_.error(DiagnosticKind::syntax, at->span, fmt::format("unexpected {}", found), std::move(better));
}

void ParserState::give_up_at(const Token* at, std::string_view hint) {
  if (failed()) return;
  unexpected(at, hint);
  failed_at_ = at;
  reported_ = true;
}

std::string ParserState::hint_for(const Token* at, const WordSet& words) const {
  std::string_view meant = own_word(text(*at));
  if (meant.empty() && at->kind == TokenKind::name && !words.contains(at->word))
    meant = nearest_name(text(*at), words.spellings());
  return meant.empty() ? std::string() : fmt::format("did you mean `{}`?", meant);
}

void ParserState::report_miss() {
  const Token& found = *failed_at_;
  if (found.kind == TokenKind::invalid || found.quiet || reported_) return;
  const bool reserved = found.kind == TokenKind::name && facts_of(found.word).role != WordRole::plain;
  const bool value = expected_.text == kAnyValue;
  const bool name = expected_.text.find("name") != std::string_view::npos;
  // `a + in` wants a field, `a or or b` has one word too many: what follows tells.
  const bool used_as_value = value && facts_of(found.word).role == WordRole::reserved &&
                             !begins_operand(failed_at_[1], clause_words(statement_));
  const bool begins_other =
      reserved && begins_clause(failed_at_) && begins_operand(failed_at_[1], clause_words(statement_));
  if (reserved && ((name && !begins_other) || used_as_value)) {
    diagnostics_.error(DiagnosticKind::reserved_word, found.span, fmt::format("`{}` is a reserved word", text(found)),
                       reserved_hint(text(found)));
    ++failed_at_;    // it was meant as a name, not as the next clause
    return;
  }
  std::string hint = hint_for(failed_at_, expected_.words);
  if (hint.empty() && value && found.is(Word::not_)) hint = "put it in brackets: `(not …)`";
  diagnostics_.error(DiagnosticKind::syntax, found.span,
                     fmt::format("expected {}, found {}", expected_.text, described(*this, found)), std::move(hint));
}

void ParserState::begin_statement(Word word) {
  statement_ = word;
  in_braces_ = false;
  in_list_ = false;
  clauses_.reset();
  broken_ = false;
  begin_clause();
}

bool ParserState::ends_clauses(const Token* token) const {
  if (token == last() || token->closes() || (in_list_ && token->is(Sign::comma))) return true;
  if (in_braces_) return false;
  const bool nameless = kStatementWords.contains(token->word) && token[1].is(Sign::open_brace);
  return nameless || looks_like_statement(token) || is_misspelled_statement(token);
}

bool ParserState::is_misspelled_statement(const Token* token) const {
  return token->is(Word::none) && has_statement_shape(token) &&
         !nearest_name(text(*token), kStatementWords.spellings()).empty();
}

void ParserState::note_clause(const Token& word) {
  const auto index = static_cast<std::size_t>(word.word);
  if (clauses_.test(index)) {
    diagnostics_.error(DiagnosticKind::duplicate_clause, word.span, fmt::format("a second `{}`", text(word)),
                       "each clause stands once");
  }
  clauses_.set(index);
}

void ParserState::begin_clause() {
  failed_at_ = nullptr;
  reported_ = false;
  given_up_ = false;
  nodes_ = 0;
  unary_depth_ = 0;
}

const Token* ParserState::recover(const Token* begin) {
  report_miss();
  const Token* next = next_clause(begin, failed_at_);
  begin_clause();
  resumed_at_ = next;
  broken_ = true;
  given_up_ = true;
  return next;
}

const Token* ParserState::recover_to_body(const Token* begin) {
  report_miss();
  begin_clause();
  broken_ = true;
  given_up_ = true;
  const Token* token = begin;
  while (!token->is(Sign::open_brace) && !ends_clauses(token)) token = after(token);
  return token;
}

const Token* ParserState::next_clause(const Token* token, const Token* at_least) const {
  const auto begins = [&](const Token* at) {
    // The token of a mistake begins a clause even where an operand is missing before it.
    return at == at_least ? syntax::begins_clause(at, at, clause_words(statement_), in_list_) : begins_clause(at);
  };
  while (!ends_clauses(token) && (token < at_least || !begins(token))) token = after(token);
  return token;
}

const Token* ParserState::next_statement(const Token* token, bool has_body) const {
  while (token != last() && !looks_like_statement(token) && !is_misspelled_statement(token)) {
    const bool body = has_body && token->is(Sign::open_brace);
    token = after(token);
    if (body) break;
  }
  return token;
}

const Token* ParserState::after(const Token* token) const {
  if (!token->opens()) return token + 1;
  return first() + balanced_.partners[static_cast<std::size_t>(token - first())] + 1;
}

bool ParserState::count_node(const Token* at) {
  if (++nodes_ <= kMaxExpressionNodes) return true;
  refuse(DiagnosticKind::too_large, at, at->span,
         fmt::format("an expression of more than {} parts", kMaxExpressionNodes));
  return false;
}

bool ParserState::enter_unary(const Token* at) {
  if (++unary_depth_ <= kMaxNesting) return true;
  refuse(DiagnosticKind::too_large, at, at->span,
         fmt::format("more than {} unary operators in each other", kMaxNesting));
  return false;
}

bool ParserState::check_height(const Expr& expr, const Token* at) {
  if (expr.height <= kMaxExpressionHeight) return true;
  refuse(DiagnosticKind::too_large, at, at->span,
         fmt::format("an expression of more than {} operators in each other", kMaxExpressionHeight));
  return false;
}

}    // namespace cepheid::patterns::syntax
