#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "alerts/channels/make_channel.hpp"
#include "alerts/delivery/append_file.hpp"

// Channels that write a JSON line for each alert.

namespace cepheid::alerts {

namespace {

constexpr int kPollMs = 100;
constexpr std::filesystem::perms kPermissions{0644};

std::string lines_of(const Message& message) {
  std::string lines;
  for (const Alert& alert : message.alerts) {
    append_json(lines, alert);
    lines += '\n';
  }
  return lines;
}

/// A reader that does not read, as of a pipe, blocks nobody: written is only what can be taken at once.
class StdoutSender final : public Channel {
 public:
  explicit StdoutSender(int descriptor) : descriptor_(descriptor) {}

  Attempt send(const Message& message, const std::function<bool()>& cancelled) override {
    std::string lines = lines_of(message);
    if (within_line_) lines.insert(0, 1, '\n');
    for (std::string_view rest = lines; !rest.empty();) {
      pollfd ready{.fd = descriptor_, .events = POLLOUT, .revents = 0};
      if (::poll(&ready, 1, kPollMs) <= 0) {
        if (cancelled()) return {.outcome = Outcome::stopped, .reason = {}, .retry_after = {}};
        continue;
      }
      const ssize_t written = ::write(descriptor_, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF));
      if (written > 0) {
        within_line_ = rest[static_cast<std::size_t>(written) - 1] != '\n';
        rest.remove_prefix(static_cast<std::size_t>(written));
      } else if (written < 0 && errno != EINTR && errno != EAGAIN) {
        return {.outcome = Outcome::failed,
                .reason = fmt::format("cannot write: {}", std::strerror(errno)),
                .retry_after = {}};
      }
    }
    return {};
  }

 private:
  int descriptor_;
  bool within_line_ = false;    // a message that was given up ended there
};

class FileSender final : public Channel {
 public:
  explicit FileSender(std::string path) : path_(std::move(path)) {}

  Attempt send(const Message& message, const std::function<bool()>&) override {
    const Result<void> written = append_to_file(path_, lines_of(message), kPermissions);
    if (written) return {};
    return {.outcome = Outcome::failed, .reason = written.error().message, .retry_after = {}};
  }

 private:
  std::string path_;
};

}    // namespace

Result<std::shared_ptr<Channel>> make_stdout_channel(const StdoutChannel& config) {
  return std::shared_ptr<Channel>(std::make_shared<StdoutSender>(config.descriptor));
}

Result<std::shared_ptr<Channel>> make_file_channel(const FileChannel& config) {
  return std::shared_ptr<Channel>(std::make_shared<FileSender>(config.path));
}

}    // namespace cepheid::alerts
