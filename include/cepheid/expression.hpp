#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "cepheid/export.hpp"
#include "cepheid/time.hpp"

/// Expressions of the rule language, built in C++: `field("price") * field("qty") > 100 && !field("test")`.
///
/// An Expression is the text of one in the rule language, so it means exactly what that means: null as in SQL, `and`
/// and `or` are not cut short where that could be seen, int and double mix as double. Names and types are checked when
/// the pattern is loaded.
namespace cepheid::inline v0 {

namespace builder {

template <typename T>
concept Character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
    std::same_as<T, char16_t> || std::same_as<T, char32_t>;
template <typename T>
concept Whole = std::integral<T> && !std::same_as<T, bool> && !Character<T>;
template <typename T>
concept TextLike = std::convertible_to<const T&, std::string_view> && !std::same_as<T, std::nullptr_t>;
template <typename T>
concept Duration = std::convertible_to<T, std::chrono::milliseconds> && requires {
  typename T::period;
};

/// How tightly the outermost operator of an expression binds, loosest first.
enum class Precedence : std::uint8_t { or_, and_, not_, comparison, sum, product, unary, primary };

}    // namespace builder

/// A value, cheap enough to copy: it holds its text. Building one is linear in that text.
///
/// What the language cannot say (a double that is not finite, an integer beyond 64 bits with sign, a name with a
/// back-tick or a line end in it, text that is not UTF-8) is written as `?`, which is in no rule text, with a comment
/// behind it that says why: loading reports it in that place.
class CEPHEID_API Expression {
 public:
  // Literals, by implicit conversion.

  /// `true`, `false`
  template <std::same_as<bool> T>
  Expression(T value) : Expression(of_bool(value)) {}    // NOLINT(google-explicit-constructor)
  /// An int.
  template <builder::Whole T>
  Expression(T value) : Expression(of_integer(value)) {}    // NOLINT(google-explicit-constructor)
  /// A double, in the fewest digits that read back the same. Beside a decimal it is an exact decimal of these digits,
  /// as everywhere in the language.
  template <std::floating_point T>
  Expression(T value) : Expression(of_double(static_cast<double>(value))) {}    // NOLINT(google-explicit-constructor)
  /// A string, taken as it is: what looks like `${NAME}` in it is not replaced.
  template <builder::TextLike T>
  Expression(const T& text) : Expression(of_text(text)) {}    // NOLINT(google-explicit-constructor)
  /// A length of time: an int, in milliseconds.
  template <builder::Duration T>
  Expression(T duration) : Expression(of_duration(duration)) {}    // NOLINT(google-explicit-constructor)
  Expression(std::nullptr_t) = delete;                             // null()

  // Operators. `&&` and `||` are functions here: both sides are built.

  friend CEPHEID_API Expression operator==(const Expression& a, const Expression& b);
  friend CEPHEID_API Expression operator!=(const Expression& a, const Expression& b);
  friend CEPHEID_API Expression operator<(const Expression& a, const Expression& b);
  friend CEPHEID_API Expression operator<=(const Expression& a, const Expression& b);
  friend CEPHEID_API Expression operator>(const Expression& a, const Expression& b);
  friend CEPHEID_API Expression operator>=(const Expression& a, const Expression& b);
  friend CEPHEID_API Expression operator+(Expression a, const Expression& b);
  friend CEPHEID_API Expression operator-(Expression a, const Expression& b);
  friend CEPHEID_API Expression operator*(Expression a, const Expression& b);
  /// Always gives a double.
  friend CEPHEID_API Expression operator/(Expression a, const Expression& b);
  friend CEPHEID_API Expression operator%(Expression a, const Expression& b);
  friend CEPHEID_API Expression operator-(const Expression& a);
  friend CEPHEID_API Expression operator&&(Expression a, const Expression& b);
  friend CEPHEID_API Expression operator||(Expression a, const Expression& b);
  friend CEPHEID_API Expression operator!(const Expression& a);

  /// Is it one of these? A single one may be a list. At least one is needed.
  [[nodiscard]] Expression in(const std::vector<Expression>& values) const;
  [[nodiscard]] Expression not_in(const std::vector<Expression>& values) const;
  /// Both ends included.
  [[nodiscard]] Expression between(const Expression& low, const Expression& high) const;
  [[nodiscard]] Expression not_between(const Expression& low, const Expression& high) const;
  [[nodiscard]] Expression is_null() const;
  [[nodiscard]] Expression is_not_null() const;
  /// The whole text: `%` stands for any, `_` for one code point, `\` takes the next sign as it is.
  [[nodiscard]] Expression like(const Expression& pattern) const;
  [[nodiscard]] Expression not_like(const Expression& pattern) const;
  /// Anywhere in the text: an RE2 regular expression.
  [[nodiscard]] Expression matches(const Expression& regex) const;
  [[nodiscard]] Expression not_matches(const Expression& regex) const;

  /// As rule text.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// What in it the rule language cannot say; empty if all is well.
  [[nodiscard]] std::string_view mistake() const { return mistake_; }

