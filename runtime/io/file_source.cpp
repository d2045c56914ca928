#include "runtime/io/file_source.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/io/unpack.hpp"

namespace cepheid::runtime {

namespace {

// How soon a wait on a silent pipe notices that it was asked to stop.
constexpr int kStopPollMs = 50;

}    // namespace

FileSource::FileSource(int descriptor, std::string name, std::stop_token stop)
    : descriptor_(descriptor), name_(std::move(name)), stop_(std::move(stop)) {
  struct stat status {};
  may_block_ = ::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode);
}

FileSource::~FileSource() {
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
}

bool FileSource::wait_readable() {
  while (!stop_.stop_requested()) {
    pollfd waited{.fd = descriptor_, .events = POLLIN, .revents = 0};
    if (::poll(&waited, 1, kStopPollMs) > 0) return true;
  }
  return false;
}

bool FileSource::ready() const {
  if (!may_block_) return true;
  pollfd asked{.fd = descriptor_, .events = POLLIN, .revents = 0};
  return ::poll(&asked, 1, 0) > 0;
}

Result<std::size_t> FileSource::read(char* to, std::size_t size) {
  for (;;) {
    if (may_block_ && !wait_readable()) return std::size_t{0};
    const ssize_t got = ::read(descriptor_, to, size);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR && errno != EAGAIN) {
      return Error{fmt::format("cannot read `{}`: {}", name_, std::strerror(errno))};
    }
  }
}

Result<std::unique_ptr<Source>> open_file_source(const std::string& path, std::string shown, std::stop_token stop) {
  int descriptor = STDIN_FILENO;
  if (path != "-") {
    descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return Error{fmt::format("cannot open `{}`: {}", shown, std::strerror(errno))};
    struct stat status {};
    if (::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
      ::close(descriptor);
      return Error{fmt::format("cannot open `{}`: {}", shown, std::strerror(EISDIR))};
    }
  }
  return unpacked(std::make_unique<FileSource>(descriptor, std::move(shown), std::move(stop)));
}

}    // namespace cepheid::runtime
