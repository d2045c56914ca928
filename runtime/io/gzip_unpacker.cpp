#include <algorithm>
#include <limits>

#include <zlib.h>

#include "runtime/io/unpacker.hpp"

namespace cepheid::runtime {

namespace {

class GzipUnpacker final : public Unpacker {
 public:
  GzipUnpacker() { ready_ = ::inflateInit2(&stream_, 15 + 16) == Z_OK; }    // 16: a gzip header, not zlib's
  ~GzipUnpacker() override { ::inflateEnd(&stream_); }
  GzipUnpacker(const GzipUnpacker&) = delete;
  GzipUnpacker& operator=(const GzipUnpacker&) = delete;

  Result<Step> unpack(const char* from, std::size_t from_size, char* to, std::size_t to_size) override {
    if (!ready_) return Error{"no memory for gzip"};
    if (member_end_) {
      if (from_size == 0) return Step{};
      // Some packers fill the last block of a file with zeros.
      if (*from == '\0') return Step{.taken = from_size};
      ::inflateReset(&stream_);
      member_end_ = false;
    }
    constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(from));
    stream_.avail_in = static_cast<uInt>(std::min(from_size, kMost));
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(std::min(to_size, kMost));
    const uInt in = stream_.avail_in;
    const uInt out = stream_.avail_out;
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      member_end_ = true;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      return Error{stream_.msg != nullptr ? stream_.msg : "broken gzip data"};
    }
    return Step{.taken = in - stream_.avail_in, .given = out - stream_.avail_out};
  }
  [[nodiscard]] bool at_member_end() const override { return member_end_; }

 private:
  z_stream stream_{};
  bool ready_ = false;
  bool member_end_ = false;
};

}    // namespace

std::unique_ptr<Unpacker> make_gzip_unpacker() {
  return std::make_unique<GzipUnpacker>();
}

}    // namespace cepheid::runtime
