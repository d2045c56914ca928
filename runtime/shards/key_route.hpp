#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "nfa/automaton/pattern_spec.hpp"
#include "nfa/expr/program.hpp"
#include "nfa/row/batch.hpp"
#include "runtime/operators/row_select.hpp"
#include "runtime/shards/track.hpp"

namespace cepheid::runtime {

/// Which shard has a row's key: a hash of the key's values, the same in every run. Not thread-safe.
class KeyRoute {
 public:
  struct Options {
    /// Equal texts of all rows are one pointer, as for nfa::Engine: a key that is one text is told by its pointer, so
    /// not the same in every run.
    bool texts_stay = false;
  };

  /// `spec`: of one of the patterns with this key. `inputs`: the layouts of the rows that come, by input.
  KeyRoute(const nfa::PatternSpec& spec, const std::vector<std::shared_ptr<const nfa::RowLayout>>& inputs,
           std::uint32_t shards, Options options);
  KeyRoute(const nfa::PatternSpec& spec, const std::vector<std::shared_ptr<const nfa::RowLayout>>& inputs,
           std::uint32_t shards)
      : KeyRoute(spec, inputs, shards, Options{}) {}

  [[nodiscard]] ShardId shard_of(std::uint32_t input, nfa::Row row, TimeMs time_ms);
  /// Those of rows [begin, end) of a batch of `input`, in place of what `shards` held. Faster than one by one where
  /// keys are texts anywhere in memory: the processor waits for many of them at once.
  void find_shards(std::uint32_t input, const nfa::Batch& batch, std::size_t begin, std::size_t end,
                   std::vector<ShardId>& shards);
  /// Takes back the memory of computed keys: between runs of rows.
  void end_run_of_rows() { scratch_.clear(); }

 private:
  void append_values(std::uint32_t input, nfa::Row row, TimeMs time_ms);
  [[nodiscard]] ShardId shard_of_values(const nfa::Datum* values) const;
  [[nodiscard]] ShardId shard_of_hash(std::uint64_t hash) const;
  [[nodiscard]] ShardId shard_of_text(nfa::Row row) const;
  void find_by_text(const nfa::Batch& batch, std::size_t begin, std::size_t end, std::vector<ShardId>& shards) const;

  struct Part {
    nfa::ExprProgram program;
    std::optional<nfa::FieldSlot> slot;    // of a value that is a field as it is
  };

  std::vector<Part> parts_;
  bool only_text_ = false;    // the key is one field of text, of one input
  bool texts_stay_ = false;
  std::vector<RowMapping> mappings_;    // by input, to the patterns' common layout; empty over one input
  std::uint32_t shards_;
  std::vector<nfa::Datum> values_;    // of keys, row by row
  nfa::EvalScratch scratch_;
};

/// The hash by which keys are spread: equal values, and null as one of them, have equal hashes.
[[nodiscard]] std::uint64_t hash_key_value(std::uint64_t seed, const nfa::Datum& datum, TypeKind kind);

}    // namespace cepheid::runtime
