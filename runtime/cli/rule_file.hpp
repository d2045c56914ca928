#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "patterns/plan/plan.hpp"

namespace cepheid::cli {

struct LoadedRules {
  std::shared_ptr<const patterns::Plan> plan;    // null if the file is wrong or cannot be read
  std::string folder;                            // of the file: what relative paths in it are relative to
  std::size_t warnings = 0;
};

/// Reads and checks a rule file and prints all its diagnostics on standard error. `${NAME}` comes from the environment
/// of the process, `${file:PATH}` from the disk.
[[nodiscard]] LoadedRules load_rules(const std::string& path);

/// Prints `error: …` on standard error.
void print_error(const std::string& message);

}    // namespace cepheid::cli
