#pragma once

#include <cstdint>
#include <limits>

#include "cepheid/pattern_stats.hpp"
#include "nfa/matcher/match.hpp"

namespace cepheid::nfa {

/// A matcher's way to the consumer: says which matches are to be made, and counts.
class MatchOutlet {
 public:
  explicit MatchOutlet(MatchWish wish) : kind_(wish.kind), most_(most_of(wish)), left_(most_) {}

  /// Is any match ever to be given?
  [[nodiscard]] bool is_wanted() const { return most_ != 0; }
  /// Another event, or time for another key, may let matches out.
  void begin() { left_ = most_; }
  /// Is one more match to be made?
  [[nodiscard]] bool is_open() const { return left_ != 0; }
  /// A match is let out. True: it is to be given.
  bool offer(PatternStats& stats) {
    if (left_ == 0) {
      if (kind_ == MatchWish::Kind::count) ++stats.matches;
      return false;
    }
    --left_;
    ++stats.matches;
    return true;
  }
  /// The same for a partial match that ran out of time and is reported.
  bool offer_timeout(PatternStats& stats) const {
    ++stats.timeouts;
    return most_ != 0;
  }

 private:
  static std::uint64_t most_of(MatchWish wish) {
    switch (wish.kind) {
      case MatchWish::Kind::each: return std::numeric_limits<std::uint64_t>::max();
      case MatchWish::Kind::first: return wish.most;
      case MatchWish::Kind::count:
      case MatchWish::Kind::none: break;
    }
    return 0;
  }

  const MatchWish::Kind kind_;
  const std::uint64_t most_;
  std::uint64_t left_;
};

}    // namespace cepheid::nfa
