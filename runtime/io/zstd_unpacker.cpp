#include <zstd.h>

#include "runtime/io/unpacker.hpp"

namespace cepheid::runtime {

namespace {

class ZstdUnpacker final : public Unpacker {
 public:
  ZstdUnpacker() : stream_(::ZSTD_createDStream()) {}
  ~ZstdUnpacker() override { ::ZSTD_freeDStream(stream_); }
  ZstdUnpacker(const ZstdUnpacker&) = delete;
  ZstdUnpacker& operator=(const ZstdUnpacker&) = delete;

  Result<Step> unpack(const char* from, std::size_t from_size, char* to, std::size_t to_size) override {
    if (stream_ == nullptr) return Error{"no memory for zstd"};
    ZSTD_inBuffer in{.src = from, .size = from_size, .pos = 0};
    ZSTD_outBuffer out{.dst = to, .size = to_size, .pos = 0};
    if (from_size == 0 && frame_end_) return Step{};
    const std::size_t status = ::ZSTD_decompressStream(stream_, &out, &in);
    if (::ZSTD_isError(status) != 0) return Error{::ZSTD_getErrorName(status)};
    frame_end_ = status == 0;
    return Step{.taken = in.pos, .given = out.pos};
  }
  [[nodiscard]] bool at_member_end() const override { return frame_end_; }

 private:
  ZSTD_DStream* stream_;
  bool frame_end_ = false;
};

}    // namespace

std::unique_ptr<Unpacker> make_zstd_unpacker() {
  return std::make_unique<ZstdUnpacker>();
}

}    // namespace cepheid::runtime
