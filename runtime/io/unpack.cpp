#include "runtime/io/unpack.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "runtime/io/unpacker.hpp"

namespace cepheid::runtime {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kGzipMagic = "\x1f\x8b"sv;
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd"sv;
constexpr std::size_t kPackedChunkBytes = 256 << 10;

class UnpackingSource final : public Source {
 public:
  explicit UnpackingSource(std::unique_ptr<Source> packed) : packed_(std::move(packed)), name_(packed_->name()) {}

  Result<std::size_t> read(char* to, std::size_t size) override {
    if (!looked_) CEPHEID_TRY(look());
    return unpacker_ == nullptr ? read_plain(to, size) : read_packed(to, size);
  }
  [[nodiscard]] bool ready() const override { return (looked_ && next_ != filled_) || ended_ || packed_->ready(); }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  /// Reads the first bytes and chooses by them.
  Result<void> look() {
    buffer_.resize(kPackedChunkBytes);
    while (filled_ < kZstdMagic.size()) {
      Result<std::size_t> got = packed_->read(buffer_.data() + filled_, buffer_.size() - filled_);
      if (!got) return got.error();
      if (*got == 0) {
        ended_ = true;
        break;
      }
      filled_ += *got;
      // A live pipe may give less than four bytes at first: nothing packed begins otherwise than these do.
      const std::string_view seen(buffer_.data(), std::min(filled_, kZstdMagic.size()));
      if (!kZstdMagic.starts_with(seen) && !kGzipMagic.starts_with(seen.substr(0, kGzipMagic.size()))) break;
    }
    const std::string_view seen(buffer_.data(), filled_);
    if (seen.starts_with(kGzipMagic)) unpacker_ = make_gzip_unpacker();
    if (seen.starts_with(kZstdMagic)) unpacker_ = make_zstd_unpacker();
    looked_ = true;
    return {};
  }

  Result<std::size_t> read_plain(char* to, std::size_t size) {
    if (next_ == filled_) {
      if (ended_) return std::size_t{0};
      return packed_->read(to, size);
    }
    const std::size_t given = std::min(size, filled_ - next_);
    std::memcpy(to, buffer_.data() + next_, given);
    next_ += given;
    return given;
  }

  Result<std::size_t> read_packed(char* to, std::size_t size) {
    for (;;) {
      if (next_ == filled_ && !ended_) {
        Result<std::size_t> got = packed_->read(buffer_.data(), buffer_.size());
        if (!got) return got.error();
        next_ = 0;
        filled_ = *got;
        ended_ = *got == 0;
      }
      Result<Unpacker::Step> step = unpacker_->unpack(buffer_.data() + next_, filled_ - next_, to, size);
      if (!step) return Error{fmt::format("cannot unpack `{}`: {}", name_, step.error().message)};
      next_ += step->taken;
      if (step->given != 0) return step->given;
      if (ended_ && step->taken == 0) {
        if (unpacker_->at_member_end()) return std::size_t{0};
        return Error{fmt::format("cannot unpack `{}`: it ends in the middle of its data", name_)};
      }
    }
  }

  std::unique_ptr<Source> packed_;
  std::string name_;
  std::unique_ptr<Unpacker> unpacker_;
  bool looked_ = false;
  bool ended_ = false;
  std::vector<char> buffer_;
  std::size_t next_ = 0;      // of buffer_: bytes before it are used
  std::size_t filled_ = 0;    // of buffer_: bytes read into it
};

}    // namespace

std::unique_ptr<Source> unpacked(std::unique_ptr<Source> packed) {
  return std::make_unique<UnpackingSource>(std::move(packed));
}

}    // namespace cepheid::runtime
