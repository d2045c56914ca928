#include "patterns/syntax/brackets.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "patterns/source/limits.hpp"

namespace cepheid::patterns::syntax {

namespace {

constexpr WordSet kOutsideOfGroups = {Word::key,        Word::when,   Word::within, Word::after_match, Word::emit,
                                      Word::on_timeout, Word::absent, Word::limit,  Word::shadow};

char shown(Sign bracket) {
  constexpr std::string_view kBrackets = "()[]{}";
  return kBrackets[static_cast<unsigned>(bracket) - static_cast<unsigned>(Sign::open_round)];
}

struct OpenBracket {
  std::size_t at;    // in the mended tokens
  Sign sign;
  bool quiet;    // that it is not closed follows from something reported
};

class Balancer {
 public:
  Balancer(const SourceFile& source, const std::vector<Token>& tokens, Diagnostics& diagnostics)
      : source_(source), tokens_(tokens), diagnostics_(diagnostics) {}

  BalancedTokens run() {
    mended_.reserve(tokens_.size());
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      const Token& token = tokens_[at_];
      if (token.kind == TokenKind::end || looks_like_statement(&token)) {
        while (!open_.empty()) close_for_author();
        statement_ = token.word;
      } else if (open_.empty() && kStatementWords.contains(token.word)) {
        statement_ = token.word;    // its head may be wrong
      }
      if (token.opens()) {
        open(token);
      } else if (token.closes()) {
        close(token);
      } else {
        if (token.kind == TokenKind::invalid) note_invalid(token);
        mended_.push_back(token);
      }
    }
    return pair_up();
  }

 private:
  void open(const Token& token) {
    if (open_.size() > kMaxNesting) {
      diagnostics_.error(DiagnosticKind::too_large, token.span,
                         fmt::format("brackets are nested more than {} deep", kMaxNesting));
      skip_nested();
      return;
    }
    open_.push_back({mended_.size(), token.sign, false});
    mended_.push_back(token);
  }

  /// Puts one invalid token in place of the bracket at hand and all that is in it.
  void skip_nested() {
    mended_.push_back({.span = tokens_[at_].span, .kind = TokenKind::invalid});
    std::size_t depth = 1;
    while (depth > 0) {
      const Token& next = tokens_[at_ + 1];
      if (next.kind == TokenKind::end || looks_like_statement(&next)) {
        for (OpenBracket& bracket : open_) bracket.quiet = true;
        return;
      }
      if (next.opens()) ++depth;
      if (next.closes()) --depth;
      ++at_;
    }
  }

  void close(const Token& token) {
    // A `)` does not close what is outside of its statement's braces.
    std::size_t partner = open_.size();
    while (partner > 0 && closing(open_[partner - 1].sign) != token.sign) --partner;
    const bool round_or_square_on_top = !open_.empty() && open_.back().sign != Sign::open_brace;
    if (partner == 0 && round_or_square_on_top && !token.is(Sign::close_brace)) {
      const Sign expected = closing(open_.back().sign);
      diagnostics_.error(DiagnosticKind::syntax, token.span,
                         fmt::format("`{}` is closed by `{}`", shown(open_.back().sign), shown(token.sign)),
                         fmt::format("`{}` is expected here", shown(expected)));
      mended_.push_back(token);
      mended_.back().sign = expected;
      open_.pop_back();
      return;
    }
    if (partner == 0) {
      if (!follows_unclosed_string_) {
        diagnostics_.error(DiagnosticKind::syntax, token.span, fmt::format("`{}` closes nothing", shown(token.sign)));
      }
      return;
    }
    while (open_.size() > partner) close_for_author();
    open_.pop_back();
    mended_.push_back(token);
    if (open_.empty()) follows_unclosed_string_ = false;
  }

  /// Brackets may have been swallowed by a string that does not end.
  void note_invalid(const Token& token) {
    const char first = source_.text(token.span)[0];
    if (first != '"' && first != '\'' && first != '`') return;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      if (i > 0 || open_[i].sign != Sign::open_brace) open_[i].quiet = true;
    }
    follows_unclosed_string_ = true;
  }

  /// Ends the innermost open bracket before the next clause, if there is one after it, else here.
  void close_for_author() {
    const OpenBracket bracket = open_.back();
    open_.pop_back();
    if (!bracket.quiet) {
      diagnostics_.error(DiagnosticKind::unclosed, mended_[bracket.at].span,
                         fmt::format("`{}` is not closed", shown(bracket.sign)),
                         fmt::format("a `{}` is missing", shown(closing(bracket.sign))));
    }
    mended_[bracket.at].quiet = true;
    const std::size_t place =
        bracket.sign == Sign::open_brace && open_.empty() ? mended_.size() : next_clause(bracket.at);
    const std::uint32_t end = mended_[place - 1].span.end;
    mended_.insert(mended_.begin() + static_cast<std::ptrdiff_t>(place),
                   Token{.span = {end, end}, .kind = TokenKind::sign, .sign = closing(bracket.sign)});
  }

  [[nodiscard]] std::size_t next_clause(std::size_t bracket) const {
    const Token* first = mended_.data();
    // Looking ahead needs tokens behind the last one.
    std::vector<Token> inside(mended_.begin() + static_cast<std::ptrdiff_t>(bracket), mended_.end());
    inside.resize(inside.size() + 3);
    const bool group = inside[1].is(Word::begin);
    const bool call = bracket > 0 && first[bracket - 1].kind == TokenKind::name;
    std::size_t depth = 0;
    for (std::size_t i = 1; bracket + i < mended_.size(); ++i) {
      const Token& token = inside[i];
      if (token.opens()) ++depth;
      if (token.closes()) --depth;
      if (depth > 0 || !begins_clause(&token, inside.data(), group ? kOutsideOfGroups : clause_words(statement_)))
        continue;
      const bool bound_of_step =
          token.is(Word::within) && (inside[i + 2].is(Word::of_previous) || inside[i + 2].is(Word::of));
      if ((group && bound_of_step) || (call && token.is(Word::where))) continue;
      return bracket + i;
    }
    return mended_.size();
  }

  BalancedTokens pair_up() {
    BalancedTokens result;
    result.partners.resize(mended_.size());
    std::vector<std::size_t> open;
    std::size_t quiet = 0;    // open brackets that were closed for the author
    for (std::size_t i = 0; i < mended_.size(); ++i) {
      Token& token = mended_[i];
      if (token.opens()) {
        open.push_back(i);
        // The statement's own braces go to its end: their being open does not explain other mistakes in it.
        if (token.quiet && open.size() > 1) ++quiet;
      } else if (token.closes()) {
        result.partners[open.back()] = static_cast<std::uint32_t>(i);
        if (mended_[open.back()].quiet && open.size() > 1 && --quiet == 0) token.quiet = true;
        open.pop_back();
      }
      if (!token.opens() && quiet > 0) token.quiet = true;
    }
    result.tokens = std::move(mended_);
    return result;
  }

  const SourceFile& source_;
  const std::vector<Token>& tokens_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  Word statement_ = Word::none;
  bool follows_unclosed_string_ = false;
  std::vector<Token> mended_;
  std::vector<OpenBracket> open_;
};

}    // namespace

BalancedTokens balance(const SourceFile& source, const std::vector<Token>& tokens, Diagnostics& diagnostics) {
  return Balancer(source, tokens, diagnostics).run();
}

}    // namespace cepheid::patterns::syntax
