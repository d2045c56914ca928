#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cepheid::alerts {

/// Alerts of one channel since the start. Of those that were accepted or recovered each is in exactly one of `sent`,
/// `failed`, `lost` and `queued`.
struct ChannelStats {
  std::string name;
  std::uint64_t recovered = 0;    // left by an earlier process and queued again
  std::uint64_t accepted = 0;     // of this process
  std::uint64_t sent = 0;
  std::uint64_t suppressed = 0;    // held back by `dedupe`, `limit` or a silence: never accepted
  std::uint64_t failed = 0;        // in the dead letters
  std::uint64_t lost = 0;          // neither journal nor dead letters could be written or read: logged
  std::uint64_t queued = 0;        // waiting now, those of open groups too
  std::uint64_t retried = 0;       // attempts beyond the first of a message
};

/// Rows of one alert statement since the start.
struct RuleStats {
  std::string name;
  std::uint64_t raised = 0;      // not held back by `dedupe`: the rows of the alert's stream
  std::uint64_t repeated = 0;    // held back by `dedupe`
  std::uint64_t silenced = 0;    // raised, but silenced
  std::uint64_t limited = 0;     // raised, but beyond the limit: in a summary
  std::uint64_t resolved = 0;    // resolve messages, those by time too
  std::uint64_t escalated = 0;
  std::uint64_t untracked = 0;    // raised while too many incidents were open to remember this one: never resolved
};

struct DispatcherStats {
  std::vector<ChannelStats> channels;    // in the order of the configuration
  std::vector<RuleStats> rules;
};

}    // namespace cepheid::alerts
