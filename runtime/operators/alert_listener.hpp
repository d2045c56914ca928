#pragma once

#include "alerts/alert.hpp"
#include "cepheid/time.hpp"

namespace cepheid::runtime {

/// Is told of the alerts that a job raises, on the job's thread.
class AlertListener {
 public:
  virtual ~AlertListener() = default;
  /// A row that was raised, not held back; or, with `resolve`, that what was raised before is over.
  virtual void on_alert(alerts::Alert alert) = 0;
  /// The watermark of what alerts are raised from; kEndOfTime when their streams have ended.
  virtual void on_event_time(TimeMs low_ms) = 0;
};

}    // namespace cepheid::runtime
