#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/codec/json_writer.hpp"
#include "runtime/io/sink.hpp"
#include "runtime/operators/pattern.hpp"

namespace cepheid::runtime {

/// Prints matches as JSON objects, one a line, in the order of the rows that completed them.
class MatchPrinter final : public MatchListener {
 public:
  /// Only these patterns; all if the list is empty.
  MatchPrinter(std::vector<std::string> patterns, std::unique_ptr<Sink> out);

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
    std::size_t begin;    // in text_
    std::size_t end;
  };

  Known& known(const nfa::PatternSpec& spec);
  void append_steps(const Known& pattern, const nfa::MatchView& match);

  std::vector<std::string> patterns_;
  std::unique_ptr<Sink> out_;
  std::vector<Known> known_;
  std::vector<std::uint32_t> by_step_;
  std::string text_;
  std::vector<Line> lines_;
};

}    // namespace cepheid::runtime
