#include "nfa/matcher/node_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/automaton/build_pattern.hpp"

namespace cepheid::nfa {
namespace {

/// Paths on one side, what is read of them on the other.
class NodeBytes : public testing::Test {
 protected:
  ~NodeBytes() override {
    for (Node* node : held_) buffer_.release(node);
    for (Node* node : read_held_) read_buffer_.release(node);
    EXPECT_EQ(read_buffer_.live(), 0u);
    EXPECT_EQ(read_events_.live(), 0u);
  }

  /// A node for a new event named `name`.
  Node* extend(Node* previous, const std::string& name, StepId step = 0) {
    CurrentEvent event{.row = rows_.add({{name}, {std::string("u")}}), .time_ms = 10, .place = ++place_};
    Node* node = buffer_.extend(previous, step, event);
    events_.release(event.stored);
    held_.push_back(node);
    return node;
  }

  std::string write(const std::vector<Node*>& paths) {
    std::string bytes;
    ByteWriter out(bytes);
    EventWriter events(out, layout_);
    NodeWriter nodes(events);
    for (const Node* path : paths) nodes.write(path);
    return bytes;
  }
  /// As many as there are, or null where the reader failed.
  std::vector<Node*> read(const std::string& bytes, std::size_t paths) {
    ByteReader in{std::string_view(bytes)};
    EventReader events(in, layout_, read_events_, {.last_place = place_, .inputs = 1});
    NodeReader nodes(events, read_buffer_, kSteps);
    std::vector<Node*> read;
    for (std::size_t i = 0; i < paths; ++i) {
      read.push_back(nodes.read());
      if (read.back() == nullptr) break;
      read_held_.push_back(read.back());
    }
    return read;
  }
  std::string name_of(const Node* node) {
    return std::string(read_field(node->event->row(), layout_.slot(0)).text->view());
  }

  static constexpr std::size_t kSteps = 2;
  const RowLayout& layout_ = *build::pattern_layout();
  build::Rows rows_{layout_.schema()};
  EventStore events_{layout_, false};
  SharedBuffer buffer_{events_};
  EventStore read_events_{layout_, false};
  SharedBuffer read_buffer_{read_events_};
  std::vector<Node*> held_;
  std::vector<Node*> read_held_;
  std::uint64_t place_ = 0;
};

TEST_F(NodeBytes, WhatPathsShareIsWrittenOnceAndSharedAgain) {
  Node* a = extend(nullptr, "a");
  Node* ab = extend(a, "b", 1);
  Node* ac = extend(a, "c", 1);
  ab->completed = true;
  ac->timed_out = true;
  const std::string bytes = write({ab, ac, ab});
  const std::vector<Node*> read = this->read(bytes, 3);
  ASSERT_THAT(read, testing::Each(testing::NotNull()));
  EXPECT_EQ(read[2], read[0]);
  EXPECT_EQ(read[1]->previous, read[0]->previous);
  EXPECT_EQ(read_buffer_.live(), 3u);
  EXPECT_EQ(read_events_.live(), 3u);
  EXPECT_EQ(name_of(read[0]), "b");
  EXPECT_EQ(name_of(read[1]), "c");
  EXPECT_EQ(name_of(read[0]->previous), "a");
  EXPECT_EQ(read[0]->references, 2u);    // held twice
  EXPECT_EQ(read[0]->previous->references, 2u);
  EXPECT_EQ(read[0]->start, a->start);
  EXPECT_EQ(read[0]->start_ms, a->start_ms);
  EXPECT_TRUE(read[0]->completed);
  EXPECT_FALSE(read[0]->timed_out);
  EXPECT_TRUE(read[1]->timed_out);
  EXPECT_EQ(write(read), bytes);
}

TEST_F(NodeBytes, APathOfAHundredThousandEventsNeedsNoRecursion) {
  Node* path = nullptr;
  for (int i = 0; i < 100'000; ++i) path = extend(path, "a");
  const std::vector<Node*> read = this->read(write({path}), 1);
  ASSERT_NE(read[0], nullptr);
  EXPECT_EQ(read_buffer_.live(), 100'000u);
}

TEST_F(NodeBytes, CutOffAnywhereAreAFailureThatLeavesNothing) {
  Node* first = extend(nullptr, "a");
  const std::string bytes = write({extend(first, "b", 1), first});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(read(bytes.substr(0, size), 2).back(), nullptr) << size;
    for (Node* node : read_held_) read_buffer_.release(node);
    read_held_.clear();
    EXPECT_EQ(read_events_.live(), 0u);
  }
}

}    // namespace
}    // namespace cepheid::nfa
