#include "reference/print.hpp"

#include <fmt/format.h>

#include <iterator>

namespace cepheid::reference {
namespace {

std::string constant_text(const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return "null";
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* number = std::get_if<double>(&value)) {
    std::string text = fmt::format("{}", *number);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
  }
  return fmt::format("\"{}\"", std::get<std::string>(value));
}

/// In brackets wherever that could matter.
std::string operand(const Expr& expr) {
  const bool function = expr.word == "coalesce";
  const std::string text = to_text(expr);
  return expr.kind == Expr::Kind::operation && !function ? "(" + text + ")" : text;
}

std::string list(const std::vector<Expr>& args, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < args.size(); ++i) text += (i == from ? "" : ", ") + to_text(args[i]);
  return "(" + text + ")";
}

std::string modifier_text(const Modifier& modifier) {
  using Kind = Modifier::Kind;
  switch (modifier.kind) {
    case Kind::where: return "where " + to_text(modifier.condition);
    case Kind::until: return "until " + to_text(modifier.condition);
    case Kind::one_or_more: return "one_or_more";
    case Kind::zero_or_more: return "zero_or_more";
    case Kind::times:
      return modifier.to ? fmt::format("times({}, {})", modifier.from, *modifier.to)
                         : fmt::format("times({})", modifier.from);
    case Kind::times_or_more: return fmt::format("times_or_more({})", modifier.from);
    case Kind::optional: return "optional";
    case Kind::greedy: return "greedy";
    case Kind::consecutive: return "consecutive";
    case Kind::allow_combinations: return "allow_combinations";
    case Kind::within_of_previous: return fmt::format("within {}ms of_previous", modifier.duration);
    case Kind::within_of: return fmt::format("within {}ms of {}", modifier.duration, modifier.step);
  }
  return {};
}

std::string sequence_text(const std::vector<Element>& elements, const std::string& indent);

std::string step_text(const Element& step) {
  std::string text = step.name;
  if (!step.of.empty()) text += " of " + step.of;
  for (const Modifier& modifier : step.modifiers) text += " " + modifier_text(modifier);
  return text;
}

std::string body_text(const Element& element, const std::string& indent) {
  const auto in_brackets = [&](const std::vector<Element>& elements) {
    return "(\n" + sequence_text(elements, indent + "    ") + indent + ")";
  };
  std::string text;
  if (element.is_group()) {
    text = (element.name.empty() ? "" : element.name + " ") + in_brackets(element.group);
  } else if (!element.any_of.empty()) {
    text = "any_of";
    for (const std::vector<Element>& alternative : element.any_of) text += " " + in_brackets(alternative);
  } else if (!element.all_of.empty()) {
    for (const Element& step : element.all_of) text += (text.empty() ? "all_of (" : ", ") + step_text(step);
    text += ")";
  } else {
    return step_text(element);
  }
  for (const Modifier& modifier : element.modifiers) text += " " + modifier_text(modifier);
  return text;
}

std::string sequence_text(const std::vector<Element>& elements, const std::string& indent) {
  static constexpr const char* kLinks[] = {"begin",           "next",     "followed_by",
                                           "followed_by_any", "not_next", "not_followed_by"};
  std::string text;
  for (const Element& element : elements) {
    text += indent + kLinks[static_cast<std::size_t>(element.link)] + " " + body_text(element, indent) + "\n";
  }
  return text;
}

}    // namespace

