#include "runtime/stream/row_input.hpp"

#include <cstring>

namespace cepheid::runtime {

namespace {

// What is read is decoded before it leaves the cache.
constexpr std::size_t kChunkBytes = 256 << 10;

}    // namespace

RowInput::RowInput(std::unique_ptr<Source> source, std::unique_ptr<Decoder> decoder)
    : source_(std::move(source)), decoder_(std::move(decoder)) {}

Result<void> RowInput::read(std::size_t max_records, const std::stop_token& stop, Decoded& out) {
  for (;;) {
    if (take(max_records, out) || ended_ || stop.stop_requested()) return {};
    CEPHEID_TRY(fill(stop));
  }
}

bool RowInput::take(std::size_t max_records, Decoded& out) {
  if (next_ == filled_) return false;
  const std::size_t rows_before = out.rows.size();
  const std::size_t invalid_before = out.invalid.size();
  next_ += decoder_->decode({buffer_.data() + next_, filled_ - next_}, ended_, max_records, out);
  return out.rows.size() != rows_before || out.invalid.size() != invalid_before;
}

Result<void> RowInput::fill(const std::stop_token& stop) {
  if (next_ == filled_) {
    next_ = filled_ = 0;
  } else if (next_ != 0) {
    std::memmove(buffer_.data(), buffer_.data() + next_, filled_ - next_);
    filled_ -= next_;
    next_ = 0;
  }
  // A record longer than the chunk: twice the room, up to what the decoder takes for too long.
  if (buffer_.size() < kChunkBytes + kDecodePadding) buffer_.resize(kChunkBytes + kDecodePadding);
  if (buffer_.size() - kDecodePadding - filled_ < kChunkBytes / 2) buffer_.resize(2 * buffer_.size());
  Result<std::size_t> got = source_->read(buffer_.data() + filled_, buffer_.size() - kDecodePadding - filled_);
  // A packed source that is stopped in its middle looks broken, a plain one ended: neither is so.
  if (!got && stop.stop_requested()) return {};
  if (!got) return got.error();
  filled_ += *got;
  ended_ = *got == 0 && !stop.stop_requested();
  return {};
}

}    // namespace cepheid::runtime
