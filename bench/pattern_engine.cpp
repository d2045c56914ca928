#include "bench/pattern_engine.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "patterns/plan/load.hpp"

namespace cepheid::bench {

std::string read_rules(const std::string& name) {
  const std::string path = CEPHEID_SOURCE_DIR "/bench/peers/rules/" + name;
  std::ifstream file(path);
  if (!file) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    std::exit(1);
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

std::shared_ptr<const patterns::Plan> load_plan(const std::string& rules) {
  const patterns::SourceFile source("rules.cep", rules);
  patterns::Diagnostics diagnostics(source);
  std::optional<patterns::Plan> plan = patterns::load_rules(source, {}, diagnostics);
  if (!plan) {
    std::fputs(diagnostics.render().c_str(), stderr);
    std::exit(1);
  }
  return std::make_shared<const patterns::Plan>(std::move(*plan));
}

PatternEngine::PatternEngine(std::shared_ptr<const patterns::Plan> plan, nfa::Engine::Options options)
    : plan_(std::move(plan)) {
  std::vector<std::shared_ptr<const nfa::PatternSpec>> specs;
  for (const patterns::Relation& relation : plan_->relations) {
    const auto* pattern = std::get_if<patterns::PatternPlan>(&relation.body);
    if (pattern != nullptr) specs.emplace_back(plan_, &pattern->spec);
  }
  engine_ = std::make_unique<nfa::Engine>(std::move(specs), static_cast<nfa::MatchConsumer&>(*this), options);
}

PatternEngine::~PatternEngine() = default;

void PatternEngine::push(const nfa::Batch& rows, std::size_t begin, std::size_t end) {
  std::array<nfa::Engine::Arrival, 256> arrivals;
  while (begin != end) {
    std::size_t count = 0;
    for (; begin != end && count != arrivals.size(); ++begin) {
      arrivals[count++] = {rows.row(begin), rows.time_ms(begin), rows.time_ms(begin), rows.sequence(begin)};
    }
    engine_->push(0, std::span(arrivals).first(count));
  }
}

const std::shared_ptr<const nfa::RowLayout>& PatternEngine::layout() const {
  return plan_->relations.front().layout;
}

}    // namespace cepheid::bench
