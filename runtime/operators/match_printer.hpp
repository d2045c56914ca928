#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "patterns/plan/plan.hpp"
#include "runtime/codec/json_writer.hpp"
#include "runtime/io/sink.hpp"
#include "runtime/operators/match_listener.hpp"

namespace cepheid::runtime {

/// Prints matches as JSON objects, one a line, in the order of the rows that caused them; those of one cause by their
/// event time, then by the row that is their last event, then as the rule file has their patterns.
class MatchPrinter final : public MatchListener {
 public:
  /// Only these patterns of `plan`, which must outlive it; all if the list is empty.
  MatchPrinter(const patterns::Plan& plan, const std::vector<std::string>& patterns, std::unique_ptr<Sink> out);

  void on_match(const nfa::PatternSpec& spec, const nfa::MatchView& match,
                std::span<const nfa::Datum> emitted) override;
  Result<void> end_pass() override;

 private:
  /// What printing one pattern's matches needs.
  struct Known {
    const nfa::PatternSpec* spec;
    bool printed;
    std::vector<JsonRowWriter> events;    // by input
  };
  struct Line {
    std::uint64_t sequence;
    TimeMs time_ms;
    std::uint64_t rank;
    std::size_t pattern;    // in known_
    std::size_t begin;      // in text_
    std::size_t end;
  };

  void append_steps(const Known& pattern, const nfa::MatchView& match);

  std::unique_ptr<Sink> out_;
  std::vector<Known> known_;    // in the plan's order
  std::vector<std::uint32_t> by_step_;
  std::string text_;
  std::vector<Line> lines_;
};

}    // namespace cepheid::runtime
