#include "nfa/matcher/text_keys.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace cepheid::nfa {
namespace {

KeyId find(const TextKeys& keys, const std::string& text) {
  return keys.find(text, TextKeys::hash_of(text));
}

TEST(TextKeys, FindsWhatWasPutAndNothingElse) {
  std::vector<std::string> texts{"", "a", "aa", "aaa", "abcd", "8 bytes.", "9 bytes..", std::string("a\0", 2),
                                 std::string(17, 'x'), std::string(100, 'y')};
  for (int i = 0; i < 2000; ++i) texts.push_back("user number " + std::to_string(i));
  TextKeys keys;
  for (std::size_t i = 0; i < texts.size(); i += 2) {
    keys.put(static_cast<KeyId>(i), texts[i], TextKeys::hash_of(texts[i]));
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(find(keys, texts[i]), i % 2 == 0 ? static_cast<KeyId>(i) : TextKeys::kNone) << texts[i];
  }
}

TEST(TextKeys, TextsOfEqualHashesAreKeptApart) {
  const std::string one = "a";
  const std::string three = "aaa";
  ASSERT_EQ(TextKeys::hash_of(one), TextKeys::hash_of(three));
  TextKeys keys;
  keys.put(0, one, TextKeys::hash_of(one));
  EXPECT_EQ(find(keys, three), TextKeys::kNone);
  keys.put(1, three, TextKeys::hash_of(three));
  keys.remove(0, TextKeys::hash_of(one));
  EXPECT_EQ(find(keys, one), TextKeys::kNone);
  EXPECT_EQ(find(keys, three), 1U);
}

TEST(TextKeys, ANumberMayBeGivenToAnotherText) {
  TextKeys keys;
  const std::string before(40, 'b');
  const std::string after(50, 'a');
  keys.put(3, before, TextKeys::hash_of(before));
  keys.remove(3, TextKeys::hash_of(before));
  keys.put(3, after, TextKeys::hash_of(after));
  EXPECT_EQ(find(keys, before), TextKeys::kNone);
  EXPECT_EQ(find(keys, after), 3U);
  EXPECT_EQ(keys.text(3), after);
}

}    // namespace
}    // namespace cepheid::nfa
