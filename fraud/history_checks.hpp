#pragma once

#include "fraud/arrival.hpp"
#include "fraud/least_distance.hpp"

namespace cepheid::fraud {

// What is out of the ordinary for this user, by all of the history. Each appends the factors that fire.

/// `near_enough` is that of the rules' distance.
void check_location(const FraudLocation& rules, NearEnough near_enough, const Arrival& arrival,
                    const HistoryView& history, Factors& factors);
void check_amount(const FraudAmount& rules, const Arrival& arrival, const HistoryView& history, Factors& factors);
void check_behaviour(const FraudBehaviour& rules, const Arrival& arrival, const HistoryView& history, Factors& factors);
void check_time(const FraudTime& rules, const Arrival& arrival, const HistoryView& history, Factors& factors);
void check_travel(const FraudTravel& rules, const Arrival& arrival, const HistoryView& history, Factors& factors);
void check_dormant(const FraudDormant& rules, const Arrival& arrival, Factors& factors);
void check_round_amount(const FraudRoundAmount& rules, const Arrival& arrival, Factors& factors);
void check_first_seen(const FraudFirstSeen& rules, const Arrival& arrival, const HistoryView& history,
                      Factors& factors);

}    // namespace cepheid::fraud
