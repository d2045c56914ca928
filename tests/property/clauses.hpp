#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "property/pair.hpp"

namespace cepheid::property {

/// The clauses of the language, and situations, that a pair has in it.
[[nodiscard]] std::set<std::string> clauses_of(const Pair& pair);

/// In how many pairs each clause occurred, and in how many of them with at least one match or time-out.
class ClauseCounts {
 public:
  void add(const Pair& pair, bool matched);
  [[nodiscard]] std::string table() const;
  /// Clauses that occurred in too few pairs, or hardly ever with a match: then the generator is at fault.
  [[nodiscard]] std::vector<std::string> neglected() const;

 private:
  struct Count {
    std::size_t pairs = 0;
    std::size_t matched = 0;
  };
  std::map<std::string, Count> counts_;
  std::size_t pairs_ = 0;
};

}    // namespace cepheid::property
