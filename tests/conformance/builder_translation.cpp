#include "conformance/builder_translation.hpp"

#include <charconv>
#include <chrono>
#include <set>
#include <string_view>
#include <vector>

namespace cepheid::conformance {
namespace {

namespace syntax = patterns::syntax;
using std::chrono::milliseconds;
using StepNames = std::set<std::string, std::less<>>;

std::string join(const syntax::Path& path, std::size_t first = 0) {
  std::string text;
  for (std::size_t i = first; i < path.parts.size(); ++i) {
    if (i > first) text += '.';
    text += path.parts[i].text;
  }
  return text;
}

void collect_steps(const syntax::Sequence& sequence, StepNames& steps) {
  for (const syntax::Element& element : sequence.elements) {
    if (element.group) collect_steps(*element.group, steps);
    for (const syntax::Sequence& one : element.any_of) collect_steps(one, steps);
    for (const syntax::Element& one : element.all_of) steps.insert(one.name->text);
    if (!element.group && element.name) steps.insert(element.name->text);
  }
}

class Translator {
 public:
  explicit Translator(const syntax::Pattern& pattern) {
    if (pattern.sequence) collect_steps(*pattern.sequence, steps_);
    if (pattern.absent) steps_.insert(pattern.absent->name.text);
  }

  Expression expression(const syntax::Expr& expr) const;

  /// The first element is there already, without its modifiers.
  template <typename Self>
  void add_elements(builder::Steps<Self>& to, const syntax::Sequence& sequence) const {
    for (const syntax::Element& element : sequence.elements) {
      switch (element.link) {
        case syntax::LinkWord::begin: break;
        case syntax::LinkWord::next: to.next(part(element)); break;
        case syntax::LinkWord::followed_by: to.followed_by(part(element)); break;
        case syntax::LinkWord::followed_by_any: to.followed_by_any(part(element)); break;
        case syntax::LinkWord::not_next: to.not_next(part(element)); break;
        case syntax::LinkWord::not_followed_by: to.not_followed_by(part(element)); break;
      }
      add_modifiers(to, element);
    }
  }

  Part part(const syntax::Element& element) const;

 private:
  Expression number(const std::string& digits) const;
  Expression reference(const syntax::Expr& expr) const;
  Expression binary(const syntax::Expr& expr) const;
  Expression object(const syntax::Expr& expr) const;
  std::vector<Expression> expressions(const std::vector<syntax::Expr>& exprs, std::size_t from = 0) const {
    std::vector<Expression> result;
    for (std::size_t i = from; i < exprs.size(); ++i) result.push_back(expression(exprs[i]));
    return result;
  }
  Sequence sequence(const syntax::Sequence& sequence) const {
    Sequence result = Sequence::begin(part(sequence.elements.front()));
    add_elements(result, sequence);
    return result;
  }
  template <typename Self>
  void add_modifiers(builder::Steps<Self>& to, const syntax::Element& element) const;

