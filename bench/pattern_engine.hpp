#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "nfa/engine/engine.hpp"
#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"

namespace cepheid::bench {

/// A file of bench/peers/rules, such as `W1.cep`. Ends the program if it is not there.
[[nodiscard]] std::string read_rules(const std::string& name);

/// The plan of a rule file's text, which must be right: else the program ends, saying why.
[[nodiscard]] std::shared_ptr<const patterns::Plan> load_plan(const std::string& rules);

/// All patterns of a plan over its first stream in one engine, as a shard has them. Matches are counted and looked at
/// no further.
class PatternEngine final : private nfa::MatchConsumer {
 public:
  explicit PatternEngine(std::shared_ptr<const patterns::Plan> plan, nfa::Engine::Options options = {});
  ~PatternEngine() override;

  /// Rows [begin, end), in time order: the watermark follows each.
  void push(const nfa::Batch& rows, std::size_t begin, std::size_t end);
  /// Time ends.
  void end() { engine_->advance(0, kEndOfTime, 0); }

  [[nodiscard]] nfa::Engine& engine() { return *engine_; }
  [[nodiscard]] const std::shared_ptr<const nfa::RowLayout>& layout() const;
  [[nodiscard]] std::uint64_t matches() const { return matches_; }

 private:
  void on_match(const nfa::MatchView&) override { ++matches_; }

  std::shared_ptr<const patterns::Plan> plan_;
  std::unique_ptr<nfa::Engine> engine_;
  std::uint64_t matches_ = 0;
};

}    // namespace cepheid::bench
