#include "nfa/row/arena.hpp"

#include <algorithm>

namespace cepheid::nfa {
namespace {

constexpr std::size_t kFirstBlock = 4096;
// From here on blocks no longer double: a few long texts must not cost twice their size for good.
constexpr std::size_t kLargestBlock = std::size_t{1} << 20;

}    // namespace

void Arena::add_block(std::size_t at_least) {
  // A kept block that is large enough, else a new one in its place in the order; blocks too small are passed over.
  std::size_t next = next_ == nullptr ? 0 : current_ + 1;
  while (next < blocks_.size() && blocks_[next].size < at_least) ++next;
  if (next == blocks_.size()) {
    const std::size_t doubled = blocks_.empty() ? kFirstBlock : std::min(blocks_.back().size * 2, kLargestBlock);
    const std::size_t size = std::max(doubled, at_least);
    // operator new of char arrays is aligned to 16 bytes
    blocks_.push_back({std::unique_ptr<char[]>(new char[size]), size});
  }
  current_ = next;
  next_ = blocks_[current_].memory.get();
  end_ = next_ + blocks_[current_].size;
}

void Arena::clear() {
  current_ = 0;
  next_ = blocks_.empty() ? nullptr : blocks_.front().memory.get();
  end_ = blocks_.empty() ? nullptr : next_ + blocks_.front().size;
}

std::size_t Arena::capacity() const {
  std::size_t sum = 0;
  for (const Block& block : blocks_) sum += block.size;
  return sum;
}

}    // namespace cepheid::nfa