  StepNames steps_;
};

Expression Translator::number(const std::string& digits) const {
  double value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const Expression shortest = value;
  return shortest.text() == digits ? shortest : cepheid::number(digits);
}

Expression Translator::reference(const syntax::Expr& expr) const {
  const std::string& first = expr.path.parts.front().text;
  if (!expr.index && !(steps_.contains(first) && expr.path.parts.size() > 1)) return field(join(expr.path));
  const StepRef all = step(first);
  return (expr.index ? all.at(*expr.index) : all)[join(expr.path, 1)];
}

Expression Translator::binary(const syntax::Expr& expr) const {
  const Expression a = expression(expr.args[0]);
  const Expression b = expression(expr.args[1]);
  switch (expr.binary) {
    case syntax::BinaryOp::equal: return a == b;
    case syntax::BinaryOp::not_equal: return a != b;
    case syntax::BinaryOp::less: return a < b;
    case syntax::BinaryOp::less_equal: return a <= b;
    case syntax::BinaryOp::greater: return a > b;
    case syntax::BinaryOp::greater_equal: return a >= b;
    case syntax::BinaryOp::like: return a.like(b);
    case syntax::BinaryOp::not_like: return a.not_like(b);
    case syntax::BinaryOp::matches: return a.matches(b);
    case syntax::BinaryOp::not_matches: return a.not_matches(b);
    case syntax::BinaryOp::add: return a + b;
    case syntax::BinaryOp::subtract: return a - b;
    case syntax::BinaryOp::multiply: return a * b;
    case syntax::BinaryOp::divide: return a / b;
    case syntax::BinaryOp::remainder: return a % b;
  }
  return null();
}

Expression Translator::object(const syntax::Expr& expr) const {
  std::vector<std::pair<std::string, Expression>> fields;
  for (const syntax::Item& item : expr.items) {
    const bool named = item.kind == syntax::Item::Kind::named;
    fields.emplace_back(named ? item.name.text : item.value.path.parts.back().text, expression(item.value));
  }
  return object_of(fields);
}

Expression Translator::expression(const syntax::Expr& expr) const {
  using Kind = syntax::Expr::Kind;
  switch (expr.kind) {
    case Kind::poisoned: break;
    case Kind::null: return null();
    case Kind::boolean: return expr.boolean;
    case Kind::integer: return expr.integer;
    case Kind::number: return number(expr.text);
    case Kind::string: return expr.text;
    case Kind::duration: return milliseconds(expr.integer);
    case Kind::reference: return reference(expr);
    case Kind::call: {
      const std::string& name = expr.path.parts.front().text;
      const bool of_step = expr.args.size() == 1 && expr.args[0].kind == Kind::reference && !expr.args[0].index &&
                           expr.args[0].path.parts.size() == 1;
      if (name == "count" && of_step) return count(step(expr.args[0].path.parts.front().text));
      return call(name, expressions(expr.args));
    }
    case Kind::unary: {
      const Expression operand = expression(expr.args[0]);
      return expr.unary == syntax::UnaryOp::not_ ? !operand : -operand;
    }
    case Kind::binary: return binary(expr);
    case Kind::and_:
    case Kind::or_: {
      const std::vector<Expression> operands = expressions(expr.args);
      Expression all = operands.front();
      for (std::size_t i = 1; i < operands.size(); ++i) {
        all = expr.kind == Kind::and_ ? std::move(all) && operands[i] : std::move(all) || operands[i];
      }
      return all;
    }
    case Kind::between: {
      const std::vector<Expression> args = expressions(expr.args);
      return expr.negated ? args[0].not_between(args[1], args[2]) : args[0].between(args[1], args[2]);
    }
    case Kind::in: {
      const Expression value = expression(expr.args[0]);
      return expr.negated ? value.not_in(expressions(expr.args, 1)) : value.in(expressions(expr.args, 1));
    }
    case Kind::is_null: {
      const Expression value = expression(expr.args[0]);
      return expr.negated ? value.is_not_null() : value.is_null();
    }
    case Kind::list: return list_of(expressions(expr.args));
    case Kind::object: return object(expr);
  }
  return null();
}

Part Translator::part(const syntax::Element& element) const {
  std::vector<Sequence> sequences;
  if (!element.any_of.empty()) {
    for (const syntax::Sequence& one : element.any_of) sequences.push_back(sequence(one));
    return any_of(sequences);
  }
  if (!element.all_of.empty()) {
    for (const syntax::Element& one : element.all_of) {
      sequences.push_back(Sequence::begin(one.name->text));
      add_modifiers(sequences.back(), one);
    }
    return all_of(sequences);
  }
  if (!element.group) return element.name->text;
  if (element.name) return group(element.name->text, sequence(*element.group));
  return sequence(*element.group);
}

template <typename Self>
void Translator::add_modifiers(builder::Steps<Self>& to, const syntax::Element& element) const {
  using Kind = syntax::Modifier::Kind;
  if (element.of) to.of_stream(element.of->text);
  for (const syntax::Modifier& modifier : element.modifiers) {
    switch (modifier.kind) {
      case Kind::where: to.where(expression(modifier.expr)); break;
      case Kind::until: to.until(expression(modifier.expr)); break;
      case Kind::one_or_more: to.one_or_more(); break;
      case Kind::zero_or_more: to.zero_or_more(); break;
      case Kind::times: modifier.to ? to.times(modifier.from, *modifier.to) : to.times(modifier.from); break;
      case Kind::times_or_more: to.times_or_more(modifier.from); break;
      case Kind::optional: to.optional(); break;
      case Kind::greedy: to.greedy(); break;
      case Kind::consecutive: to.consecutive(); break;
      case Kind::allow_combinations: to.allow_combinations(); break;
      case Kind::within_previous: to.within_of_previous(milliseconds(modifier.from)); break;
      case Kind::within_of: to.within_of(milliseconds(modifier.from), modifier.step->text); break;
    }
  }
}

AfterMatch build_after_match(const syntax::AfterMatch& written) {
  const auto failing = [&](const AfterMatch& strategy) { return written.or_fail ? strategy.or_fail() : strategy; };
  switch (written.kind) {
    case syntax::AfterMatch::Kind::no_skip: return no_skip();
    case syntax::AfterMatch::Kind::skip_to_next: return skip_to_next();
    case syntax::AfterMatch::Kind::skip_past_last: return skip_past_last();
    case syntax::AfterMatch::Kind::skip_to_first: return failing(skip_to_first(written.step->text));
    case syntax::AfterMatch::Kind::skip_to_last: return failing(skip_to_last(written.step->text));
  }
  return no_skip();
}

OverLimit over_limit(syntax::Limit::Then then) {
  switch (then) {
    case syntax::Limit::Then::drop_oldest: return OverLimit::drop_oldest;
    case syntax::Limit::Then::drop_newest: return OverLimit::drop_newest;
    case syntax::Limit::Then::block_start: return OverLimit::block_start;
    case syntax::Limit::Then::fail: return OverLimit::fail;
  }
  return OverLimit::drop_oldest;
}

Type type_of(const syntax::TypeName& type) {
  switch (type.kind) {
    case syntax::TypeName::Kind::bool_: return Type::boolean();
    case syntax::TypeName::Kind::int_: return Type::int64();
    case syntax::TypeName::Kind::double_: return Type::float64();
    case syntax::TypeName::Kind::decimal: return Type::decimal(static_cast<int>(type.scale));
    case syntax::TypeName::Kind::string: return Type::string();
    case syntax::TypeName::Kind::timestamp: return Type::timestamp();
  }
  return Type::null();
}

}    // namespace

Pattern build_pattern(const syntax::Pattern& pattern) {
  const Translator translator(pattern);
  Pattern built = pattern.sequence
                      ? Pattern::begin(translator.part(pattern.sequence->elements.front()))
                      : Pattern::absent(pattern.absent->name.text, milliseconds(pattern.absent->duration_ms));
  if (pattern.sequence) {
    translator.add_elements(built, *pattern.sequence);
  } else {
    for (const syntax::Expr& where : pattern.absent->where) built.where(translator.expression(where));
  }
  built.name(pattern.name.text);
  for (const syntax::Name& input : pattern.inputs) built.on(input.text);
  for (const syntax::Expr& key : pattern.key) built.key(translator.expression(key));
  if (pattern.when) built.when(translator.expression(*pattern.when));
  if (pattern.within) built.within(milliseconds(pattern.within->ms));
  if (pattern.after_match) built.after_match(build_after_match(*pattern.after_match));
  if (pattern.limit) {
    built.limit_partial_matches(pattern.limit->most,
                                pattern.limit->per_key ? LimitScope::per_key : LimitScope::all_keys,
                                over_limit(pattern.limit->then));
  }
  if (pattern.shadow) built.shadow();
  if (pattern.emit) {
    for (const syntax::Item& item : *pattern.emit) built.emit(item.name.text, translator.expression(item.value));
  }
  if (pattern.timeout_emit) {
    for (const syntax::Item& item : *pattern.timeout_emit) {
      built.on_timeout_emit(item.name.text, translator.expression(item.value));
    }
  }
  return built;
}

std::optional<Stream> build_stream(const syntax::Stream& stream) {
  if (stream.idle || stream.late_to || stream.invalid_to) return std::nullopt;
  Stream built(stream.name.text);
  for (const syntax::SchemaField& field : stream.schema) built.field(join(field.path), type_of(field.type));
  if (stream.time) built.time(join(*stream.time));
  if (stream.lateness) built.lateness(milliseconds(stream.lateness->ms));
  for (const syntax::Path& path : stream.require) built.require({join(path)});
  return built;
}

}    // namespace cepheid::conformance
