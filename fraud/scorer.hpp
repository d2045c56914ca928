#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cepheid/fraud.hpp"
#include "fraud/arrival.hpp"
#include "fraud/history.hpp"
#include "fraud/least_distance.hpp"
#include "fraud/local_clock.hpp"
#include "fraud/model.hpp"
#include "fraud/users.hpp"
#include "fraud/window_checks.hpp"

namespace cepheid::fraud {

/// What stands behind FraudScorer, which says what its functions do. Stays where it is.
class Scorer {
 public:
  /// The rules are checked, the model read, if there is one.
  Scorer(FraudRules rules, LocalClock clock, std::optional<Model> model);

  void score(std::string_view key, const FraudTransaction& transaction, FraudScore& out);
  std::size_t expire(TimeMs now_ms, std::size_t at_most);
  [[nodiscard]] const FraudRules& rules() const { return rules_; }
  [[nodiscard]] FraudMemory memory() const;
  void save(std::string& bytes) const;
  Result<void> load(std::string_view bytes);

 private:
  /// What is kept of the transaction, its texts held.
  Arrival arrive(const FraudTransaction& transaction, const History& history);
  void run_checks(const Arrival& arrival, const HistoryView& history, Factors& factors);
  [[nodiscard]] const std::vector<std::uint32_t>* velocity_limits(TextId type) const;
  void check_lists(std::uint64_t lists, Factors& factors, bool& allowed, double& block_risk) const;
  [[nodiscard]] double combine(const Factors& factors) const;
  [[nodiscard]] std::size_t level_of(double score) const;

  void forget_everything();
  /// What must be the same for saved bytes to mean the same.
  [[nodiscard]] std::string saved_form() const;

  FraudRules rules_;
  LocalClock clock_;
  std::optional<Model> model_;
  HistoryLayout layout_;
  History::Bounds bounds_;
  NearEnough near_enough_;             // of the rules' location
  std::vector<std::size_t> levels_;    // places in the rules, the highest level first

  HistoryTexts texts_;    // the types with limits of their own have the first ids, in the order of the rules
  Users users_;
  std::size_t block_bytes_ = 0;       // of all histories
  std::size_t transactions_ = 0;      // in all histories
  std::size_t next_to_expire_ = 0;    // place among the users

  HistoryScratch history_scratch_;
  WindowScratch window_scratch_;
};

}    // namespace cepheid::fraud
