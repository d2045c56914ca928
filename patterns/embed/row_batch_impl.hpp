#pragma once

#include <string>
#include <vector>

#include "cepheid/row_batch.hpp"
#include "nfa/row/arena.hpp"
#include "patterns/embed/rules_impl.hpp"

namespace cepheid::inline v0 {

struct RowBatch::Impl {
  Impl(const Rules& of, StreamId id) : rules(of), stream(id), layout(*of.impl()->of(id).layout) {}

  [[nodiscard]] std::size_t size() const { return words.size() / layout.words(); }
  [[nodiscard]] const std::uint64_t* row(std::size_t i) const { return words.data() + i * layout.words(); }
  [[nodiscard]] std::string_view reason(std::size_t i) const;
  /// The row at the end was set wrongly. Only the first reason counts.
  void fail_last(std::string reason);

  Rules rules;
  StreamId stream;
  const nfa::RowLayout& layout;
  std::vector<std::uint64_t> words;
  nfa::Arena arena;
  std::vector<std::pair<std::size_t, std::string>> reasons;    // of invalid rows, in their order
};

}    // namespace cepheid::inline v0
