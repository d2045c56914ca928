#include "nfa/expr/text_choice.hpp"

#include <algorithm>
#include <string>
#include <variant>

namespace cepheid::nfa {

namespace {

/// Adds `field == text`, in either order; false: it is something else, or of another field.
bool add_equality(const TypedExpr& field, const TypedExpr& text, TextChoice& choice) {
  if (field.kind != TypedExpr::Kind::field || text.kind != TypedExpr::Kind::constant) return false;
  const auto* constant = std::get_if<std::string>(&text.constant.state);
  if (field.type.kind != TypeKind::string || constant == nullptr) return false;
  if (!choice.texts.empty() && choice.field != field.field) return false;
  choice.field = field.field;
  choice.texts.push_back(*constant);
  return true;
}

bool add_choice(const TypedExpr& condition, TextChoice& choice) {
  if (condition.kind != TypedExpr::Kind::call) return false;
  const std::vector<TypedExpr>& args = condition.args;
  switch (condition.function) {
    case Function::or_: return std::ranges::all_of(args, [&](const TypedExpr& arg) { return add_choice(arg, choice); });
    case Function::in_values:
      return std::ranges::all_of(args.begin() + 1, args.end(),
                                 [&](const TypedExpr& arg) { return add_equality(args[0], arg, choice); });
    case Function::equal: return add_equality(args[0], args[1], choice) || add_equality(args[1], args[0], choice);
    default: return false;
  }
}

}    // namespace

std::optional<TextChoice> text_choice_of(const TypedExpr& condition) {
  TextChoice choice;
  if (!add_choice(condition, choice) || choice.texts.size() < 2) return std::nullopt;
  return choice;
}

}    // namespace cepheid::nfa
