#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "alerts/alert.hpp"

namespace cepheid::alerts {

enum class Outcome : std::uint8_t {
  delivered,
  failed,     // worth another attempt
  refused,    // the receiver will never take it: no further attempt
  stopped,    // given up because `cancelled` said so
};

/// How an attempt went.
struct Attempt {
  Outcome outcome = Outcome::delivered;
  /// Why not, for a person: without any secret of the channel.
  std::string reason;
  /// What the receiver asked for.
  std::optional<DurationMs> retry_after;
};

/// One way out. Called by one thread, the channel's own.
class Channel {
 public:
  virtual ~Channel() = default;
  /// Tries once to send the message. It looks at `cancelled` at least ten times a second while it waits,
  /// and returns soon once that holds.
  [[nodiscard]] virtual Attempt send(const Message& message, const std::function<bool()>& cancelled) = 0;
};

}    // namespace cepheid::alerts