 private:
  friend class ExpressionWriter;
  Expression(std::string text, builder::Precedence precedence, std::string_view mistake)
      : text_(std::move(text)), precedence_(precedence), mistake_(mistake) {}

  template <builder::Whole T>
  static Expression of_integer(T value) {
    if (std::in_range<std::int64_t>(value)) return of_int(static_cast<std::int64_t>(value));
    return too_large();
  }
  static Expression of_bool(bool value);
  static Expression of_int(std::int64_t value);
  static Expression too_large();
  static Expression of_double(double value);
  static Expression of_text(std::string_view text);
  static Expression of_duration(std::chrono::milliseconds duration);

  std::string text_;
  builder::Precedence precedence_;
  std::string_view mistake_;    // of static storage
};

// ---- values

/// A field of the event at hand, perhaps nested (`location.latitude`); in `emit` an item named before.
[[nodiscard]] CEPHEID_API Expression field(std::string_view path);
[[nodiscard]] CEPHEID_API Expression null();
/// A number as it is written in rule text, digits and all: `number("0.10")` is 0.10 beside a decimal, otherwise the
/// double 0.1.
[[nodiscard]] CEPHEID_API Expression number(std::string_view digits);
/// A decimal of as many digits after the point as written: `decimal("12.50")` is a decimal(2) everywhere.
[[nodiscard]] CEPHEID_API Expression decimal(std::string_view digits);
/// A point in time.
[[nodiscard]] CEPHEID_API Expression timestamp_of(TimeMs ms);
[[nodiscard]] inline Expression timestamp_of(std::chrono::sys_time<std::chrono::milliseconds> time) {
  return timestamp_of(TimeMs{time.time_since_epoch().count()});
}
/// A list of values of one type, an object.
[[nodiscard]] CEPHEID_API Expression list_of(const std::vector<Expression>& values);
[[nodiscard]] CEPHEID_API Expression object_of(const std::vector<std::pair<std::string, Expression>>& fields);

// ---- steps

/// The events that the partial match at hand has taken at a step.
class CEPHEID_API StepRef {
 public:
  explicit StepRef(std::string_view name);

  /// A field of its last event, or of the one that at() chose; null if there is none.
  [[nodiscard]] Expression operator[](std::string_view path) const;
  [[nodiscard]] Expression field(std::string_view path) const { return (*this)[path]; }
  /// One of its events: from the first (0, 1 …), or from the last (-1, -2 …).
  [[nodiscard]] StepRef at(std::int64_t index) const;

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string_view mistake() const { return mistake_; }

