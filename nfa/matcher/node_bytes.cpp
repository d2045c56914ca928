#include "nfa/matcher/node_bytes.hpp"

namespace cepheid::nfa {
namespace {

enum NodeFlags : std::uint8_t {
  kHasPrevious = 1,
  kCompleted = 2,
  kTimedOut = 4,
  kAllFlags = 7,
};

}    // namespace

void NodeWriter::write(const Node* path) {
  new_.clear();
  for (const Node* node = path; node != nullptr && !numbers_.contains(node); node = node->previous) {
    new_.push_back(node);
  }
  out().varint(new_.size());
  for (auto node = new_.rbegin(); node != new_.rend(); ++node) write_new(**node);
  if (new_.empty()) out().varint(numbers_.size() - numbers_.find(path)->second);
}

void NodeWriter::write_new(const Node& node) {
  const std::uint64_t number = numbers_.size();
  out().byte(static_cast<std::uint8_t>((node.previous != nullptr ? kHasPrevious : 0) |
                                       (node.completed ? kCompleted : 0) | (node.timed_out ? kTimedOut : 0)));
  if (node.previous != nullptr) out().varint(number - numbers_.find(node.previous)->second);
  out().varint(node.step);
  events_.write(node.event);
  numbers_.emplace(&node, number);
}

NodeReader::~NodeReader() {
  for (Node* node : read_) buffer_.release(node);
}

Node* NodeReader::read() {
  constexpr std::size_t kLeastBytes = 3;    // of a node
  const std::size_t count = in().count(kLeastBytes);
  for (std::size_t i = 0; i < count; ++i) {
    if (!read_new()) return nullptr;
  }
  Node* const node = count == 0 ? read_back() : read_.back();
  if (node != nullptr) buffer_.hold(node);
  return node;
}

Node* NodeReader::read_back() {
  const std::uint64_t nodes_ago = in().varint(read_.size());
  if (nodes_ago == 0) in().fail();
  return in().ok() ? read_[read_.size() - nodes_ago] : nullptr;
}

/// Start and time of the start follow from what the node stands on.
bool NodeReader::read_new() {
  const std::uint8_t flags = in().byte();
  if (flags > kAllFlags) return in().fail();
  Node node{.references = 1, .completed = (flags & kCompleted) != 0, .timed_out = (flags & kTimedOut) != 0};
  if ((flags & kHasPrevious) != 0) {
    node.previous = read_back();
    if (node.previous == nullptr) return false;
  }
  const std::uint64_t step = in().varint();
  if (step >= steps_) return in().fail();
  node.step = static_cast<StepId>(step);
  node.event = events_.read();
  if (node.event == nullptr) return false;
  node.start = node.previous == nullptr ? node.event->place : node.previous->start;
  node.start_ms = node.previous == nullptr ? node.event->time_ms : node.previous->start_ms;
  if (node.previous != nullptr) buffer_.hold(node.previous);
  read_.push_back(buffer_.restore(node));
  return true;
}

}    // namespace cepheid::nfa
