#include "cepheid/expression.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "patterns/embed/expression_text.hpp"

namespace cepheid::inline v0 {

using builder::Precedence;
using patterns::first_mistake;
using patterns::Wording;

/// Puts expressions together from texts and from others, with brackets only where precedence asks for them.
class ExpressionWriter {
 public:
  static Expression make(std::string text, Precedence precedence, std::string_view mistake = {}) {
    return {std::move(text), precedence, mistake};
  }
  static Expression primary(Wording wording) { return {std::move(wording.text), Precedence::primary, wording.mistake}; }
  static Expression unsayable(std::string_view mistake) {
    return {std::string(patterns::kUnsayable), Precedence::primary, mistake};
  }

  /// The text of an operand: in brackets if it binds more loosely than `least`.
  static std::string operand(const Expression& expression, Precedence least) {
    return expression.precedence_ < least ? "(" + expression.text_ + ")" : expression.text_;
  }

  /// `a sign b`. `left`, `right`: how tightly the operands must bind at least.
  static Expression binary(Expression a, std::string_view sign, const Expression& b, Precedence precedence,
                           Precedence left, Precedence right) {
    if (a.precedence_ < left) a.text_ = "(" + a.text_ + ")";
    a.text_ += ' ';
    a.text_ += sign;
    a.text_ += ' ';
    a.text_ += operand(b, right);
    a.precedence_ = precedence;
    a.mistake_ = first_mistake(a.mistake_, b.mistake_);
    return a;
  }
  static Expression comparison(const Expression& a, std::string_view sign, const Expression& b) {
    return binary(a, sign, b, Precedence::comparison, Precedence::sum, Precedence::sum);
  }
  static Expression sum(Expression a, std::string_view sign, const Expression& b) {
    return binary(std::move(a), sign, b, Precedence::sum, Precedence::sum, Precedence::product);
  }
  static Expression product(Expression a, std::string_view sign, const Expression& b) {
    return binary(std::move(a), sign, b, Precedence::product, Precedence::product, Precedence::unary);
  }
  static Expression unary(std::string_view sign, const Expression& a, Precedence precedence) {
    return {std::string(sign) + operand(a, precedence), precedence, a.mistake_};
  }
  /// `a words`, `a words (list)`
  static Expression test(const Expression& a, std::string_view words, const Expression* list = nullptr) {
    std::string text = operand(a, Precedence::sum);
    text += words;
    if (list != nullptr) text += list->text_;
    return {std::move(text), Precedence::comparison,
            first_mistake(a.mistake_, list == nullptr ? std::string_view() : list->mistake_)};
  }
  static Expression between(const Expression& a, std::string_view words, const Expression& low,
                            const Expression& high) {
    Expression bounds = binary(low, "and", high, Precedence::comparison, Precedence::sum, Precedence::sum);
    return test(a, words, &bounds);
  }

