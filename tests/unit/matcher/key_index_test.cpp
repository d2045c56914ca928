#include "nfa/matcher/key_index.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "nfa/matcher/equal_mask.hpp"

namespace cepheid::nfa {
namespace {

TEST(EqualMask, HasABitForEachThatIsEqual) {
  alignas(64) std::array<std::uint32_t, 8> words{7, 1, 7, 0, 0x80000000U, 7, 2, 7};
  EXPECT_EQ(equal_words(words.data(), 7), 0b10100101U);
  EXPECT_EQ(equal_words(words.data(), 0x80000000U), 0b00010000U);
  EXPECT_EQ(equal_words(words.data(), 9), 0U);
  alignas(64) std::array<std::uint8_t, 64> bytes{};
  bytes[0] = bytes[17] = bytes[40] = bytes[63] = 200;
  EXPECT_EQ(equal_bytes(bytes.data(), 200),
            std::uint64_t{1} | std::uint64_t{1} << 17 | std::uint64_t{1} << 40 | std::uint64_t{1} << 63);
  EXPECT_EQ(equal_bytes(bytes.data(), 1), 0U);
}

/// A table beside a map: keys come and go, and each is asked for by both ways.
class Beside {
 public:
  explicit Beside(std::uint64_t hash_mask) : hash_mask_(hash_mask) {}

  void change(std::uint64_t key) {
    if (const auto known = expected_.find(key); known != expected_.end()) {
      index_.remove(hash(key), known->second);
      expected_.erase(known);
      return;
    }
    const auto id = static_cast<std::uint32_t>(keys_.size());
    keys_.push_back(key);
    index_.add(hash(key), id);
    expected_[key] = id;
  }
  void check(std::uint64_t key) {
    const auto known = expected_.find(key);
    const std::uint32_t id = known == expected_.end() ? KeyIndex::kNone : known->second;
    ASSERT_EQ(index_.find(hash(key), [&](std::uint32_t other) { return keys_[other] == key; }), id) << key;
    const std::uint32_t guess = KeyIndex::View(index_).guess(hash(key));
    const bool is_sure = guess == KeyIndex::kNone || (guess != KeyIndex::kMany && keys_[guess] == key);
    if (is_sure) {
      ASSERT_EQ(guess, id) << key;
    }
    sure_ += is_sure ? 1 : 0;
    ++asked_;
  }
  [[nodiscard]] double share_sure() const { return static_cast<double>(sure_) / static_cast<double>(asked_); }
  void clear() {
    index_.clear();
    expected_.clear();
  }

 private:
  [[nodiscard]] std::uint64_t hash(std::uint64_t key) const { return KeyIndex::hash(key) & hash_mask_; }

  std::uint64_t hash_mask_;
  KeyIndex index_;
  std::vector<std::uint64_t> keys_;    // by number
  std::map<std::uint64_t, std::uint32_t> expected_;
  std::size_t sure_ = 0;
  std::size_t asked_ = 0;
};

void come_and_go(Beside& both, std::uint64_t keys, int steps, std::uint32_t seed) {
  std::mt19937_64 random(seed);
  for (int step = 0; step < steps; ++step) {
    both.change(random() % keys);
    both.check(random() % keys);
  }
}

TEST(KeyIndex, FindsWhatAMapDoes) {
  Beside both(~std::uint64_t{0});
  come_and_go(both, 3'000, 60'000, 1);
  EXPECT_GT(both.share_sure(), 0.9);
  both.clear();
  come_and_go(both, 50, 5'000, 2);
}

// Lines fill up, and keys are put into others.
TEST(KeyIndex, FindsKeysThatAreAwayFromWhereTheyBelong) {
  Beside few_homes(std::uint64_t{0xC000'0FFF} << 32);
  come_and_go(few_homes, 200, 20'000, 3);
  Beside one_home(0);
  come_and_go(one_home, 60, 6'000, 4);
}

}    // namespace
}    // namespace cepheid::nfa
