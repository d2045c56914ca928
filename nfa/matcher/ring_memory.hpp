#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace cepheid::nfa {

/// Memory of the elements of a ring, by number: in chunks, so that a ring grows without moving what is there and a
/// chunk that is left behind serves again at the front, still warm. Numbers rise one by one, and wrap.
class RingMemory {
 public:
  static constexpr std::uint32_t kChunkLog = 9;
  static constexpr std::uint32_t kChunk = 1U << kChunkLog;

  /// `element_bytes`: a multiple of 4.
  explicit RingMemory(std::size_t element_bytes) : element_bytes_(element_bytes) {}

  [[nodiscard]] std::byte* at(std::uint32_t id) const { return chunk_of(id) + (id & (kChunk - 1)) * element_bytes_; }
  /// The same where the size of an element is known to the compiler.
  template <typename Element>
  [[nodiscard]] Element& element(std::uint32_t id) const {
    return reinterpret_cast<Element*>(chunk_of(id))[id & (kChunk - 1)];
  }
  /// Is there memory for the number that comes next, `end`? All before it have some.
  [[nodiscard]] bool reaches(std::uint32_t end) const { return end != end_ && used_ != 0; }
  /// Gets the chunk for `end`.
  void extend(std::uint32_t end);
  /// Gives back what lies wholly before `begin`.
  void free_before(std::uint32_t begin) {
    while (end_ != begin_ && static_cast<std::int32_t>(begin_ + kChunk - begin) <= 0) free_first();
  }
  /// Gives back what lies wholly at or behind `end`.
  void free_from(std::uint32_t end) {
    while (end_ != begin_ && static_cast<std::int32_t>(end_ - kChunk - end) >= 0) free_last();
  }
  /// Gives all back, but for a little; the next number may be any.
  void free_all();
  /// Gives all back, and all that was kept for later.
  void give_back();

  /// So many numbers in a row can have memory before the next change of this figure: a power of two.
  [[nodiscard]] std::uint32_t span() const { return (table_mask_ + 1) << kChunkLog; }
  [[nodiscard]] std::size_t memory_bytes() const {
    return (used_ + free_.size()) * kChunk * element_bytes_ + table_.capacity() * sizeof(Chunk);
  }

 private:
  using Chunk = std::unique_ptr<std::byte[]>;

  [[nodiscard]] std::byte* chunk_of(std::uint32_t id) const { return table_[(id >> kChunkLog) & table_mask_].get(); }
  void free_first();
  void free_last();
  void put_back(Chunk chunk);
  void drop_free(std::size_t most);

  std::size_t element_bytes_;
  std::vector<Chunk> table_;    // by number of the chunk, modulo its size, a power of two
  std::uint32_t table_mask_ = 0;
  std::uint32_t begin_ = 0;    // of the first chunk
  std::uint32_t end_ = 0;      // of the last one
  std::size_t used_ = 0;       // chunks
  std::vector<Chunk> free_;
  // The most chunks that were in use lately, in two spans of time that are told by how often a chunk was taken: what
  // goes up and down keeps its memory, what was needed once gives it back.
  std::size_t most_used_ = 0;
  std::size_t most_used_before_ = 0;
  std::size_t taken_ = 0;
};

}    // namespace cepheid::nfa
