#pragma once

#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "nfa/matcher/event_store.hpp"
#include "nfa/row/bytes.hpp"

namespace cepheid::nfa {

/// Writes stored events: the first time whole, later by how many events ago that was. What is written through one
/// EventWriter is read through one EventReader, in the same order.
///
/// An event: varint n > 0: the n-th last that was written whole. 0: whole, namely place, sequence and time (signed
/// varints, the differences to those of the one before), input (varint), the row (row_bytes.hpp).
class EventWriter {
 public:
  /// All borrowed.
  EventWriter(ByteWriter& out, const RowLayout& layout) : out_(out), layout_(layout) {}

  [[nodiscard]] ByteWriter& out() { return out_; }
  void write(const StoredEvent* event);

 private:
  ByteWriter& out_;
  const RowLayout& layout_;
  boost::unordered_flat_map<const StoredEvent*, std::uint64_t> numbers_;
  const StoredEvent* last_ = nullptr;    // written whole
};

/// Reads what EventWriter wrote. Holds a reference to each event until its end.
class EventReader {
 public:
  struct Bounds {
    std::uint64_t last_place = 0;    // no event has a larger one
    std::uint32_t inputs = 1;
  };

  /// All borrowed.
  EventReader(ByteReader& in, const RowLayout& layout, EventStore& events, Bounds bounds)
      : in_(in), layout_(layout), events_(events), bounds_(bounds), row_(layout.words()) {}
  ~EventReader();
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;

  [[nodiscard]] ByteReader& in() { return in_; }
  /// Gives the caller a reference; null if the reader failed.
  [[nodiscard]] StoredEvent* read();

 private:
  ByteReader& in_;
  const RowLayout& layout_;
  EventStore& events_;
  const Bounds bounds_;
  std::vector<StoredEvent*> read_;    // those that were whole
  std::vector<std::uint64_t> row_;
  Arena arena_;
};

}    // namespace cepheid::nfa
