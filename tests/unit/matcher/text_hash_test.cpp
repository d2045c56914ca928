#include "nfa/matcher/text_hash.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace cepheid::nfa {
namespace {

TEST(TextHash, ShortTextsOfOneSizeHaveDifferentHashes) {
  for (std::size_t size = 1; size <= kTextHeadBytes; ++size) {
    std::set<std::uint64_t> hashes;
    std::size_t texts = 0;
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 1; byte < 256; ++byte, ++texts) {
        std::string text(size, '\0');
        text[at] = static_cast<char>(byte);
        hashes.insert(text_hash(text));
      }
    }
    EXPECT_EQ(hashes.size(), texts) << size;
  }
}

TEST(TextHash, EveryByteOfALongTextCounts) {
  for (std::size_t size = kTextHeadBytes + 1; size < 40; ++size) {
    const std::string text(size, 'x');
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = text;
      other[at] = 'y';
      EXPECT_NE(text_hash(other), text_hash(text)) << size << " " << at;
    }
  }
}

}    // namespace
}    // namespace cepheid::nfa
