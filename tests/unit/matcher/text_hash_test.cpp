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

TEST(TextHash, OfAShortTextIsReadBack) {
  const std::string all("\xff\0aZ\x80 9\n~q", 10);
  for (std::size_t size = 0; size <= kTextHeadBytes; ++size) {
    for (std::size_t from = 0; from + size <= all.size(); ++from) {
      const std::string text = all.substr(from, size);
      std::string read(size + 1, '#');
      write_text_of_hash(text_hash(text), size, read.data());
      EXPECT_EQ(read, text + '#');
    }
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
