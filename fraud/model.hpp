#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cepheid/result.hpp"

namespace cepheid::fraud {

/// A logistic regression or a forest of gradient-boosted trees, ready to run.
///
/// Trees are run as XGBoost runs them: features and thresholds as 32-bit floats, a missing feature (NaN) down the
/// branch that the tree names for it, leaves added up as 32-bit floats in the order of the trees.
class Model {
 public:
  /// Reads the JSON that FraudModel describes. `features` are the names of what probability() gets; fails if the model
  /// asks for another.
  static Result<Model> read(std::string_view json, std::span<const std::string> features);

  /// The probability for features in the order of their names; those beyond the end are missing. A missing one counts
  /// as 0 in a logistic regression. No allocation.
  [[nodiscard]] double probability(std::span<const double> features) const;

 private:
  friend class ModelReader;

  /// A split or, where `feature` is kLeaf, a leaf.
  struct Node {
    std::uint32_t feature = 0;
    float value = 0;    // threshold: below it `yes`; of a leaf: what it adds
    std::uint32_t yes = 0;
    std::uint32_t no = 0;
    std::uint32_t missing = 0;
  };
  struct Term {
    std::size_t feature;
    double coefficient;
  };
  static constexpr std::uint32_t kLeaf = 0xFFFF'FFFF;

  bool logistic_ = false;
  double intercept_ = 0;         // of the regression
  std::vector<Term> terms_{};    // likewise
  float base_margin_ = 0;        // of the trees
  std::vector<Node> nodes_{};    // of all trees; places are those of this list
  std::vector<std::uint32_t> roots_{};
};

}    // namespace cepheid::fraud
