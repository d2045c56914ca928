#include "alerts/delivery/append_file.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alerts/delivery/write_all.hpp"

namespace cepheid::alerts {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

bool ends_within_a_line(int descriptor, off_t size) {
  char last = '\n';
  return size > 0 && ::pread(descriptor, &last, 1, size - 1) == 1 && last != '\n';
}

}    // namespace

Result<void> append_to_file(const std::filesystem::path& file, std::string_view lines,
                            std::filesystem::perms permissions) {
  const auto failed = [&] { return Error{fmt::format("cannot write `{}`: {}", file.string(), std::strerror(errno))}; };
  std::error_code ignored;    // the opening says what is wrong
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), ignored);
  const Descriptor out(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, static_cast<mode_t>(permissions)));
  struct stat state {};
  if (out.number() < 0 || ::fstat(out.number(), &state) != 0) return failed();
  const bool is_file = S_ISREG(state.st_mode);
  std::string with_end;
  if (is_file && ends_within_a_line(out.number(), state.st_size)) {
    with_end.append(1, '\n').append(lines);
    lines = with_end;
  }
  if (write_all(out.number(), lines)) return {};
  Error error = failed();
  if (is_file && ::ftruncate(out.number(), state.st_size) != 0) error.message += "; it may end within a line";
  return error;
}

}    // namespace cepheid::alerts
