#pragma once

#include <string>
#include <vector>

#include "tests/unit/aggregate/naive_aggregate.hpp"

namespace cepheid::runtime::aggregate_tests {

/// A condition at the end of a call's arguments.
struct Condition {
  std::string text;    // "" or " where …"
  bool (*holds)(const Event&);
};

[[nodiscard]] const std::vector<Condition>& conditions();

/// All aggregate functions, on fields of each type they take, by their definitions: over the list of all rows.
[[nodiscard]] std::vector<NaiveStatement::Item> functions(const Condition& condition);

/// Keys of one row: fields and expressions of each type.
[[nodiscard]] std::vector<NaiveStatement::Item> keys();

/// 1234 is "12.34".
[[nodiscard]] std::string hundredths(Int128 units);
[[nodiscard]] std::string quoted(const std::string& text);

}    // namespace cepheid::runtime::aggregate_tests
