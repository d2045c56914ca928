#include "patterns/syntax/string_literal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "patterns/source/utf8.hpp"
#include "patterns/syntax/parser_state.hpp"

namespace cepheid::patterns::syntax {

namespace {

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || c == '_'; };
  if (text.empty() || !letter(text[0])) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || ('0' <= c && c <= '9'); });
}

std::string without_last_line_end(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

class StringReader {
 public:
  StringReader(const Token& token, const SourceFile& source, const Environment& environment, Diagnostics& diagnostics)
      : text_(source.text().substr(0, token.span.end - 1)),
        at_(token.span.begin + 1),
        source_(source),
        environment_(environment),
        diagnostics_(diagnostics) {}

  std::string read() {
    read_until(text_.size(), [this] { placeholder(); });
    return std::move(value_);
  }

  std::vector<TemplatePart> read_parts() {
    std::vector<TemplatePart> parts;
    const auto end_text = [&] {
      if (!value_.empty()) parts.push_back({.text = std::exchange(value_, {})});
    };
    read_until(text_.size(), [&] {
      end_text();
      if (std::optional<Expr> expr = embedded_expression()) parts.push_back({.expr = std::move(*expr)});
    });
    end_text();
    return parts;
  }

 private:
  [[nodiscard]] static Span span(std::size_t begin, std::size_t end) {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }

  /// Appends text to `value_` up to `end`; calls `on_placeholder` at each `${`.
  template <typename OnPlaceholder>
  void read_until(std::size_t end, OnPlaceholder on_placeholder) {
    while (at_ < end) {
      const std::string_view rest = text_.substr(at_, end - at_);
      if (rest.starts_with("$${")) {
        value_ += "${";
        at_ += 3;
      } else if (rest.starts_with("${")) {
        on_placeholder();
      } else if (rest[0] == '\\') {
        escape(end);
      } else {
        value_ += rest[0];
        ++at_;
      }
    }
  }

  void escape(std::size_t end) {
    const std::size_t begin = at_;
    const char c = at_ + 1 < end ? text_[at_ + 1] : '\0';
    at_ += 2;
    switch (c) {
      case '"':
      case '\'':
      case '\\':
      case '/': value_ += c; return;
      case 'b': value_ += '\b'; return;
      case 'f': value_ += '\f'; return;
      case 'n': value_ += '\n'; return;
      case 'r': value_ += '\r'; return;
      case 't': value_ += '\t'; return;
      case 'u': unicode_escape(begin, end); return;
      default: break;
    }
    while (at_ < end && continues_code_point(text_[at_])) ++at_;
    at_ = std::min(at_, end);
    diagnostics_.error(DiagnosticKind::bad_escape, span(begin, at_),
                       fmt::format("`{}` is not an escape", text_.substr(begin, at_ - begin)), "`\\\\` is a backslash");
  }

  /// `at_` is behind the `\u`.
  void unicode_escape(std::size_t begin, std::size_t end) {
    std::optional<char32_t> code_point = four_digits(end);
    if (!code_point) {
      diagnostics_.error(DiagnosticKind::bad_escape, span(begin, at_), "`\\u` needs four hexadecimal digits");
      return;
    }
    const bool high = *code_point >= 0xD800 && *code_point < 0xDC00;
    if (high && text_.substr(at_, end - at_).starts_with("\\u")) {
      at_ += 2;
      const std::optional<char32_t> low = four_digits(end);
      if (low && *low >= 0xDC00 && *low < 0xE000) {
        code_point = 0x10000 + ((*code_point - 0xD800) << 10) + (*low - 0xDC00);
      }
    }
    if (*code_point >= 0xD800 && *code_point < 0xE000) {
      diagnostics_.error(DiagnosticKind::bad_escape, span(begin, at_), "half of a surrogate pair",
                         "a character beyond \\uffff takes two: `\\ud83d\\ude00`");
      return;
    }
    append_utf8(value_, *code_point);
  }

  std::optional<char32_t> four_digits(std::size_t end) {
    char32_t value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = at_ < end ? text_[at_] : '\0';
      if ('0' <= c && c <= '9') {
        value = value * 16 + static_cast<char32_t>(c - '0');
      } else if ('a' <= (c | 0x20) && (c | 0x20) <= 'f') {
        value = value * 16 + static_cast<char32_t>((c | 0x20) - 'a' + 10);
      } else {
        return std::nullopt;
      }
    }
    return value;
  }

  void not_closed(std::size_t begin) {
    at_ = text_.size();
    diagnostics_.error(DiagnosticKind::unclosed, span(begin, at_), "`${` is not closed",
                       "a `}` is missing; `$${` is a literal `${`");
  }

  /// `${NAME}`, `${NAME:-default}` or `${file:PATH}`.
  void placeholder() {
    const std::size_t begin = at_;
    const std::size_t end = text_.find('}', begin);
    if (end == std::string_view::npos) return not_closed(begin);
    const Span place = span(begin, end + 1);
    const std::string_view inside = text_.substr(begin + 2, end - begin - 2);
    at_ = end + 1;

    if (inside.starts_with("file:")) {
      const std::string path(inside.substr(5));
      std::optional<std::string> content = environment_.file ? environment_.file(path) : std::nullopt;
      if (!content) {
        diagnostics_.error(DiagnosticKind::missing_environment, place,
                           fmt::format("the file `{}` cannot be read", path));
        return;
      }
      return put_in(without_last_line_end(std::move(*content)), place);
    }

    const std::size_t separator = inside.find(":-");
    const std::string_view name = inside.substr(0, separator);
    if (!is_name(name)) {
      diagnostics_.error(DiagnosticKind::missing_environment, place,
                         fmt::format("`{}` does not name an environment variable", source_.text(place)),
                         "`$${` is a literal `${`");
      return;
    }
    std::optional<std::string> value = environment_.variable ? environment_.variable(name) : std::nullopt;
    if (separator != std::string_view::npos && (!value || value->empty())) {
      // The default is text of the rule file, so it has escapes; a `${` in it is no placeholder.
      at_ = begin + 2 + separator + 2;
      read_until(end, [this] {
        value_ += "${";
        at_ += 2;
      });
      at_ = end + 1;
      return;
    }
    if (!value) {
      diagnostics_.error(DiagnosticKind::missing_environment, place,
                         fmt::format("the environment variable `{}` is not set", name),
                         fmt::format("`${{{}:-…}}` gives a default", name));
      return;
    }
    put_in(*value, place);
  }

  void put_in(const std::string& value, Span place) {
    if (find_invalid_utf8(value)) {
      diagnostics_.error(DiagnosticKind::bad_constant, place, "what stands there is not UTF-8");
      return;
    }
    value_ += value;
  }

  std::optional<Expr> embedded_expression() {
    const std::size_t begin = at_;
    const std::size_t end = end_of_embedded(begin + 2);
    if (end == std::string_view::npos) {
      not_closed(begin);
      return std::nullopt;
    }
    at_ = end + 1;
    return parse_embedded_expression(source_, span(begin + 2, end), environment_, diagnostics_);
  }

  /// The `}` that ends an expression: not one in a string or of an object.
  [[nodiscard]] std::size_t end_of_embedded(std::size_t at) const {
    std::size_t depth = 0;
    char quote = '\0';
    for (; at < text_.size(); ++at) {
      const char c = text_[at];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '"' || c == '\'' || c == '`') {
        quote = c;
      } else if (c == '{') {
        ++depth;
      } else if (c == '}' && depth-- == 0) {
        return at;
      }
    }
    return std::string_view::npos;
  }

  std::string_view text_;    // of the file up to the closing quote
  std::size_t at_;
  const SourceFile& source_;
  const Environment& environment_;
  Diagnostics& diagnostics_;
  std::string value_;
};

}    // namespace

std::string read_string(const Token& token, const SourceFile& source, const Environment& environment,
                        Diagnostics& diagnostics) {
  return StringReader(token, source, environment, diagnostics).read();
}

std::vector<TemplatePart> read_template(const Token& token, const SourceFile& source, const Environment& environment,
                                        Diagnostics& diagnostics) {
  return StringReader(token, source, environment, diagnostics).read_parts();
}

}    // namespace cepheid::patterns::syntax
