#include "patterns/syntax/lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "patterns/source/limits.hpp"
#include "patterns/syntax/number.hpp"

namespace cepheid::patterns::syntax {

namespace {

bool is_digit(char c) {
  return '0' <= c && c <= '9';
}
bool begins_name(char c) {
  return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || c == '_';
}
bool continues_name(char c) {
  return begins_name(c) || is_digit(c);
}
bool is_space(char c) {
  return c == ' ' || ('\t' <= c && c <= '\r');
}

struct SignSpelling {
  std::string_view text;
  Sign sign;
};

/// Longer ones first.
constexpr SignSpelling kSigns[] = {
    {"==", Sign::equal},       {"!=", Sign::not_equal}, {"<=", Sign::less_equal}, {">=", Sign::greater_equal},
    {"&&", Sign::other},       {"||", Sign::other},     {"<>", Sign::other},      {"<", Sign::less},
    {">", Sign::greater},      {"=", Sign::assign},     {"+", Sign::plus},        {"-", Sign::minus},
    {"*", Sign::star},         {"/", Sign::slash},      {"%", Sign::percent},     {",", Sign::comma},
    {".", Sign::dot},          {"(", Sign::open_round}, {")", Sign::close_round}, {"[", Sign::open_square},
    {"]", Sign::close_square}, {"{", Sign::open_brace}, {"}", Sign::close_brace}, {":", Sign::colon},
};

class Lexer {
 public:
  Lexer(const SourceFile& source, Span part, Diagnostics& diagnostics)
      : text_(source.text().substr(0, part.end)), at_(part.begin), diagnostics_(diagnostics) {}

  std::vector<Token> run() {
    if (at_ == 0 && text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    for (skip_blank(); at_ < text_.size(); skip_blank()) next();
    add(TokenKind::end, at_);
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] Span span_from(std::size_t begin) const {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)};
  }
  Token& add(TokenKind kind, std::size_t begin) {
    tokens_.push_back({.span = span_from(begin), .kind = kind});
    return tokens_.back();
  }

  void skip_blank() {
    while (at_ < text_.size()) {
      if (is_space(text_[at_])) {
        ++at_;
      } else if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }

  void next() {
    const char c = peek();
    if (begins_name(c)) {
      name();
    } else if (is_digit(c)) {
      number();
    } else if (c == '"' || c == '\'') {
      string(c);
    } else if (c == '`') {
      quoted();
    } else {
      sign();
    }
  }

  void name() {
    const std::size_t begin = at_;
    while (continues_name(peek())) ++at_;
    Token& token = add(TokenKind::name, begin);
    token.word = find_word(text_.substr(begin, at_ - begin));
    check_length(token.span);
  }

  void quoted() {
    const std::size_t begin = at_++;
    const std::size_t end = text_.find_first_of("`\n", at_);
    if (end == std::string_view::npos || text_[end] == '\n') {
      at_ = line_end();
      diagnostics_.error(DiagnosticKind::unclosed, span_from(begin), "this name is not closed",
                         "a back-tick is missing");
      add(TokenKind::invalid, begin);
      return;
    }
    at_ = end + 1;
    if (end == begin + 1) {
      diagnostics_.error(DiagnosticKind::syntax, span_from(begin), "a name is empty");
      add(TokenKind::invalid, begin);
      return;
    }
    check_length(add(TokenKind::quoted, begin).span);
  }

  void check_length(Span span) {
    if (span.end - span.begin <= kMaxNameBytes) return;
    diagnostics_.error(DiagnosticKind::too_large, span, fmt::format("a name of more than {} bytes", kMaxNameBytes));
    tokens_.back().kind = TokenKind::invalid;
  }

  void number() {
    const std::size_t begin = at_;
    const auto digits = [&] {
      while (continues_name(peek())) ++at_;
    };
    digits();
    const auto has_exponent_mark = [&] { return text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E'; };
    if (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      digits();
    }
    if (has_exponent_mark() && (peek() == '+' || peek() == '-') && is_digit(peek(1))) {
      ++at_;
      digits();
    }
    const Span span = span_from(begin);
    const NumberLook look = look_at_number(text_.substr(begin, at_ - begin));
    if (look.problem) diagnostics_.error(look.problem->kind, span, look.problem->message, look.problem->hint);
    add(look.kind, begin);
  }

  void string(char quote) {
    const std::size_t begin = at_++;
    while (at_ < text_.size() && peek() != quote && peek() != '\n') at_ += peek() == '\\' && peek(1) != '\n' ? 2 : 1;
    if (at_ < text_.size() && peek() == quote) {
      ++at_;
      add(TokenKind::string, begin);
      return;
    }
    at_ = begin;
    at_ = line_end();
    diagnostics_.error(DiagnosticKind::unclosed, span_from(begin), "this string is not closed",
                       fmt::format("a {} is missing before the end of the line", quote));
    add(TokenKind::invalid, begin);
  }

  /// The end of the current line without blanks before it.
  [[nodiscard]] std::size_t line_end() const {
    std::size_t end = std::min(text_.find('\n', at_), text_.size());
    while (end > at_ + 1 && is_space(text_[end - 1])) --end;
    return end;
  }

  void sign() {
    const std::size_t begin = at_;
    for (const SignSpelling& spelling : kSigns) {
      if (!text_.substr(at_).starts_with(spelling.text)) continue;
      at_ += spelling.text.size();
      add(TokenKind::sign, begin).sign = spelling.sign;
      return;
    }
    // What is outside of ASCII makes one unknown sign together, mostly a word of another script.
    const auto outside = [&] { return (static_cast<unsigned char>(peek()) & 0x80) != 0; };
    if (outside()) {
      while (outside()) ++at_;
    } else {
      ++at_;
    }
    add(TokenKind::sign, begin).sign = Sign::other;
  }

  std::string_view text_;
  std::size_t at_;
  Diagnostics& diagnostics_;
  std::vector<Token> tokens_;
};

}    // namespace

std::vector<Token> lex(const SourceFile& source, Span part, Diagnostics& diagnostics) {
  return Lexer(source, part, diagnostics).run();
}

}    // namespace cepheid::patterns::syntax
