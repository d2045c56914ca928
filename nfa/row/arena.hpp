#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "cepheid/row_words.hpp"

namespace cepheid::nfa {

using cepheid::Text;

/// Memory that is given out piece by piece and taken back all at once. Blocks are kept by clear(), so that a warm arena
/// allocates nothing. Pieces are aligned to 16 bytes. Not thread-safe.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  [[nodiscard]] void* allocate(std::size_t size) {
    size = (size + 15) & ~std::size_t{15};
    if (size > static_cast<std::size_t>(end_ - next_)) add_block(size);
    void* piece = next_;
    next_ += size;
    return piece;
  }

  /// A Text with room for `size` bytes, not yet written.
  [[nodiscard]] Text* make_text(std::size_t size) {
    auto* text = static_cast<Text*>(allocate(sizeof(Text) + size));
    text->size = size;
    return text;
  }

  [[nodiscard]] const Text* copy_text(std::string_view bytes) {
    Text* text = make_text(bytes.size());
    if (!bytes.empty()) std::memcpy(text->bytes, bytes.data(), bytes.size());
    return text;
  }

  /// Takes all pieces back. What was given out is invalid from here on.
  void clear();
  /// Bytes of the blocks held.
  [[nodiscard]] std::size_t capacity() const;

 private:
  void add_block(std::size_t at_least);

  struct Block {
    std::unique_ptr<char[]> memory;
    std::size_t size;
  };
  std::vector<Block> blocks_;
  std::size_t current_ = 0;    // blocks before it are full
  char* next_ = nullptr;
  char* end_ = nullptr;
};

}    // namespace cepheid::nfa
