#pragma once

#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/expr/build_expr.hpp"

namespace cepheid::nfa::build {

/// Checks each fact twice: folded while it is compiled, and computed from the fields of a row.
inline void expect_facts(const std::vector<Fact>& facts) {
  for (std::size_t i = 0; i < facts.size(); ++i) {
    EXPECT_EQ(evaluate(facts[i].expression), facts[i].value) << "constants of fact " << i;
    EXPECT_EQ(Lifted(facts[i].expression).evaluate(), facts[i].value) << "fields of fact " << i;
  }
}

}    // namespace cepheid::nfa::build
