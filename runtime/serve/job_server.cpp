#include "runtime/serve/job_server.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "runtime/serve/metrics.hpp"
#include "runtime/serve/silence_requests.hpp"
#include "runtime/serve/state_requests.hpp"

namespace cepheid::runtime {

namespace {

constexpr std::string_view kStatePath = "/state/";
constexpr std::string_view kSilencesPath = "/silences/";
constexpr std::array<std::string_view, 2> kReading = {"GET", "HEAD"};

/// Is it `/all`, or below it?
bool is_under(std::string_view path, std::string_view folder) {
  return path == folder.substr(0, folder.size() - 1) || path.starts_with(folder);
}

/// What stands behind `folder`; empty: it is the folder itself.
std::string_view name_in(std::string_view path, std::string_view folder) {
  return path.substr(std::min(path.size(), folder.size()));
}

/// What can be asked of a path; nothing: there is no such path.
std::span<const std::string_view> methods_of(std::string_view path) {
  if (is_under(path, kSilencesPath)) return silence_methods(name_in(path, kSilencesPath));
  const bool is_there = path == "/health" || path == "/ready" || path == "/metrics" || is_under(path, kStatePath);
  return is_there ? std::span<const std::string_view>(kReading) : std::span<const std::string_view>();
}

HttpResponse wrong_method(std::span<const std::string_view> methods) {
  const std::string list = fmt::format("{}", fmt::join(methods, ", "));
  HttpResponse response = error_response(405, fmt::format("only {} are answered here", list));
  response.headers.emplace_back("Allow", list);
  return response;
}

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
  const std::span<const std::string_view> methods = methods_of(request.path);
  if (methods.empty()) {
    return error_response(404,
                          "there are `/health`, `/ready`, `/metrics`, `/state`, `/state/NAME`, `/silences` and "
                          "`/silences/ID`");
  }
  if (std::ranges::find(methods, request.method) == methods.end()) return wrong_method(methods);
  if (request.path == "/health") return text_response(200, "ok\n");
  Job* job = job_;
  if (request.path == "/ready") {
    return job != nullptr && job->is_running() ? text_response(200, "ready\n") : text_response(503, "not ready\n");
  }
  if (job == nullptr) return error_response(503, "the job is not there yet");
  return answer_of_job(*job, request);
}

HttpResponse JobServer::answer_of_job(Job& job, const HttpRequest& request) {
  if (request.path == "/metrics") {
    return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
            .body = metrics_text(options_.metrics->collect())};
  }
  if (is_under(request.path, kSilencesPath)) {
    alerts::AlertDispatcher* alerts = alerts_;
    if (alerts == nullptr)
      return error_response(404, "no alert of this job goes to a channel: nothing can be silenced");
    return answer_silences(*alerts, name_in(request.path, kSilencesPath), request);
  }
  const std::string_view name = name_in(request.path, kStatePath);
  return name.empty() ? list_states(job.states()) : answer_state(job.states(), name, request);
}

}    // namespace cepheid::runtime