 private:
  std::string text_;
  std::string_view mistake_;
};

[[nodiscard]] inline StepRef step(std::string_view name) {
  return StepRef(name);
}

// ---- functions

/// A function of the language by its name.
[[nodiscard]] CEPHEID_API Expression call(std::string_view function, const std::vector<Expression>& args);
template <std::convertible_to<Expression>... Args>
[[nodiscard]] Expression call(std::string_view function, Args&&... args) {
  return call(function, std::vector<Expression>{Expression(std::forward<Args>(args))...});
}

/// How many events the step has taken.
[[nodiscard]] CEPHEID_API Expression count(const StepRef& step);

// Over a field of all events of a step: `avg(step("view")["amount"])`. Of no event: `sum` and `count_distinct` are 0,
// the others null. Nulls are left out, but by `first` and `last`.
[[nodiscard]] inline Expression sum(const Expression& step_field) {
  return call("sum", step_field);
}
[[nodiscard]] inline Expression avg(const Expression& step_field) {
  return call("avg", step_field);
}
[[nodiscard]] inline Expression min(const Expression& step_field) {
  return call("min", step_field);
}
[[nodiscard]] inline Expression max(const Expression& step_field) {
  return call("max", step_field);
}
/// Of a sample: null below two values.
[[nodiscard]] inline Expression stddev(const Expression& step_field) {
  return call("stddev", step_field);
}
[[nodiscard]] inline Expression first(const Expression& step_field) {
  return call("first", step_field);
}
[[nodiscard]] inline Expression last(const Expression& step_field) {
  return call("last", step_field);
}
[[nodiscard]] inline Expression count_distinct(const Expression& step_field) {
  return call("count_distinct", step_field);
}

// Numbers.
[[nodiscard]] inline Expression abs(const Expression& x) {
  return call("abs", x);
}
[[nodiscard]] inline Expression floor(const Expression& x) {
  return call("floor", x);
}
[[nodiscard]] inline Expression ceil(const Expression& x) {
  return call("ceil", x);
}
/// Half away from zero.
[[nodiscard]] inline Expression round(const Expression& x) {
  return call("round", x);
}
[[nodiscard]] inline Expression round(const Expression& x, const Expression& digits) {
  return call("round", x, digits);
}
[[nodiscard]] inline Expression sqrt(const Expression& x) {
  return call("sqrt", x);
}
[[nodiscard]] inline Expression pow(const Expression& x, const Expression& exponent) {
  return call("pow", x, exponent);
}
[[nodiscard]] inline Expression ln(const Expression& x) {
  return call("ln", x);
}
[[nodiscard]] inline Expression exp(const Expression& x) {
  return call("exp", x);
}
/// Kilometres between two points given in degrees, on a sphere of radius 6371 km.
[[nodiscard]] inline Expression haversine_km(const Expression& latitude1, const Expression& longitude1,
                                             const Expression& latitude2, const Expression& longitude2) {
  return call("haversine_km", latitude1, longitude1, latitude2, longitude2);
}

// Of any type.

/// The second if the condition holds, otherwise (null too) the third.
[[nodiscard]] inline Expression if_(const Expression& condition, const Expression& then, const Expression& otherwise) {
  return call("if", condition, then, otherwise);
}
/// Nulls are left out; null only if all are.
template <std::convertible_to<Expression>... Args>
[[nodiscard]] Expression least(const Expression& x, Args&&... others) {
  return call("least", x, std::forward<Args>(others)...);
}
template <std::convertible_to<Expression>... Args>
[[nodiscard]] Expression greatest(const Expression& x, Args&&... others) {
  return call("greatest", x, std::forward<Args>(others)...);
}
/// The first that is not null.
template <std::convertible_to<Expression>... Args>
[[nodiscard]] Expression coalesce(const Expression& x, Args&&... others) {
  return call("coalesce", x, std::forward<Args>(others)...);
}
/// Values of any types as one string; nulls are left out.
template <std::convertible_to<Expression>... Args>
[[nodiscard]] Expression concat(const Expression& x, Args&&... others) {
  return call("concat", x, std::forward<Args>(others)...);
}
/// A 64-bit int, the same in every run and version.
[[nodiscard]] inline Expression hash(const Expression& x) {
  return call("hash", x);
}

// Text, counted in code points.
[[nodiscard]] inline Expression lower(const Expression& text) {
  return call("lower", text);
}
[[nodiscard]] inline Expression upper(const Expression& text) {
  return call("upper", text);
}
/// Also of a list.
[[nodiscard]] inline Expression length(const Expression& text) {
  return call("length", text);
}
/// Also of a list.
[[nodiscard]] inline Expression contains(const Expression& text, const Expression& part) {
  return call("contains", text, part);
}
[[nodiscard]] inline Expression starts_with(const Expression& text, const Expression& prefix) {
  return call("starts_with", text, prefix);
}
[[nodiscard]] inline Expression ends_with(const Expression& text, const Expression& suffix) {
  return call("ends_with", text, suffix);
}
/// From position `from`, counted from 1.
[[nodiscard]] inline Expression substr(const Expression& text, const Expression& from) {
  return call("substr", text, from);
}
[[nodiscard]] inline Expression substr(const Expression& text, const Expression& from, const Expression& size) {
  return call("substr", text, from, size);
}
/// A list of strings.
[[nodiscard]] inline Expression split(const Expression& text, const Expression& separator) {
  return call("split", text, separator);
}

// Time. A zone is a constant name as "Asia/Seoul"; without one UTC.
/// The time of the event at hand.
[[nodiscard]] inline Expression event_time() {
  return call("event_time");
}
[[nodiscard]] inline Expression hour(const Expression& time) {
  return call("hour", time);
}
[[nodiscard]] inline Expression hour(const Expression& time, const Expression& zone) {
  return call("hour", time, zone);
}
[[nodiscard]] inline Expression minute(const Expression& time) {
  return call("minute", time);
}
[[nodiscard]] inline Expression minute(const Expression& time, const Expression& zone) {
  return call("minute", time, zone);
}
/// 0 is Monday.
[[nodiscard]] inline Expression day_of_week(const Expression& time) {
  return call("day_of_week", time);
}
[[nodiscard]] inline Expression day_of_week(const Expression& time, const Expression& zone) {
  return call("day_of_week", time, zone);
}
/// The string `yyyy-MM-dd`.
[[nodiscard]] inline Expression date(const Expression& time) {
  return call("date", time);
}
[[nodiscard]] inline Expression date(const Expression& time, const Expression& zone) {
  return call("date", time, zone);
}
/// `format` is constant, as "yyyy-MM-dd HH:mm:ss.SSS".
[[nodiscard]] inline Expression format_time(const Expression& time, const Expression& format) {
  return call("format_time", time, format);
}
[[nodiscard]] inline Expression format_time(const Expression& time, const Expression& format, const Expression& zone) {
  return call("format_time", time, format, zone);
}

// Conversions: null where a value does not convert.
/// Cuts towards zero; text only as a whole number.
[[nodiscard]] inline Expression to_int(const Expression& x) {
  return call("int", x);
}
[[nodiscard]] inline Expression to_double(const Expression& x) {
  return call("double", x);
}
/// Rounds half away from zero. `scale`: 0 to 38.
[[nodiscard]] inline Expression to_decimal(const Expression& x, int scale) {
  return call("decimal", x, scale);
}
[[nodiscard]] inline Expression to_text(const Expression& x) {
  return call("string", x);
}
/// Of ISO 8601 text, without an offset in UTC, or of an int of milliseconds.
[[nodiscard]] inline Expression to_timestamp(const Expression& x) {
  return call("timestamp", x);
}

}    // namespace cepheid::inline v0
