#pragma once

#include <string>
#include <string_view>

#include "conformance/json_tree.hpp"

namespace cepheid::conformance {

/// Compares the lines that were printed with the `expected` of a case. Empty if they are the same matches, otherwise
/// what is missing, what is too much and which emitted values differ, a line each.
[[nodiscard]] std::string difference(const JsonTree& expected, std::string_view printed);

}    // namespace cepheid::conformance
