#include "nfa/expr/constants.hpp"

#include <re2/re2.h>

#include "nfa/expr/regex_options.hpp"
#include "nfa/expr/time_functions.hpp"

namespace cepheid::nfa {

bool is_known_zone(std::string_view name) {
  return find_zone(name) != nullptr;
}

bool is_valid_regex(std::string_view expression, std::string* why) {
  const re2::RE2 regex(re2::StringPiece(expression.data(), expression.size()), regex_options());
  if (!regex.ok() && why != nullptr) *why = regex.error();
  return regex.ok();
}

}    // namespace cepheid::nfa
