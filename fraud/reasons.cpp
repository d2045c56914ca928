#include <array>

#include "cepheid/fraud.hpp"

namespace cepheid::inline v0 {
namespace {

struct Reason {
  std::string_view code;
  FraudCategory category;
};

// in the order of FraudReason
constexpr std::array<Reason, kFraudReasons> kReasons{{
    {"high_velocity", FraudCategory::velocity},
    {"unusual_location", FraudCategory::location},
    {"unusual_amount", FraudCategory::amount},
    {"unusual_time", FraudCategory::behaviour},
    {"unusual_transaction_type", FraudCategory::behaviour},
    {"late_night_transaction", FraudCategory::time},
    {"weekend_unusual_activity", FraudCategory::time},
    {"impossible_travel", FraudCategory::travel},
    {"dormant_account", FraudCategory::dormant},
    {"round_amount", FraudCategory::round_amount},
    {"first_seen_merchant", FraudCategory::first_seen},
    {"first_seen_device", FraudCategory::first_seen},
    {"first_seen_country", FraudCategory::first_seen},
    {"high_value", FraudCategory::value},
    {"merchant_spread", FraudCategory::spread},
    {"device_spread", FraudCategory::spread},
    {"country_spread", FraudCategory::spread},
    {"allow_list", FraudCategory::list},
    {"block_list", FraudCategory::list},
    {"model_score", FraudCategory::model},
}};

struct Fact {
  std::string_view name;
  bool whole;
};

// in the order of FraudFact
constexpr std::array<Fact, kFraudFacts> kFacts{{
    {"window", false},
    {"count", true},
    {"threshold", false},
    {"distance_km", false},
    {"z_score", false},
    {"average_amount", false},
    {"deviation", false},
    {"hour", true},
    {"day_of_week", true},
    {"elapsed", false},
    {"speed_km_h", false},
    {"multiple", false},
    {"sum", false},
    {"probability", false},
}};

constexpr std::array<std::string_view, kFraudCategories> kCategories{
    "velocity",     "location",   "amount", "behaviour", "time", "travel", "dormant",
    "round_amount", "first_seen", "value",  "spread",    "list", "model",
};

}    // namespace

std::string_view reason_code(FraudReason reason) {
  return kReasons[static_cast<std::size_t>(reason)].code;
}
FraudCategory category_of(FraudReason reason) {
  return kReasons[static_cast<std::size_t>(reason)].category;
}
std::string_view fact_name(FraudFact fact) {
  return kFacts[static_cast<std::size_t>(fact)].name;
}
bool is_whole(FraudFact fact) {
  return kFacts[static_cast<std::size_t>(fact)].whole;
}
std::string_view category_name(FraudCategory category) {
  return kCategories[static_cast<std::size_t>(category)];
}

}    // namespace cepheid::inline v0
