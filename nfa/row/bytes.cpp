#include "nfa/row/bytes.hpp"

#include <algorithm>
#include <bit>

namespace cepheid::nfa {
namespace {

constexpr std::size_t kWord = sizeof(std::uint64_t);

/// Of the first 8 bytes or all there are.
std::uint64_t word_of(std::string_view bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < std::min(bytes.size(), kWord); ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return word;
}

}    // namespace

// Each step is a bijection of the state for a given word, and of the word for a given state: so two inputs of one size
// that differ in one word never meet again.
std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t state = 0x9e3779b97f4a7c15 ^ bytes.size();
  const auto add = [&state](std::uint64_t word) {
    state = (state ^ word) * 0xff51afd7ed558ccd;
    state ^= state >> 32;
  };
  std::size_t at = 0;
  for (; at + kWord <= bytes.size(); at += kWord) add(word_of(bytes.substr(at, kWord)));
  add(word_of(bytes.substr(at)));
  return state;
}

void ByteWriter::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) byte(static_cast<std::uint8_t>(value | 0x80));
  byte(static_cast<std::uint8_t>(value));
}

void ByteWriter::fixed64(std::uint64_t value) {
  const std::size_t at = out_.size();
  out_.resize(at + kWord);
  put_fixed64(at, value);
}

void ByteWriter::put_fixed64(std::size_t at, std::uint64_t value) {
  for (std::size_t i = 0; i < kWord; ++i) out_[at + i] = static_cast<char>(value >> (8 * i));
}

void ByteWriter::number(double value) {
  fixed64(std::bit_cast<std::uint64_t>(value));
}

void ByteWriter::text(std::string_view value) {
  varint(value.size());
  out_.append(value);
}

std::size_t ByteWriter::begin_block() {
  const std::size_t begun = out_.size();
  out_.resize(begun + 2 * kWord);
  return begun;
}

void ByteWriter::end_block(std::size_t begun) {
  const std::string_view body = std::string_view(out_).substr(begun + 2 * kWord);
  const std::uint64_t sum = checksum(body);
  put_fixed64(begun, body.size());
  put_fixed64(begun + kWord, sum);
}

std::string_view ByteReader::take(std::uint64_t size) {
  if (size > rest_.size()) {
    fail();
    return {};
  }
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::uint8_t ByteReader::byte() {
  const std::string_view taken = take(1);
  return taken.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(taken[0]);
}

bool ByteReader::boolean() {
  return varint(1) == 1;
}

std::uint64_t ByteReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t bits = byte();
    if (shift == 63 && bits > 1) break;
    value |= std::uint64_t{bits & 0x7fu} << shift;
    if ((bits & 0x80) == 0) return value;
  }
  fail();
  return 0;
}

std::uint64_t ByteReader::varint(std::uint64_t largest) {
  const std::uint64_t value = varint();
  if (value <= largest) return value;
  fail();
  return 0;
}

std::uint64_t ByteReader::fixed64() {
  return word_of(take(kWord));
}

double ByteReader::number() {
  return std::bit_cast<double>(fixed64());
}

std::string_view ByteReader::text() {
  return take(varint());
}

std::size_t ByteReader::count(std::size_t bytes_each) {
  const std::uint64_t value = varint();
  if (value <= rest_.size() / bytes_each) return value;
  fail();
  return 0;
}

ByteReader ByteReader::block() {
  const std::uint64_t size = fixed64();
  const std::uint64_t sum = fixed64();
  ByteReader body(take(size));
  if (!ok_ || checksum(body.rest_) != sum) {
    fail();
    body.fail();
  }
  return body;
}

}    // namespace cepheid::nfa
