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
/// written, if it has one; its step and its event.
class NodeWriter {
 public:
  explicit NodeWriter(EventWriter& events) : events_(events) {}

  [[nodiscard]] ByteWriter& out() { return events_.out(); }
  void write(const Node* path);

 private:
  void write_new(const Node& node);

  EventWriter& events_;
  boost::unordered_flat_map<const Node*, std::uint64_t> numbers_;
  std::vector<const Node*> new_;
};

/// Reads what NodeWriter wrote. Holds a reference to each node until its end.
class NodeReader {
 public:
  /// All borrowed. `steps`: how many the pattern has.
  NodeReader(EventReader& events, SharedBuffer& buffer, std::size_t steps)
      : events_(events), buffer_(buffer), steps_(steps) {}
  ~NodeReader();
  NodeReader(const NodeReader&) = delete;
  NodeReader& operator=(const NodeReader&) = delete;

  [[nodiscard]] ByteReader& in() { return events_.in(); }
  /// Gives the caller a reference; null if the reader failed.
  [[nodiscard]] Node* read();

 private:
  /// False if the reader failed.
  bool read_new();
  /// A node told by how many nodes ago it was read; null if the reader failed.
  [[nodiscard]] Node* read_back();

  EventReader& events_;
  SharedBuffer& buffer_;
  const std::size_t steps_;
  std::vector<Node*> read_;
};

}    // namespace cepheid::nfa
