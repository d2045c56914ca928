#include "runtime/shards/pattern_output.hpp"

#include <fmt/format.h>

namespace cepheid::runtime {

Result<void> PatternOutput::take(std::span<PatternResult* const> parts, std::span<const Track::Advance> advances) {
  PatternStats sum;
  parts_.clear();
  for (PatternResult* part : parts) {
    parts_.push_back(&part->matches);
    sum.matches += part->stats.matches;
    sum.timeouts += part->stats.timeouts;
    sum.skip_failures += part->stats.skip_failures;
    sum.partial_matches += part->stats.partial_matches;
    sum.dropped += part->stats.dropped;
    sum.blocked += part->stats.blocked;
    sum.limit_hit = sum.limit_hit || part->stats.limit_hit;
    sum.failed = sum.failed || part->stats.failed;
  }
  merge_matches(parts_, advances, batch_);
  return take_stats(sum);
}

Result<void> PatternOutput::take_stats(const PatternStats& sum) {
  counters_.matches.set(sum.matches);
  counters_.timeouts.set(sum.timeouts);
  counters_.skip_failures.set(sum.skip_failures);
  counters_.partial_matches.set(sum.partial_matches);
  counters_.dropped.set(sum.dropped);
  counters_.blocked.set(sum.blocked);
  const nfa::PatternSpec& spec = plan_.spec;
  if (sum.failed) {
    return Error{
        fmt::format("pattern `{}` has more than {} partial matches{}, and its `limit partial_matches` says `fail`",
                    spec.name, spec.limit.most, spec.limit.per_key ? " for a key" : "")};
  }
  if (sum.limit_hit && spec.limit.is_default && !warned_) {
    warned_ = true;
    if (log_) {
      log_(
          fmt::format("pattern `{}` has more than {} partial matches: the oldest are dropped; "
                      "`limit partial_matches` sets another bound",
                      spec.name, spec.limit.most));
    }
  }
  return {};
}

}    // namespace cepheid::runtime
