#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "alerts/dispatcher.hpp"
#include "cepheid/result.hpp"
#include "cepheid/time.hpp"
#include "runtime/metrics/job_metrics.hpp"
#include "runtime/serve/http_server.hpp"
#include "runtime/stream/job.hpp"

namespace cepheid::runtime {

/// What a job tells the world: `/health`, `/ready`, `/metrics`, `/state`; and the silences of its alerts, which can be
/// changed: `/silences` (docs/operations.md).
class JobServer {
 public:
  struct Options {
    ListenAddress address;
    JobMetrics* metrics = nullptr;    // for `/metrics`; must outlive the server
  };

  /// Listens from here on; until a job is shown, it is not ready. An error: the address is wrong or taken.
  [[nodiscard]] static Result<std::unique_ptr<JobServer>> start(Options options);

  /// The job that is asked from here on, and the dispatcher of its alerts (null: none goes to a channel). Both must
  /// outlive the server.
  void show(Job& job, alerts::AlertDispatcher* alerts = nullptr) {
    alerts_ = alerts;
    job_ = &job;    // last: who sees it sees the dispatcher
  }

  /// With the port that was picked.
  [[nodiscard]] const ListenAddress& address() const { return server_->address(); }

 private:
  explicit JobServer(Options options) : options_(std::move(options)) {}

  HttpResponse answer(const HttpRequest& request);
  HttpResponse answer_of_job(Job& job, const HttpRequest& request);

  Options options_;
  std::atomic<Job*> job_{nullptr};
  std::atomic<alerts::AlertDispatcher*> alerts_{nullptr};
  std::unique_ptr<HttpServer> server_;    // the last member: its threads read the others
};

}    // namespace cepheid::runtime
