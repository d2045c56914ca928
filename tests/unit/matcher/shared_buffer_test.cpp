#include "nfa/matcher/shared_buffer.hpp"

#include <gtest/gtest.h>

#include "tests/unit/automaton/build_pattern.hpp"

namespace cepheid::nfa {
namespace {

class SharedBufferTest : public testing::Test {
 protected:
  CurrentEvent next_event() {
    return {.row = rows_.add({{std::string("a")}, {std::string("u")}}), .time_ms = 10, .place = ++place_};
  }
  /// What an engine does when all patterns have seen an event.
  void end(CurrentEvent& event) {
    if (event.stored != nullptr) events_.release(event.stored);
  }

  build::Rows rows_{build::pattern_layout()->schema()};
  EventStore events_{*build::pattern_layout(), false};
  SharedBuffer buffer_{events_};
  std::uint64_t place_ = 0;
};

TEST_F(SharedBufferTest, OneEventUnderOneStepOnOnePathIsOneNode) {
  CurrentEvent event = next_event();
  Node* first = buffer_.extend(nullptr, 0, event);
  EXPECT_EQ(buffer_.extend(nullptr, 0, event), first);
  Node* other_step = buffer_.extend(nullptr, 1, event);
  EXPECT_NE(other_step, first);
  end(event);
  EXPECT_EQ(buffer_.live(), 2u);
  EXPECT_EQ(events_.live(), 1u);

  CurrentEvent later = next_event();
  Node* second = buffer_.extend(first, 0, later);
  EXPECT_NE(second, first);
  EXPECT_EQ(second->start, first->start);
  end(later);

  buffer_.release(second);
  buffer_.release(other_step);
  EXPECT_EQ(buffer_.live(), 1u);    // `first` is held twice
  buffer_.release(first);
  buffer_.release(first);
  EXPECT_EQ(buffer_.live(), 0u);
  EXPECT_EQ(events_.live(), 0u);
}

// A match that completes and is given out at once frees its last node within the event that made it.
TEST_F(SharedBufferTest, ANodeFreedWithinItsEventIsNotFoundAgain) {
  CurrentEvent event = next_event();
  Node* first = buffer_.extend(nullptr, 0, event);
  buffer_.release(first);
  EXPECT_EQ(buffer_.live(), 0u);
  Node* again = buffer_.extend(nullptr, 0, event);
  EXPECT_EQ(again->references, 1u);
  EXPECT_EQ(again->event->references, 2u);    // the node's and the event at hand's own
  buffer_.release(again);
  end(event);
  EXPECT_EQ(events_.live(), 0u);
}

TEST_F(SharedBufferTest, APathOfAMillionEventsIsFreedWithoutRecursion) {
  const Row row = next_event().row;
  Node* path = nullptr;
  for (int i = 0; i < 1'000'000; ++i) {
    CurrentEvent event{.row = row, .time_ms = 10, .place = ++place_};
    Node* longer = buffer_.extend(path, 0, event);
    if (path != nullptr) buffer_.release(path);
    path = longer;
    end(event);
  }
  buffer_.release(path);
  EXPECT_EQ(events_.live(), 0u);
}

}    // namespace
}    // namespace cepheid::nfa
