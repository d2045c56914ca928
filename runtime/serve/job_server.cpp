#include "runtime/serve/job_server.hpp"

#include <string_view>

#include "runtime/serve/metrics.hpp"
#include "runtime/serve/state_requests.hpp"

namespace cepheid::runtime {

namespace {

constexpr std::string_view kStatePath = "/state/";

HttpResponse text_response(int status, std::string text) {
  return {.status = status, .content_type = "text/plain; charset=utf-8", .body = std::move(text)};
}

}    // namespace

Result<std::unique_ptr<JobServer>> JobServer::start(Options options) {
  std::unique_ptr<JobServer> made(new JobServer(std::move(options)));
  Result<std::unique_ptr<HttpServer>> server = HttpServer::start(
      made->options_.address, [self = made.get()](const HttpRequest& request) { return self->answer(request); });
  if (!server) return server.error();
  made->server_ = std::move(*server);
  return made;
}

HttpResponse JobServer::answer(const HttpRequest& request) {
  if (request.path == "/health") return text_response(200, "ok\n");
  Job* job = job_;
  if (request.path == "/ready") {
    return job != nullptr && job->is_running() ? text_response(200, "ready\n") : text_response(503, "not ready\n");
  }
  if (request.path != "/metrics" && request.path != "/state" && !request.path.starts_with(kStatePath)) {
    return error_response(404, "there are `/health`, `/ready`, `/metrics`, `/state` and `/state/NAME`");
  }
  if (job == nullptr) return error_response(503, "the job is not there yet");
  return answer_of_job(*job, request);
}

HttpResponse JobServer::answer_of_job(Job& job, const HttpRequest& request) {
  if (request.path == "/metrics") {
    return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
            .body = metrics_text(options_.metrics->collect())};
  }
  if (request.path == "/state" || request.path == kStatePath) return list_states(job.states());
  return answer_state(job.states(), std::string_view(request.path).substr(kStatePath.size()), request);
}

}    // namespace cepheid::runtime
