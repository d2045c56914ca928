#include "runtime/stream/row_input.hpp"

#include <cstring>

namespace cepheid::runtime {

namespace {

constexpr std::size_t kChunkBytes = 1 << 20;

}  // namespace

RowInput::RowInput(std::unique_ptr<Source> source, std::unique_ptr<Decoder> decoder)
    : source_(std::move(source)), decoder_(std::move(decoder)) {}

Result<void> RowInput::read(std::size_t max_records, Decoded& out) {
  const std::size_t rows_before = out.rows.size();
  const std::size_t invalid_before = out.invalid.size();
  for (;;) {
    if (next_ < filled_) {
      next_ += decoder_->decode({buffer_.data() + next_, filled_ - next_}, ended_, max_records, out);
      if (out.rows.size() != rows_before || out.invalid.size() != invalid_before) return {};
    }
    if (ended_) return {};
    CEPHEID_TRY(fill());
  }
}

Result<void> RowInput::fill() {
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
  if (!got) return got.error();
  filled_ += *got;
  ended_ = *got == 0;
  return {};
}

}  // namespace cepheid::runtime