std::string to_text(const Expr& expr) {
  switch (expr.kind) {
    case Expr::Kind::constant: return constant_text(expr.constant);
    case Expr::Kind::field: return expr.field;
    case Expr::Kind::step_field:
      return expr.index ? fmt::format("{}[{}].{}", expr.step, *expr.index, expr.field)
                        : fmt::format("{}.{}", expr.step, expr.field);
    case Expr::Kind::aggregate:
      return expr.field.empty() ? fmt::format("{}({})", expr.word, expr.step)
                                : fmt::format("{}({}.{})", expr.word, expr.step, expr.field);
    case Expr::Kind::operation: break;
  }
  if (expr.word == "coalesce") return expr.word + list(expr.args, 0);
  const std::string first = operand(expr.args[0]);
  if (expr.word == "not") return "not " + first;
  if (expr.word == "negate") return "-" + first;
  if (expr.word == "in" || expr.word == "not in") return first + " " + expr.word + " " + list(expr.args, 1);
  if (expr.word == "is null" || expr.word == "is not null") return first + " " + expr.word;
  if (expr.word == "between") return first + " between " + operand(expr.args[1]) + " and " + operand(expr.args[2]);
  return first + " " + expr.word + " " + operand(expr.args[1]);
}

std::string to_rules(const Pattern& pattern) {
  static constexpr const char* kSkips[] = {"no_skip", "skip_to_next", "skip_past_last", "skip_to_first",
                                           "skip_to_last"};
  std::string text;
  std::string names;
  for (const Stream& stream : pattern.streams) {
    text += fmt::format(
        "stream {} {{\n{}    format json\n    schema id int, ts timestamp, name string, price double, qty int, "
        "user string\n    time ts\n    lateness {}ms\n}}\n\n",
        stream.name, pattern.streams.size() == 1 ? "    from stdin\n" : "", stream.lateness);
    names += (names.empty() ? "" : ", ") + stream.name;
  }
  text += fmt::format("pattern {} on {} {{\n", pattern.name, names);
  if (pattern.keyed) text += "    key user\n";
  if (pattern.when) text += "    when " + to_text(*pattern.when) + "\n";
  text += sequence_text(pattern.elements, "    ");
  if (pattern.absence) {
    text += "    absent " + pattern.absence->name;
    for (const Expr& where : pattern.absence->where) text += " where " + to_text(where);
    text += fmt::format(" for {}ms\n", pattern.absence->duration);
  }
  if (pattern.limit) {
    static constexpr const char* kThen[] = {"drop_oldest", "drop_newest", "block_start"};
    text += fmt::format("    limit partial_matches {} per key then {}\n", pattern.limit->most,
                        kThen[static_cast<std::size_t>(pattern.limit->then)]);
  }
  if (pattern.within) text += fmt::format("    within {}ms\n", *pattern.within);
  if (pattern.skip != Skip::no_skip) {
    text += fmt::format("    after_match {}", kSkips[static_cast<std::size_t>(pattern.skip)]);
    if (pattern.skip >= Skip::skip_to_first) text += " " + pattern.skip_step;
    text += pattern.or_fail ? " or_fail\n" : "\n";
  }
  if (pattern.on_timeout) text += "    on_timeout emit timed_out = true\n";
  return text + "}\n";
}

std::string to_jsonl(const std::vector<Event>& events) {
  std::string text;
  for (const Event& event : events) {
    fmt::format_to(std::back_inserter(text), "{{\"id\":{},\"ts\":{},\"name\":\"{}\",\"user\":\"{}\"", event.id,
                   event.ts, event.name, event.user);
    if (event.price) fmt::format_to(std::back_inserter(text), ",\"price\":{}", *event.price);
    fmt::format_to(std::back_inserter(text), ",\"qty\":{}", event.qty);
    if (event.stream != 0) fmt::format_to(std::back_inserter(text), ",\"stream\":{}", event.stream);
    text += "}\n";
  }
  return text;
}

std::string to_text(const Match& match) {
  std::string text;
  std::string step;
  for (const auto& [name, id] : match.path) {
    text += name == step ? fmt::format(",{}", id) : fmt::format("{}{}:{}", text.empty() ? "" : " ", name, id);
    step = name;
  }
  if (!match.key.empty()) text += fmt::format("  key {}", match.key);
  text += fmt::format("  {}..{}", match.start, match.end);
  return match.timed_out ? text + "  timeout" : text;
}

}    // namespace cepheid::reference
