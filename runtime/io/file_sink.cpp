#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "runtime/io/sink.hpp"

namespace cepheid::runtime {

namespace {

constexpr std::size_t kBufferBytes = 256 << 10;

class FileSink final : public Sink {
 public:
  FileSink(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  ~FileSink() override {
    if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
  }
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  Result<void> write(std::string_view bytes) override {
    if (buffer_.size() + bytes.size() > kBufferBytes) CEPHEID_TRY(flush());
    if (bytes.size() >= kBufferBytes) return write_through(bytes);
    buffer_.append(bytes);
    return {};
  }
  Result<void> flush() override {
    Result<void> done = write_through(buffer_);
    buffer_.clear();
    return done;
  }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  Result<void> write_through(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno != EINTR) {
        return Error{fmt::format("cannot write `{}`: {}", name_, std::strerror(errno))};
      }
    }
    return {};
  }

  int descriptor_;
  std::string name_;
  std::string buffer_;
};

}    // namespace

Result<std::unique_ptr<Sink>> open_file_sink(const std::string& path, std::string shown) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return Error{fmt::format("cannot make the folder of `{}`: {}", shown, error.message())};
  }
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) return Error{fmt::format("cannot open `{}`: {}", shown, std::strerror(errno))};
  return std::unique_ptr<Sink>(std::make_unique<FileSink>(descriptor, std::move(shown)));
}

std::unique_ptr<Sink> make_stdout_sink() {
  return std::make_unique<FileSink>(STDOUT_FILENO, "stdout");
}

}    // namespace cepheid::runtime
