#include "fraud/model.hpp"

#include <cmath>
#include <limits>

namespace cepheid::fraud {

double Model::probability(std::span<const double> features) const {
  const auto feature = [&](std::size_t i) {
    return i < features.size() ? features[i] : std::numeric_limits<double>::quiet_NaN();
  };
  if (logistic_) {
    double sum = intercept_;
    for (const Term& term : terms_) {
      const double value = feature(term.feature);
      if (!std::isnan(value)) sum += term.coefficient * value;
    }
    return 1 / (1 + std::exp(-sum));
  }
  float margin = base_margin_;
  for (const std::uint32_t root : roots_) {
    std::uint32_t at = root;
    while (nodes_[at].feature != kLeaf) {
      const Node& node = nodes_[at];
      const auto value = static_cast<float>(feature(node.feature));
      if (std::isnan(value)) {
        at = node.missing;
      } else {
        at = value < node.value ? node.yes : node.no;
      }
    }
    margin += nodes_[at].value;
  }
  return 1 / (1 + std::exp(-static_cast<double>(margin)));
}

}    // namespace cepheid::fraud
