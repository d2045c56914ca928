// What can be asked of windows while others are given: what is between two calls of the reader.
#include <memory>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/aggregate/slice_windows.hpp"
#include "tests/unit/expr/build_expr.hpp"

namespace cepheid::runtime {
namespace {

struct Open {
  TimeMs start_ms;
  TimeMs end_ms;
  std::uint64_t rows;

  friend auto operator<=>(const Open&, const Open&) = default;
};

/// Sliding windows of 10 ms every 2 ms by key that count rows, looked at whenever others may look.
class LookedAt : private WindowReader {
 public:
  LookedAt()
      : accumulators_({patterns::AggregateCall{.type = Type::int64()}}, *layout_),
        blocks_(accumulators_),
        keys_({{.name = "k", .value = nfa::build::field(layout_->schema(), "k")}}, *layout_),
        windows_({.kind = patterns::WindowPlan::Kind::sliding, .size_ms = 10, .every_ms = 2}, {},
                 {.accumulators = accumulators_,
                  .keys = keys_,
                  .blocks = blocks_,
                  .scratch = scratch_,
                  .reader = *this,
                  .marks = nullptr}) {}

  GroupId add(std::int64_t key, TimeMs time_ms, TimeMs low_ms) {
    std::vector<std::uint64_t> words = layout_->null_row();
    layout_->set(words.data(), 0, nfa::Datum::of_int(key));
    InputRow row{.row = words.data(), .time_ms = time_ms, .arrival = ++arrivals_, .low_ms = low_ms};
    keys_.find({&row, 1}, scratch_);
    const GroupId id = row.key;
    windows_.add({&row, 1});
    watched_.insert(id);
    return id;
  }
  void advance(TimeMs low_ms) {
    windows_.advance(low_ms, 0);
    low_ms_ = low_ms;
  }
  [[nodiscard]] std::vector<Open> open(GroupId key) {
    std::vector<Open> all;
    windows_.each_open(key, low_ms_, [&](TimeMs start_ms, TimeMs end_ms, const std::uint64_t* state) {
      all.push_back({start_ms, end_ms, *state});
    });
    return all;
  }
  /// All that was seen of any key while windows were given.
  [[nodiscard]] const std::set<Open>& seen() const { return seen_; }
  [[nodiscard]] const std::vector<Open>& given() const { return given_; }

 private:
  void on_windows(const WindowResults& results) override {
    for (const std::uint64_t* state : results.states) given_.push_back({results.start_ms, results.end_ms, *state});
  }
  void between_windows() override {
    for (const GroupId key : watched_) {
      for (const Open& window : open(key)) seen_.insert(window);
    }
  }

  std::shared_ptr<const nfa::RowLayout> layout_ =
      std::make_shared<const nfa::RowLayout>(Schema({{"k", Type::int64()}}));
  Accumulators accumulators_;
  StateBlocks blocks_;
  GroupKeys keys_;
  nfa::EvalScratch scratch_;
  SliceWindows windows_;
  std::uint64_t arrivals_ = 0;
  TimeMs low_ms_ = kBeginOfTime;
  std::set<GroupId> watched_;
  std::set<Open> seen_;
  std::vector<Open> given_;
};

TEST(OpenWindows, AreWholeWhileAnotherIsGiven) {
  LookedAt windows;
  const GroupId key = windows.add(1, 0, kBeginOfTime);
  windows.add(1, 3, kBeginOfTime);
  windows.add(1, 9, kBeginOfTime);
  windows.add(2, 1, kBeginOfTime);
  const std::vector<Open> later = {{0, 10, 3}, {2, 12, 2}, {4, 14, 1}, {6, 16, 1}, {8, 18, 1}};
  std::vector<Open> open = windows.open(key);
  ASSERT_EQ(open.size(), 9u);
  EXPECT_EQ(std::vector<Open>(open.begin() + 4, open.end()), later);
  windows.advance(8);
  EXPECT_EQ(windows.open(key), later);
  windows.advance(10);
  EXPECT_EQ(windows.open(key), std::vector<Open>(later.begin() + 1, later.end()));
  // The slice [0, 2) is freed with the window [0, 10), and no other was ever seen without it.
  EXPECT_EQ(windows.given().back(), (Open{0, 10, 1}));
  const std::set<Open> whole = {{-6, 4, 2}, {-4, 6, 2}, {-2, 8, 2}, {0, 10, 3}, {2, 12, 2}, {4, 14, 1},
                                {6, 16, 1}, {8, 18, 1}, {-6, 4, 1}, {-4, 6, 1}, {-2, 8, 1}, {0, 10, 1}};
  EXPECT_EQ(windows.seen(), whole);
}

TEST(OpenWindows, OfASliceMadeBehindAnother) {
  LookedAt windows;
  const GroupId key = windows.add(1, 8, kBeginOfTime);
  windows.add(1, 4, kBeginOfTime);
  windows.add(1, 6, kBeginOfTime);
  windows.add(1, 4, kBeginOfTime);
  windows.advance(12);
  EXPECT_EQ(windows.open(key), (std::vector<Open>{{4, 14, 4}, {6, 16, 2}, {8, 18, 1}}));
  windows.advance(14);
  windows.add(1, 7, 14);
  EXPECT_EQ(windows.open(key), (std::vector<Open>{{6, 16, 3}, {8, 18, 1}}));
  windows.advance(18);
  EXPECT_EQ(windows.given(),
            (std::vector<Open>{{-4, 6, 2}, {-2, 8, 3}, {0, 10, 4}, {2, 12, 4}, {4, 14, 4}, {6, 16, 3}, {8, 18, 1}}));
  EXPECT_TRUE(windows.open(key).empty());
}

}    // namespace
}    // namespace cepheid::runtime
