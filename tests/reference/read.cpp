// A recursive-descent reader for the part of the language that the naive matcher knows. After the first thing it does
// not understand it reads on without effect; the caller looks at the mistake at the end.

#include "reference/read.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <utility>

namespace cepheid::reference {
namespace {

struct Token {
  enum class Kind { word, number, text, sign, end };
  Kind kind = Kind::end;
  std::string text;
};

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}
bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

std::vector<Token> split(std::string_view text) {
  std::vector<Token> tokens;
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    std::size_t end = at + 1;
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      at = end;
      continue;
    }
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    Token::Kind kind = Token::Kind::sign;
    if (is_digit(c)) {    // durations too: 10ms
      kind = Token::Kind::number;
      const auto digit_follows = [&] { return end + 1 < text.size() && is_digit(text[end + 1]); };
      while (end < text.size() && (is_word_character(text[end]) || (text[end] == '.' && digit_follows()))) ++end;
    } else if (is_word_character(c)) {
      kind = Token::Kind::word;
      while (end < text.size() && is_word_character(text[end])) ++end;
    } else if (c == '"' || c == '\'' || c == '`') {
      end = std::min(text.find(c, at + 1), text.size());
      kind = c == '`' ? Token::Kind::word : Token::Kind::text;
      tokens.push_back({kind, std::string(text.substr(at + 1, end - at - 1))});
      at = end + 1;
      continue;
    } else if (end < text.size() && text[end] == '=') {
      ++end;
    }
    tokens.push_back({kind, std::string(text.substr(at, end - at))});
    at = end;
  }
  tokens.push_back({Token::Kind::end, "the end"});
  return tokens;
}

