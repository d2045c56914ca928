#include "runtime/operators/batch_merge.hpp"

#include <string>

#include <gtest/gtest.h>

namespace cepheid::runtime {
namespace {

std::string walk(const nfa::Batch& a, const nfa::Batch& b) {
  std::string seen;
  BatchMerge merge({&a, &b});
  merge.walk(
      [&](std::size_t input, const nfa::Batch& batch, std::size_t i) {
        seen += std::string(input == 0 ? "a" : "b") + std::to_string(batch.time_ms(i)) + " ";
      },
      [&](std::size_t input, const nfa::Batch::Advance& advance) {
        seen += std::string(input == 0 ? "A" : "B") + std::to_string(advance.low_ms) + " ";
      });
  return seen;
}

TEST(BatchMerge, GoesBySequenceThenByInputAndKeepsMovesInTheirPlace) {
  const auto layout = std::make_shared<const nfa::RowLayout>(Schema({{"x", Type::int64()}}));
  nfa::Batch a(layout);
  nfa::Batch b(layout);
  a.append(10, 1);
  a.advance(10, 1);
  a.append(30, 3);
  b.append(11, 1);
  b.append(20, 2);
  b.advance(20, 2);
  EXPECT_EQ(walk(a, b), "a10 A10 b11 b20 B20 a30 ");
  a.clear();
  EXPECT_EQ(walk(a, b), "b11 b20 B20 ");
}

}    // namespace
}    // namespace cepheid::runtime
