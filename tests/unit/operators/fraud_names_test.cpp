#include <cstddef>

#include <gtest/gtest.h>

#include "cepheid/fraud.hpp"
#include "patterns/check/fraud_rows.hpp"

namespace cepheid::runtime {
namespace {

TEST(FraudNames, FieldsOfRowsAreNamedAsTheScorerNamesItsFacts) {
  for (std::size_t i = 0; i < kFraudFacts; ++i) {
    const auto fact = static_cast<FraudFact>(i);
    EXPECT_EQ(patterns::field_of(fact), fact_name(fact));
  }
}

}    // namespace
}    // namespace cepheid::runtime
