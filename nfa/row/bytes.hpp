#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cepheid::nfa {

/// A number that tells bytes from other bytes: no change of up to 8 bytes within one of its words goes unnoticed. The
/// same on every machine, and part of the saved form: it never changes. Not against forgery.
[[nodiscard]] std::uint64_t checksum(std::string_view bytes);

/// Writes values at the end of a string, in a form that is the same on every machine:
///   varint: 7 bits a byte, the lowest first, the top bit set on all but the last; signed: zig-zag, then so;
///   fixed64: 8 bytes, the lowest first; double: as the fixed64 of its IEEE form; text: its size as varint, its bytes.
class ByteWriter {
 public:
  /// `out` is borrowed.
  explicit ByteWriter(std::string& out) : out_(out) {}

  void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void boolean(bool value) { byte(value ? 1 : 0); }
  void varint(std::uint64_t value);
  void signed_varint(std::int64_t value) {
    varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void fixed64(std::uint64_t value);
  void number(double value);
  void text(std::string_view value);

  /// A block: the size of what is written up to end_block and its checksum, then that. Gives what end_block asks for.
  [[nodiscard]] std::size_t begin_block();
  void end_block(std::size_t begun);

 private:
  void put_fixed64(std::size_t at, std::uint64_t value);

  std::string& out_;
};

/// Reads what ByteWriter wrote. Never reads beyond the end: once something is missing or wrong, ok() is false for good
/// and everything reads as zero or empty. Whoever makes memory by a number that was read asks count() for it, so that
/// no bytes, however wrong, make more memory than they have a right to.
class ByteReader {
 public:
  /// The bytes are borrowed.
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
  explicit ByteReader(std::span<const std::byte> bytes)
      : rest_(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {}

  [[nodiscard]] bool ok() const { return ok_; }
  /// What was read makes no sense: ok() is false from now on. Gives false.
  bool fail() {
    ok_ = false;
    rest_ = {};
    return false;
  }
  /// Bytes still to be read.
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

  [[nodiscard]] std::uint8_t byte();
  /// A byte other than 0 and 1 is a failure.
  [[nodiscard]] bool boolean();
  [[nodiscard]] std::uint64_t varint();
  /// A number of at most `largest`; a larger one is a failure.
  [[nodiscard]] std::uint64_t varint(std::uint64_t largest);
  [[nodiscard]] std::int64_t signed_varint() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
  }
  [[nodiscard]] std::uint64_t fixed64();
  [[nodiscard]] double number();
  /// A view of the bytes read from.
  [[nodiscard]] std::string_view text();
  /// How many things follow, each of which takes at least `bytes_each` (not 0) bytes: a failure if these are not there.
  [[nodiscard]] std::size_t count(std::size_t bytes_each);

  /// A reader of the block that begins here, failed if it is not whole or its checksum is wrong; this one goes on
  /// behind it.
  [[nodiscard]] ByteReader block();

 private:
  [[nodiscard]] std::string_view take(std::uint64_t size);

  std::string_view rest_;
  bool ok_ = true;
};

}    // namespace cepheid::nfa
