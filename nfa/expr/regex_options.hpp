#pragma once

#include <re2/re2.h>

namespace cepheid::nfa {

/// How `matches` reads its expressions; a bad one is told by ok(), never printed.
[[nodiscard]] inline re2::RE2::Options regex_options() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  return options;
}

}    // namespace cepheid::nfa