  /// `open a, b, c close`
  static Expression listed(std::string open, const std::vector<Expression>& items, std::string_view close) {
    std::string_view mistake;
    bool first = true;
    for (const Expression& item : items) {
      if (!first) open += ", ";
      first = false;
      open += item.text_;
      mistake = first_mistake(mistake, item.mistake_);
    }
    open += close;
    return {std::move(open), Precedence::primary, mistake};
  }
  static Expression candidates(const std::vector<Expression>& values) {
    return values.empty() ? unsayable("`in` of no values") : listed("(", values, ")");
  }
};

using Writer = ExpressionWriter;

Expression Expression::of_bool(bool value) {
  return Writer::make(value ? "true" : "false", Precedence::primary);
}

Expression Expression::of_int(std::int64_t value) {
  if (value == std::numeric_limits<std::int64_t>::min()) {
    // Its digits without the sign are no int.
    return Writer::make(std::to_string(value + 1) + " - 1", Precedence::sum);
  }
  return Writer::make(std::to_string(value), value < 0 ? Precedence::unary : Precedence::primary);
}

Expression Expression::too_large() {
  return Writer::unsayable("an integer beyond 64 bits with sign");
}

Expression Expression::of_double(double value) {
  if (!std::isfinite(value)) return Writer::unsayable("a double that is not finite");
  char digits[32];
  std::string text(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  const Precedence precedence = text.front() == '-' ? Precedence::unary : Precedence::primary;
  return Writer::make(std::move(text), precedence);
}

Expression Expression::of_text(std::string_view text) {
  return Writer::primary(patterns::string_text(text));
}

Expression Expression::of_duration(std::chrono::milliseconds duration) {
  if (duration == std::chrono::milliseconds::min()) return of_int(duration.count());
  if (duration.count() >= 0) return Writer::primary(patterns::duration_text(duration));
  return Writer::make("-" + patterns::duration_text(-duration).text, Precedence::unary);
}

Expression operator==(const Expression& a, const Expression& b) {
  return Writer::comparison(a, "==", b);
}
Expression operator!=(const Expression& a, const Expression& b) {
  return Writer::comparison(a, "!=", b);
}
Expression operator<(const Expression& a, const Expression& b) {
  return Writer::comparison(a, "<", b);
}
Expression operator<=(const Expression& a, const Expression& b) {
  return Writer::comparison(a, "<=", b);
}
Expression operator>(const Expression& a, const Expression& b) {
  return Writer::comparison(a, ">", b);
}
Expression operator>=(const Expression& a, const Expression& b) {
  return Writer::comparison(a, ">=", b);
}
Expression operator+(Expression a, const Expression& b) {
  return Writer::sum(std::move(a), "+", b);
}
Expression operator-(Expression a, const Expression& b) {
  return Writer::sum(std::move(a), "-", b);
}
Expression operator*(Expression a, const Expression& b) {
  return Writer::product(std::move(a), "*", b);
}
Expression operator/(Expression a, const Expression& b) {
  return Writer::product(std::move(a), "/", b);
}
Expression operator%(Expression a, const Expression& b) {
  return Writer::product(std::move(a), "%", b);
}
Expression operator-(const Expression& a) {
  return Writer::unary("-", a, Precedence::unary);
}
Expression operator&&(Expression a, const Expression& b) {
  return Writer::binary(std::move(a), "and", b, Precedence::and_, Precedence::and_, Precedence::and_);
}
Expression operator||(Expression a, const Expression& b) {
  return Writer::binary(std::move(a), "or", b, Precedence::or_, Precedence::or_, Precedence::or_);
}
Expression operator!(const Expression& a) {
  return Writer::unary("not ", a, Precedence::not_);
}

Expression Expression::in(const std::vector<Expression>& values) const {
  const Expression candidates = Writer::candidates(values);
  return Writer::test(*this, " in ", &candidates);
}
Expression Expression::not_in(const std::vector<Expression>& values) const {
  const Expression candidates = Writer::candidates(values);
  return Writer::test(*this, " not in ", &candidates);
}
Expression Expression::between(const Expression& low, const Expression& high) const {
  return Writer::between(*this, " between ", low, high);
}
Expression Expression::not_between(const Expression& low, const Expression& high) const {
  return Writer::between(*this, " not between ", low, high);
}
Expression Expression::is_null() const {
  return Writer::test(*this, " is null");
}
Expression Expression::is_not_null() const {
  return Writer::test(*this, " is not null");
}
Expression Expression::like(const Expression& pattern) const {
  return Writer::comparison(*this, "like", pattern);
}
Expression Expression::not_like(const Expression& pattern) const {
  return Writer::comparison(*this, "not like", pattern);
}
Expression Expression::matches(const Expression& regex) const {
  return Writer::comparison(*this, "matches", regex);
}
Expression Expression::not_matches(const Expression& regex) const {
  return Writer::comparison(*this, "not matches", regex);
}

namespace {

/// Digits, perhaps a point and digits, perhaps an exponent.
bool is_number(std::string_view text) {
  const auto take_digits = [&text] {
    const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(size);
    return size > 0;
  };
  if (!take_digits()) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!take_digits()) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (!take_digits()) return false;
  }
  return text.empty();
}

}    // namespace

Expression field(std::string_view path) {
  return Writer::primary(patterns::path_text(path));
}

Expression null() {
  return Writer::make("null", Precedence::primary);
}

Expression number(std::string_view digits) {
  const bool negative = digits.starts_with('-');
  if (!is_number(digits.substr(negative ? 1 : 0))) return Writer::unsayable("what `number` got is no number");
  return Writer::make(std::string(digits), negative ? Precedence::unary : Precedence::primary);
}

Expression decimal(std::string_view digits) {
  const std::string_view unsigned_digits = digits.substr(digits.starts_with('-') ? 1 : 0);
  if (!is_number(unsigned_digits) || digits.find_first_of("eE") != std::string_view::npos) {
    return Writer::unsayable("what `decimal` got is no decimal number");
  }
  const std::size_t point = digits.find('.');
  const std::size_t scale = point == std::string_view::npos ? 0 : digits.size() - point - 1;
  return call("decimal", digits, scale);
}

Expression timestamp_of(TimeMs ms) {
  return call("timestamp", ms);
}

Expression list_of(const std::vector<Expression>& values) {
  return Writer::listed("[", values, "]");
}

Expression object_of(const std::vector<std::pair<std::string, Expression>>& fields) {
  std::vector<Expression> items;
  items.reserve(fields.size());
  for (const auto& [name, value] : fields) {
    Wording wording = patterns::name_text(name);
    items.push_back(Writer::make(wording.text + " = " + value.text(), Precedence::primary,
                                 first_mistake(wording.mistake, value.mistake())));
  }
  return Writer::listed("{", items, "}");
}

StepRef::StepRef(std::string_view name) {
  Wording wording = patterns::name_text(name);
  text_ = std::move(wording.text);
  mistake_ = wording.mistake;
}

Expression StepRef::operator[](std::string_view path) const {
  const Wording rest = patterns::path_after_dot(path);
  return Writer::make(text_ + "." + rest.text, Precedence::primary, first_mistake(mistake_, rest.mistake));
}

StepRef StepRef::at(std::int64_t index) const {
  StepRef event = *this;
  event.text_ += "[" + std::to_string(index) + "]";
  return event;
}

Expression call(std::string_view function, const std::vector<Expression>& args) {
  const Wording name = patterns::name_text(function);
  Expression result = Writer::listed(name.text + "(", args, ")");
  return Writer::make(result.text(), Precedence::primary, first_mistake(name.mistake, result.mistake()));
}

Expression count(const StepRef& step) {
  return Writer::make("count(" + step.text() + ")", Precedence::primary, step.mistake());
}

}    // namespace cepheid::inline v0
