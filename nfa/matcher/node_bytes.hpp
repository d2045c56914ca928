#pragma once

#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "nfa/matcher/event_bytes.hpp"
#include "nfa/matcher/shared_buffer.hpp"

namespace cepheid::nfa {

/// Writes paths with what they share written once. No recursion: a path may be as long as the stream.
///
/// A path: how many nodes of it are new (varint), these nodes, each behind those that it stands on; if there are none,
/// how many nodes ago its last node was written. A node: a byte of NodeFlags; how many nodes ago the previous one was
/// written, if it has one; of a joining node the same of the older one; of any other its step and its event.
class NodeWriter {
 public:
  explicit NodeWriter(EventWriter& events) : events_(events) {}

  [[nodiscard]] ByteWriter& out() { return events_.out(); }
  void write(const Node* path);

 private:
  void write_new(const Node& node);

  EventWriter& events_;
  boost::unordered_flat_map<const Node*, std::uint64_t> numbers_;
  std::vector<const Node*> stack_;
  std::vector<const Node*> new_;
};

/// Reads what NodeWriter wrote. Holds a reference to each node until its end.
class NodeReader {
 public:
  struct Bounds {
    std::size_t steps = 0;
    bool joins = false;    // are there joining nodes?
  };

  /// All borrowed.
  NodeReader(EventReader& events, SharedBuffer& buffer, Bounds bounds)
      : events_(events), buffer_(buffer), bounds_(bounds) {}
  ~NodeReader();
  NodeReader(const NodeReader&) = delete;
  NodeReader& operator=(const NodeReader&) = delete;

  [[nodiscard]] ByteReader& in() { return events_.in(); }
  /// Gives the caller a reference; null if the reader failed.
  [[nodiscard]] Node* read();
  /// The smallest start of the path that was read last.
  [[nodiscard]] std::uint64_t first_start_of_last() const { return last_first_start_; }

 private:
  struct Known {
    Node* node = nullptr;
    std::uint64_t first_start = 0;    // node->start is the last
  };
  /// False if the reader failed.
  bool read_new();
  [[nodiscard]] const Known* back(std::uint64_t nodes) const { return &read_[read_.size() - nodes]; }

  EventReader& events_;
  SharedBuffer& buffer_;
  const Bounds bounds_;
  std::vector<Known> read_;
  std::uint64_t last_first_start_ = 0;
};

}    // namespace cepheid::nfa
