#include "nfa/matcher/node_bytes.hpp"

namespace cepheid::nfa {
namespace {

enum NodeFlags : std::uint8_t {
  kHasPrevious = 1,
  kJoins = 2,
  kCompleted = 4,
  kTimedOut = 8,
  kAllFlags = 15,
};

}    // namespace

void NodeWriter::write(const Node* path) {
  new_.clear();
  stack_.push_back(path);
  const std::uint64_t known = numbers_.size();
  while (!stack_.empty()) {
    const Node* node = stack_.back();
    if (numbers_.contains(node)) {
      stack_.pop_back();
      continue;
    }
    const std::size_t size = stack_.size();
    for (const Node* below : {node->previous, node->older}) {
      if (below != nullptr && !numbers_.contains(below)) stack_.push_back(below);
    }
    if (stack_.size() != size) continue;    // it comes up again once they are written
    stack_.pop_back();
    numbers_.emplace(node, known + new_.size());
    new_.push_back(node);
  }
  out().varint(new_.size());
  for (const Node* node : new_) write_new(*node);
  if (new_.empty()) out().varint(numbers_.size() - numbers_.find(path)->second);
}

void NodeWriter::write_new(const Node& node) {
  const std::uint64_t number = numbers_.find(&node)->second;
  const auto write_back = [&](const Node* below) { out().varint(number - numbers_.find(below)->second); };
  out().byte(static_cast<std::uint8_t>((node.previous != nullptr ? kHasPrevious : 0) | (node.joins() ? kJoins : 0) |
                                       (node.completed ? kCompleted : 0) | (node.timed_out ? kTimedOut : 0)));
  if (node.previous != nullptr) write_back(node.previous);
  if (node.joins()) {
    write_back(node.older);
  } else {
    out().varint(node.step);
    events_.write(node.event);
  }
}

NodeReader::~NodeReader() {
  for (const Known& known : read_) buffer_.release(known.node);
}

Node* NodeReader::read() {
  constexpr std::size_t kLeastBytes = 3;    // of a node
  const std::size_t count = in().count(kLeastBytes);
  for (std::size_t i = 0; i < count; ++i) {
    if (!read_new()) return nullptr;
  }
  const std::uint64_t nodes_ago = count == 0 ? in().varint(read_.size()) : 1;
  if (nodes_ago == 0) in().fail();
  if (!in().ok()) return nullptr;
  const Known& known = *back(nodes_ago);
  last_first_start_ = known.first_start;
  buffer_.hold(known.node);
  return known.node;
}

/// Start and time of the start follow from what the node stands on.
bool NodeReader::read_new() {
  const std::uint8_t flags = in().byte();
  const bool joins = (flags & kJoins) != 0;
  const bool has_previous = (flags & kHasPrevious) != 0;
  if (flags > kAllFlags || (joins && (!has_previous || !bounds_.joins))) return in().fail();
  Node node{.references = 1, .completed = (flags & kCompleted) != 0, .timed_out = (flags & kTimedOut) != 0};
  std::uint64_t first_start = 0;
  if (has_previous) {
    const std::uint64_t nodes_ago = in().varint(read_.size());
    if (nodes_ago == 0) return in().fail();
    const Known& previous = *back(nodes_ago);
    node.previous = previous.node;
    node.start = previous.node->start;
    node.start_ms = previous.node->start_ms;
    first_start = previous.first_start;
  }
  if (joins) {
    const std::uint64_t nodes_ago = in().varint(read_.size());
    if (nodes_ago == 0) return in().fail();
    const Known& older = *back(nodes_ago);
    // Finding a path by its start relies on it.
    if (older.node->start >= first_start) return in().fail();
    node.older = older.node;
    first_start = older.first_start;
  } else {
    const std::uint64_t step = in().varint();
    if (step >= bounds_.steps) return in().fail();
    node.step = static_cast<StepId>(step);
    node.event = events_.read();
    if (node.event == nullptr) return false;
    if (!has_previous) {
      node.start = first_start = node.event->place;
      node.start_ms = node.event->time_ms;
    }
  }
  if (node.previous != nullptr) buffer_.hold(node.previous);
  if (node.older != nullptr) buffer_.hold(node.older);
  read_.push_back({buffer_.restore(node), first_start});
  return true;
}

}    // namespace cepheid::nfa
