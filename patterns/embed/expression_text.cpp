#include "patterns/embed/expression_text.hpp"

#include <algorithm>

#include "patterns/source/limits.hpp"
#include "patterns/source/utf8.hpp"
#include "patterns/syntax/token.hpp"

namespace cepheid::patterns {

namespace {

constexpr std::string_view kNotUtf8 = "text that is not UTF-8";

Wording unsayable(std::string_view mistake) {
  return {std::string(kUnsayable), mistake};
}

bool is_plain(std::string_view name) {
  const auto letter = [](char c) { return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || c == '_'; };
  return letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || ('0' <= c && c <= '9'); });
}

/// Words that need back-ticks as names, wherever the builders write one. After a dot no clause can begin.
bool is_taken(std::string_view name, bool after_dot) {
  const syntax::Word word = syntax::find_word(name);
  if (word == syntax::Word::none) return false;
  if (syntax::kStatementWords.contains(word)) return true;
  switch (syntax::facts_of(word).role) {
    case syntax::WordRole::plain: return false;
    case syntax::WordRole::clause: return word == syntax::Word::select && !after_dot;    // `select * …`
    case syntax::WordRole::pattern_clause: return !after_dot;
    case syntax::WordRole::reserved: return true;
  }
  return true;
}

Wording name_at(std::string_view name, bool after_dot) {
  if (name.empty()) return unsayable("a name is empty");
  if (name.size() + 2 > kMaxNameBytes) return unsayable("a name is too long");
  if (name.find_first_of("`\n") != std::string_view::npos)
    return unsayable("a name has a back-tick or a line end in it");
  if (find_invalid_utf8(name)) return unsayable(kNotUtf8);
  if (is_plain(name) && !is_taken(name, after_dot)) return {std::string(name)};
  return {"`" + std::string(name) + "`"};
}

Wording path_at(std::string_view path, bool after_dot) {
  Wording whole;
  for (std::size_t begin = 0;; after_dot = true) {
    const std::size_t dot = path.find('.', begin);
    const Wording part = name_at(path.substr(begin, dot - begin), after_dot);
    whole.text += part.text;
    whole.mistake = first_mistake(whole.mistake, part.mistake);
    if (dot == std::string_view::npos) return whole;
    whole.text += '.';
    begin = dot + 1;
  }
}

}    // namespace

Wording name_text(std::string_view name) {
  return name_at(name, false);
}

Wording path_text(std::string_view path) {
  return path_at(path, false);
}

Wording path_after_dot(std::string_view path) {
  return path_at(path, true);
}

Wording string_text(std::string_view content) {
  constexpr char kHex[] = "0123456789abcdef";
  if (find_invalid_utf8(content)) return unsayable(kNotUtf8);
  std::string text = "\"";
  for (std::size_t i = 0; i < content.size(); ++i) {
    const char c = content[i];
    switch (c) {
      case '"': text += "\\\""; break;
      case '\\': text += "\\\\"; break;
      case '\n': text += "\\n"; break;
      case '\r': text += "\\r"; break;
      case '\t': text += "\\t"; break;
      case '$': text += content.substr(i).starts_with("${") ? "$$" : "$"; break;    // `$${` is a literal `${`
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          text += "\\u00";
          text += kHex[c >> 4];
          text += kHex[c & 15];
        } else {
          text += c;
        }
    }
  }
  return {text + '"'};
}

Wording duration_text(std::chrono::milliseconds duration) {
  struct Unit {
    std::string_view text;
    std::int64_t ms;
  };
  constexpr Unit kUnits[] = {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}};
  std::int64_t rest = duration.count();
  if (rest < 0) return unsayable("a duration is negative");
  if (rest == 0) return {"0ms"};
  std::string text;
  for (const Unit& unit : kUnits) {
    if (rest < unit.ms) continue;
    text += std::to_string(rest / unit.ms);
    text += unit.text;
    rest %= unit.ms;
  }
  return {text};
}

Wording count_text(std::int64_t count) {
  if (count < 0) return unsayable("a number of times or of things is negative");
  return {std::to_string(count)};
}

}    // namespace cepheid::patterns