Expr make_operation(std::string word, std::vector<Expr> args) {
  Expr expr;
  expr.kind = Expr::Kind::operation;
  expr.word = std::move(word);
  expr.args = std::move(args);
  return expr;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : tokens_(split(text)) {}

  std::vector<Pattern> file() {
    while (mistake_.empty() && peek().kind != Token::Kind::end) {
      if (accept("stream")) {
        stream();
      } else {
        expect("pattern");
        pattern();
      }
    }
    return patterns_;
  }

  Expr expression() { return disjunction(); }

  [[nodiscard]] const std::string& mistake() const { return mistake_; }

 private:
  [[nodiscard]] const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  std::string take() {
    const std::string text = peek().text;
    if (at_ + 1 < tokens_.size()) ++at_;
    return text;
  }
  [[nodiscard]] bool sees(std::string_view text, std::size_t ahead = 0) const {
    const Token& token = peek(ahead);
    return (token.kind == Token::Kind::word || token.kind == Token::Kind::sign) && token.text == text;
  }
  bool accept(std::string_view text) {
    if (!sees(text)) return false;
    take();
    return true;
  }
  void fail(const std::string& wanted) {
    if (mistake_.empty()) mistake_ = "expected " + wanted + ", not `" + peek().text + "`";
  }
  void expect(std::string_view text) {
    if (!accept(text)) fail("`" + std::string(text) + "`");
  }
  std::string name() {
    if (peek().kind != Token::Kind::word) fail("a name");
    return take();
  }

  std::int64_t integer() {
    const std::string text = take();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) fail("an integer");
    return value;
  }

  std::int64_t duration() {
    const std::string text = take();
    std::int64_t sum = 0;
    const char* from = text.data();
    const char* const end = from + text.size();
    while (from != end) {
      std::int64_t value = 0;
      const auto [unit, error] = std::from_chars(from, end, value);
      const char* unit_end = std::find_if(unit, end, is_digit);
      const std::string_view word(unit, static_cast<std::size_t>(unit_end - unit));
      const std::int64_t scale = word == "ms"  ? 1
                                 : word == "s" ? 1'000
                                 : word == "m" ? 60'000
                                 : word == "h" ? 3'600'000
                                 : word == "d" ? 86'400'000
                                               : 0;
      if (error != std::errc{} || scale == 0) {
        fail("a duration");
        return 0;
      }
      sum += value * scale;
      from = unit_end;
    }
    return sum;
  }

  void stream() {
    Stream stream;
    stream.name = name();
    expect("{");
    while (mistake_.empty() && !accept("}")) {
      if (peek().kind == Token::Kind::end) return fail("`}`");
      if (accept("lateness")) {
        stream.lateness = duration();
      } else {
        take();
      }
    }
    streams_.push_back(stream);
  }

  void pattern() {
    Pattern pattern;
    pattern.name = name();
    pattern.streams.clear();
    expect("on");
    do {
      const std::string stream = name();
      const auto found =
          std::find_if(streams_.begin(), streams_.end(), [&](const Stream& s) { return s.name == stream; });
      if (found == streams_.end()) return fail("a stream");
      pattern.streams.push_back(*found);
    } while (accept(","));
    expect("{");
    while (mistake_.empty() && !accept("}")) clause(pattern);
    patterns_.push_back(std::move(pattern));
  }

  void clause(Pattern& pattern) {
    if (accept("key")) {
      expect("user");
      pattern.keyed = true;
    } else if (accept("when")) {
      pattern.when = expression();
    } else if (accept("within")) {
      pattern.within = duration();
    } else if (accept("after_match")) {
      after_match(pattern);
    } else if (accept("on_timeout")) {
      expect("emit");
      pattern.on_timeout = true;
      items();
    } else if (accept("emit")) {
      items();
    } else if (accept("absent")) {
      absent(pattern);
    } else if (accept("limit")) {
      limit(pattern);
    } else if (sees("begin")) {
      pattern.elements = sequence();
    } else {
      fail("a clause");
    }
  }

  void absent(Pattern& pattern) {
    Absence absence;
    absence.name = name();
    while (mistake_.empty() && accept("where")) absence.where.push_back(expression());
    expect("for");
    absence.duration = duration();
    pattern.absence = absence;
  }

  void limit(Pattern& pattern) {
    using Then = Limit::Then;
    static constexpr std::pair<const char*, Then> kThen[] = {
        {"drop_oldest", Then::drop_oldest}, {"drop_newest", Then::drop_newest}, {"block_start", Then::block_start}};
    Limit limit;
    expect("partial_matches");
    limit.most = static_cast<std::size_t>(integer());
    expect("per");
    expect("key");
    expect("then");
    const auto* const found =
        std::find_if(std::begin(kThen), std::end(kThen), [&](const auto& then) { return sees(then.first); });
    if (found == std::end(kThen)) return fail("what to do");
    take();
    limit.then = found->second;
    pattern.limit = limit;
  }

  void items() {
    do {
      name();
      expect("=");
      expression();
    } while (accept(","));
  }

  void after_match(Pattern& pattern) {
    static constexpr std::pair<const char*, Skip> kSkips[] = {{"no_skip", Skip::no_skip},
                                                              {"skip_to_next", Skip::skip_to_next},
                                                              {"skip_past_last", Skip::skip_past_last},
                                                              {"skip_to_first", Skip::skip_to_first},
                                                              {"skip_to_last", Skip::skip_to_last}};
    const auto* const found =
        std::find_if(std::begin(kSkips), std::end(kSkips), [&](const auto& skip) { return sees(skip.first); });
    if (found == std::end(kSkips)) return fail("a skip strategy");
    take();
    pattern.skip = found->second;
    if (pattern.skip == Skip::skip_to_first || pattern.skip == Skip::skip_to_last) {
      pattern.skip_step = name();
      pattern.or_fail = accept("or_fail");
    }
  }

  std::optional<Link> link() {
    static constexpr std::pair<const char*, Link> kLinks[] = {
        {"begin", Link::begin},
        {"next", Link::next},
        {"followed_by", Link::followed_by},
        {"followed_by_any", Link::followed_by_any},
        {"not_next", Link::not_next},
        {"not_followed_by", Link::not_followed_by},
    };
    for (const auto& [word, link] : kLinks) {
      if (accept(word)) return link;
    }
    return std::nullopt;
  }

  std::vector<Element> sequence() {
    std::vector<Element> elements;
    while (mistake_.empty()) {
      if (!elements.empty() && sees("begin")) break;
      const std::optional<Link> found = link();
      if (!found) break;
      elements.push_back(element(*found));
    }
    return elements;
  }

  Element element(Link link) {
    Element element;
    element.link = link;
    if (accept("any_of")) {
      while (mistake_.empty() && accept("(")) {
        element.any_of.push_back(sequence());
        expect(")");
      }
    } else if (accept("all_of")) {
      expect("(");
      do {
        element.all_of.push_back(this->element(Link::begin));
      } while (mistake_.empty() && accept(","));
      expect(")");
    } else if (!sees("(")) {
      element.name = name();
    }
    if (element.any_of.empty() && element.all_of.empty() && accept("(")) {
      element.group = sequence();
      expect(")");
    } else if (accept("of")) {
      element.of = name();
    }
    while (mistake_.empty()) {
      std::optional<Modifier> found = modifier();
      if (!found) break;
      element.modifiers.push_back(std::move(*found));
    }
    return element;
  }

  std::optional<Modifier> modifier() {
    using Kind = Modifier::Kind;
    static constexpr std::pair<const char*, Kind> kPlain[] = {
        {"one_or_more", Kind::one_or_more}, {"zero_or_more", Kind::zero_or_more},
        {"optional", Kind::optional},       {"greedy", Kind::greedy},
        {"consecutive", Kind::consecutive}, {"allow_combinations", Kind::allow_combinations}};
    for (const auto& [word, kind] : kPlain) {
      if (accept(word)) return Modifier{kind};
    }
    if (accept("where")) return Modifier{Kind::where, expression()};
    if (accept("until")) return Modifier{Kind::until, expression()};
    if (accept("times")) {
      Modifier modifier{Kind::times};
      expect("(");
      modifier.from = integer();
      if (accept(",")) modifier.to = integer();
      expect(")");
      return modifier;
    }
    if (accept("times_or_more")) {
      Modifier modifier{Kind::times_or_more};
      expect("(");
      modifier.from = integer();
      expect(")");
      return modifier;
    }
    if (sees("within") && (sees("of_previous", 2) || sees("of", 2))) {
      take();
      Modifier modifier{Kind::within_of_previous};
      modifier.duration = duration();
      if (!accept("of_previous")) {
        expect("of");
        modifier.kind = Kind::within_of;
        modifier.step = name();
      }
      return modifier;
    }
    return std::nullopt;
  }

  Expr binary(std::initializer_list<const char*> words, Expr (Reader::*operand)()) {
    Expr left = (this->*operand)();
    while (mistake_.empty()) {
      const auto* const word = std::find_if(words.begin(), words.end(), [&](const char* w) { return sees(w); });
      if (word == words.end()) break;
      take();
      left = make_operation(*word, {left, (this->*operand)()});
    }
    return left;
  }

  Expr disjunction() { return binary({"or"}, &Reader::conjunction); }
  Expr conjunction() { return binary({"and"}, &Reader::negation); }
  Expr negation() {
    if (accept("not")) return make_operation("not", {negation()});
    return comparison();
  }

  Expr comparison() {
    Expr left = sum();
    for (const char* word : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (accept(word)) return make_operation(word, {left, sum()});
    }
    if (accept("between")) {
      Expr low = sum();
      expect("and");
      return make_operation("between", {left, low, sum()});
    }
    if (accept("is")) {
      const bool negated = accept("not");
      expect("null");
      return make_operation(negated ? "is not null" : "is null", {left});
    }
    const bool negated = sees("not") && sees("in", 1);
    if (negated) take();
    if (!accept("in")) return left;
    std::vector<Expr> args = arguments();
    args.insert(args.begin(), left);
    return make_operation(negated ? "not in" : "in", std::move(args));
  }

  Expr sum() { return binary({"+", "-"}, &Reader::product); }
  Expr product() { return binary({"*", "/", "%"}, &Reader::unary); }
  Expr unary() {
    if (!accept("-")) return primary();
    Expr operand = unary();
    auto* const integer = std::get_if<std::int64_t>(&operand.constant);
    if (operand.kind != Expr::Kind::constant || integer == nullptr) return make_operation("negate", {operand});
    *integer = -*integer;
    return operand;
  }

  std::vector<Expr> arguments() {
    std::vector<Expr> args;
    expect("(");
    do {
      args.push_back(expression());
    } while (mistake_.empty() && accept(","));
    expect(")");
    return args;
  }

  Expr primary() {
    Expr expr;
    if (peek().kind == Token::Kind::text) {
      expr.constant = take();
      return expr;
    }
    if (peek().kind == Token::Kind::number) {
      if (peek().text.find('.') == std::string::npos) {
        expr.constant = integer();
      } else {
        expr.constant = std::stod(take());
      }
      return expr;
    }
    if (accept("(")) {
      expr = expression();
      expect(")");
      return expr;
    }
    if (accept("null")) return expr;
    if (sees("true") || sees("false")) {
      expr.constant = take() == "true";
      return expr;
    }
    return named();
  }

  /// What begins with a name: a field, a function, an aggregate, a field of a step.
  Expr named() {
    Expr expr;
    const std::string first = name();
    if (sees("(")) {
      if (first == "coalesce") return make_operation(first, arguments());
      static constexpr const char* kAggregates[] = {"count", "sum", "avg", "min", "max", "first", "last"};
      if (std::none_of(std::begin(kAggregates), std::end(kAggregates), [&](const char* w) { return first == w; })) {
        fail("a known function before");
        return expr;
      }
      take();
      expr.kind = Expr::Kind::aggregate;
      expr.word = first;
      expr.step = name();
      if (accept(".")) expr.field = name();
      expect(")");
      return expr;
    }
    expr.kind = Expr::Kind::step_field;
    expr.step = first;
    if (accept("[")) {
      const bool negative = accept("-");
      expr.index = negative ? -integer() : integer();
      expect("]");
      expect(".");
      expr.field = name();
    } else if (accept(".")) {
      expr.field = name();
    } else {
      expr.kind = Expr::Kind::field;
      expr.field = std::exchange(expr.step, {});
    }
    return expr;
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::string mistake_;
  std::vector<Stream> streams_;
  std::vector<Pattern> patterns_;
};

}    // namespace

std::variant<std::vector<Pattern>, std::string> read_rules(std::string_view text) {
  Reader reader(text);
  std::vector<Pattern> patterns = reader.file();
  if (!reader.mistake().empty()) return reader.mistake();
  return patterns;
}

Expr read_expression(std::string_view text) {
  return Reader(text).expression();
}

}    // namespace cepheid::reference
