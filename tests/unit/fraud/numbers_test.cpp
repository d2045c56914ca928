#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "fraud/amount_statistics.hpp"
#include "fraud/least_distance.hpp"
#include "fraud/texts.hpp"
#include "nfa/expr/time_functions.hpp"

namespace cepheid::fraud {
namespace {

TEST(AmountStatistics, AreExactWhereSumsOfSquaresAreNot) {
  std::vector<double> amounts;
  for (int i = 0; i < 1'000; ++i) amounts.push_back(1e9 + (i % 2 == 0 ? 0.25 : 0.75));
  const AmountStatistics statistics = amount_statistics(amounts.data(), amounts.size());
  EXPECT_EQ(statistics.mean, 1e9 + 0.5);
  EXPECT_NEAR(statistics.deviation, 0.25 * std::sqrt(1'000.0 / 999), 1e-12);
  // 1 / 3 beyond the 16 digits of a double
  const std::vector<double> thirds{1e15, 1e15, 1e15 + 1};
  const AmountStatistics third = amount_statistics(thirds.data(), thirds.size());
  EXPECT_NEAR(third.difference_from_mean(1e15), -1.0 / 3, 1e-15);
}

TEST(AmountStatistics, AmountsThatCancelLeaveWhatIsSmall) {
  const std::vector<double> amounts{1e16, 1, -1e16, 2};
  EXPECT_EQ(amount_statistics(amounts.data(), amounts.size()).mean, 0.75);
}

TEST(AmountStatistics, EqualAmountsHaveNoDeviation) {
  for (const double amount : {0.1, 1.0 / 3, 1e-300, 123456.789}) {
    const std::vector<double> amounts(37, amount);
    const AmountStatistics statistics = amount_statistics(amounts.data(), amounts.size());
    EXPECT_EQ(statistics.mean, amount);
    EXPECT_EQ(statistics.deviation, 0);
  }
}

TEST(AmountStatistics, NansAreLeftOut) {
  const double amounts[] = {std::nan(""), 4, std::nan(""), 6};
  const AmountStatistics statistics = amount_statistics(amounts, 4);
  EXPECT_EQ(statistics.count, 2u);
  EXPECT_EQ(statistics.mean, 5);
  EXPECT_DOUBLE_EQ(statistics.deviation, std::sqrt(2.0));
  EXPECT_EQ(amount_statistics(amounts, 1).count, 0u);
}

TEST(BinaryNoise, GoesWhereADecimalIsMeant) {
  EXPECT_EQ(without_binary_noise(0.1 + 0.2), 0.3);
  EXPECT_EQ(without_binary_noise(3.9999999999999996), 4);
  EXPECT_EQ(without_binary_noise(1.0 / 3), 1.0 / 3);
  EXPECT_EQ(without_binary_noise(1e300), 1e300);
  EXPECT_EQ(without_binary_noise(1e-9), 1e-9);
  EXPECT_TRUE(std::isnan(without_binary_noise(std::nan(""))));
}

TEST(LeastDistance, IsThatOfTheNearestPlace) {
  std::mt19937_64 random(1);
  const auto between = [&](double first, double last) {
    return first + (last - first) * static_cast<double>(random() >> 11) * 0x1p-53;
  };
  for (int round = 0; round < 400; ++round) {
    // all over the globe, or within a town; some off the globe; some none
    const double reach = round % 3 == 0 ? 0.2 : 180;
    const double middle = round % 2 == 0 ? 0 : 60;
    std::vector<double> latitudes;
    std::vector<double> longitudes;
    for (std::size_t i = random() % 400; i > 0; --i) {
      latitudes.push_back(std::clamp(between(middle - reach, middle + reach), -90.0, 90.0));
      longitudes.push_back(between(-reach, reach));
      if (random() % 10 == 0) latitudes.back() = longitudes.back() = std::nan("");
      if (round % 5 == 0 && random() % 100 == 0) longitudes.back() += 1'000;
    }
    const double latitude = between(-90, 90);
    const double longitude = between(-180, 180);
    double expected = -1;
    for (std::size_t i = 0; i < latitudes.size(); ++i) {
      if (std::isnan(latitudes[i])) continue;
      const double km = nfa::haversine_km(latitude, longitude, latitudes[i], longitudes[i]);
      if (expected < 0 || km < expected) expected = km;
    }
    const std::optional<double> found =
        least_distance_km({latitudes.data(), longitudes.data(), latitudes.size()}, latitude, longitude, NearEnough(0));
    ASSERT_EQ(found.has_value(), expected >= 0);
    if (!found) continue;
    EXPECT_NEAR(*found, expected, 1e-11 * expected);
    const std::optional<double> near_one = least_distance_km({latitudes.data(), longitudes.data(), latitudes.size()},
                                                             latitude, longitude, NearEnough(300));
    EXPECT_EQ(*near_one > 300, expected > 300);
    if (expected > 300) {
      EXPECT_EQ(*near_one, *found);
    }
  }
}

TEST(Texts, IdsAreSharedAndGivenAgain) {
  Texts texts(2);
  const TextId a = texts.hold("a");
  EXPECT_EQ(texts.hold("a"), a);
  const TextId b = texts.hold("some text that is too long to be held inside of a string object");
  EXPECT_NE(b, a);
  EXPECT_EQ(texts.hold("c"), kNoText);    // all ids are held
  texts.release(a);
  EXPECT_EQ(texts.hold("c"), kNoText);
  texts.release(a);
  EXPECT_EQ(texts.hold("c"), a);
  EXPECT_EQ(texts.text(a), "c");
  EXPECT_EQ(texts.hold("a"), kNoText);
}

}    // namespace
}    // namespace cepheid::fraud
