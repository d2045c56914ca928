#include "nfa/expr/like.hpp"

#include "nfa/expr/text_functions.hpp"

namespace cepheid::nfa {
namespace {

/// One sign of a pattern. Signs of several bytes are met byte by byte, as literals.
struct Sign {
  enum class Kind { literal, any_text, any_sign } kind;
  char literal;
  std::size_t size;    // bytes in the pattern
};

Sign sign_at(std::string_view pattern, std::size_t at) {
  const char c = pattern[at];
  if (c == '%') return {Sign::Kind::any_text, c, 1};
  if (c == '_') return {Sign::Kind::any_sign, c, 1};
  if (c == '\\' && at + 1 < pattern.size()) return {Sign::Kind::literal, pattern[at + 1], 2};
  return {Sign::Kind::literal, c, 1};
}

}    // namespace

bool matches_like(std::string_view text, std::string_view pattern) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t t = 0;
  std::size_t p = 0;
  // Where to go on if what follows the last `%` does not fit: only the last one ever has to give way.
  std::size_t retry_text = 0;
  std::size_t retry_pattern = kNone;
  while (t < text.size() || p < pattern.size()) {
    if (p < pattern.size()) {
      const Sign sign = sign_at(pattern, p);
      if (sign.kind == Sign::Kind::any_text) {
        p += sign.size;
        retry_pattern = p;
        retry_text = t;
        continue;
      }
      if (t < text.size() && sign.kind == Sign::Kind::any_sign) {
        t = next_code_point(text, t);
        p += sign.size;
        continue;
      }
      if (t < text.size() && sign.kind == Sign::Kind::literal && text[t] == sign.literal) {
        ++t;
        p += sign.size;
        continue;
      }
    }
    if (retry_pattern == kNone || retry_text >= text.size()) return false;
    retry_text = next_code_point(text, retry_text);
    t = retry_text;
    p = retry_pattern;
  }
  return true;
}

LikePattern::LikePattern(std::string_view pattern) : text_(pattern) {
  bool starts_open = false;
  bool ends_open = false;
  std::string literal;
  for (std::size_t at = 0; at < pattern.size();) {
    const Sign sign = sign_at(pattern, at);
    if (sign.kind == Sign::Kind::any_sign) return;
    if (sign.kind == Sign::Kind::literal) {
      if (ends_open) return;    // a `%` with text on both sides
      literal += sign.literal;
    } else if (literal.empty()) {
      starts_open = true;
    } else {
      ends_open = true;
    }
    at += sign.size;
  }
  text_ = std::move(literal);
  if (starts_open) {
    shape_ = ends_open ? Shape::infix : Shape::suffix;
  } else {
    shape_ = ends_open ? Shape::prefix : Shape::exact;
  }
}

bool LikePattern::matches(std::string_view text) const {
  switch (shape_) {
    case Shape::exact: return text == text_;
    case Shape::prefix: return text.starts_with(text_);
    case Shape::suffix: return text.ends_with(text_);
    case Shape::infix: return text.find(text_) != std::string_view::npos;
    case Shape::general: return matches_like(text, text_);
  }
  return false;
}

}    // namespace cepheid::nfa
