#include "runtime/operators/make_scorer.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace cepheid::runtime {

Result<FraudScorer> make_scorer(const patterns::FraudPlan& plan, const std::string& folder) {
  FraudRules rules = plan.rules;
  if (rules.model) {
    const std::filesystem::path path = std::filesystem::path(folder) / rules.model->file;
    std::ifstream file(path, std::ios::binary);
    if (!file) return Error{fmt::format("cannot read `{}`: {}", path.string(), std::strerror(errno))};
    rules.model->json.assign(std::istreambuf_iterator<char>(file), {});
    if (file.bad()) return Error{fmt::format("cannot read `{}`: {}", path.string(), std::strerror(errno))};
  }
  return FraudScorer::create(std::move(rules));
}

}    // namespace cepheid::runtime
