#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "cepheid/result.hpp"
#include "runtime/codec/decoder.hpp"
#include "runtime/io/source.hpp"

namespace cepheid::runtime {

/// A source with its decoder: bytes in big chunks, rows out. Reuses its buffers; not thread-safe.
class RowInput {
 public:
  RowInput(std::unique_ptr<Source> source, std::unique_ptr<Decoder> decoder);

  /// Appends rows and invalid records to `out`, at most `max_records` together. What is complete in memory is given at
  /// once; only if nothing is does it wait for the source, and after a stop not even then. Nothing appended: ended(),
  /// or a stop.
  Result<void> read(std::size_t max_records, const std::stop_token& stop, Decoded& out);

  /// Appends what is complete in memory, at most `max_records`; false: nothing is.
  bool take(std::size_t max_records, Decoded& out);

  /// Would the source give more bytes without a wait?
  [[nodiscard]] bool ready() const { return ended_ || source_->ready(); }

  /// Has the source come to its end? A stop is none: more would have followed.
  [[nodiscard]] bool ended() const { return ended_; }

  [[nodiscard]] const std::string& name() const { return source_->name(); }

 private:
  /// Reads more behind the bytes not used yet.
  Result<void> fill(const std::stop_token& stop);

  std::unique_ptr<Source> source_;
  std::unique_ptr<Decoder> decoder_;
  std::vector<char> buffer_;
  std::size_t next_ = 0;      // of buffer_: bytes before it are used
  std::size_t filled_ = 0;    // of buffer_: bytes read into it; kDecodePadding follow
  bool ended_ = false;
};

}    // namespace cepheid::runtime
