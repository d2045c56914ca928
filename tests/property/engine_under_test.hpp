#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nfa/automaton/pattern_spec.hpp"
#include "nfa/matcher/match.hpp"
#include "reference/model.hpp"

namespace cepheid::property {

/// The ways in which the engine can be made to work, which must not show in what it gives.
enum class Way {
  row_by_row,    // each row with the watermark that it brings, so that it need not be kept
  buffered,      // each row kept, and the watermark moved after it
  one_by_one,    // partial matches never merged
  by_key,        // three engines, each with the keys that are its own; only with a key
  saved,         // now and then its state goes on in a new engine, also where rows wait for the watermark
  saved_one_by_one,
};
inline constexpr Way kWays[] = {Way::row_by_row, Way::buffered, Way::one_by_one,
                                Way::by_key,     Way::saved,    Way::saved_one_by_one};
[[nodiscard]] const char* name_of(Way way);

/// A rule text of one pattern over streams of (some of) the naive matcher's fields, loaded for the engine.
class LoadedPattern {
 public:
  explicit LoadedPattern(const std::string& rules);
  ~LoadedPattern();
  LoadedPattern(LoadedPattern&&) noexcept;
  LoadedPattern& operator=(LoadedPattern&&) noexcept;

  /// Why it was rejected; empty if it was not.
  [[nodiscard]] const std::string& diagnostics() const { return diagnostics_; }
  /// May be changed between runs. Requires that it was not rejected.
  [[nodiscard]] nfa::PatternSpec& spec();
  /// What a new engine gives, sorted; the watermark moves after each event. Requires that it was not rejected.
  [[nodiscard]] std::vector<reference::Match> run(const std::vector<reference::Event>& events, Way way) const;
  /// How many matches, time-outs left out, a new engine counts that need give none; nothing if it gives some all the
  /// same. Not for Way::by_key.
  [[nodiscard]] std::optional<std::uint64_t> count(const std::vector<reference::Event>& events, Way way) const;
  /// What one new engine with all the patterns, over the same streams, gives for each. A wrong counter shows as a match
  /// that nobody expects.
  [[nodiscard]] static std::vector<std::vector<reference::Match>> run_together(
      const std::vector<LoadedPattern>& patterns, const std::vector<reference::Event>& events, Way way,
      nfa::MatchWish wish = {});

 private:
  struct Loaded;
  std::string diagnostics_;
  std::unique_ptr<Loaded> loaded_;
};

}    // namespace cepheid::property
