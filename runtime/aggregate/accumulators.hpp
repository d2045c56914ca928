#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "nfa/expr/number_functions.hpp"
#include "nfa/expr/program.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/aggregate/input_row.hpp"
#include "runtime/aggregate/owned_datum.hpp"

namespace cepheid::runtime {

/// The aggregate calls of a statement, compiled. What they have summed up is a block of state words, zero when nothing
/// was added; small values lie in the block, collections hang on it. Rows may be added in any order and blocks merged
/// in any order: what depends on the order of arrival goes by InputRow::arrival. (Sums of doubles are rounded in the
/// order in which they are made.) Immutable once made; not thread-safe where blocks are.
class Accumulators {
 public:
  /// Expressions are over `layout`. Both may go away after the call but `plan`'s types are copied.
  Accumulators(const std::vector<patterns::AggregateCall>& plan, const nfa::RowLayout& layout);
  ~Accumulators();
  Accumulators(const Accumulators&) = delete;
  Accumulators& operator=(const Accumulators&) = delete;

  /// Size of a block.
  [[nodiscard]] std::uint32_t words() const { return words_; }
  /// Does nothing ever hang on a block, so that its words may be copied and dropped?
  [[nodiscard]] bool is_flat() const { return flat_; }

  /// Adds each row to its state, call by call.
  void add(std::span<const InputRow> rows, nfa::EvalScratch& scratch) const;
  /// Adds to `into` all that was added to `from`, which stays as it is.
  void merge(std::uint64_t* into, const std::uint64_t* from) const {
    if (!sums_only_) return merge_calls(into, from);
    for (std::uint32_t i = 0; i < words_; ++i) {
      into[i] = is_double_[i]
                    ? std::bit_cast<std::uint64_t>(std::bit_cast<double>(into[i]) + std::bit_cast<double>(from[i]))
                    : into[i] + from[i];
    }
  }
  /// Where a call's words begin, and whether the first of them is its result.
  struct Place {
    enum class Is : std::uint8_t { count, sum, more };
    std::uint32_t at = 0;
    Is is = Is::more;
  };
  [[nodiscard]] Place place(std::size_t call) const { return places_[call]; }
  /// What a call gives. Text and items live in `scratch`'s arena.
  [[nodiscard]] nfa::Datum result(std::size_t call, const std::uint64_t* state, nfa::EvalScratch& scratch) const {
    const Place place = places_[call];
    if (place.is == Place::Is::count) return nfa::Datum::of_int(static_cast<std::int64_t>(state[place.at]));
    if (place.is == Place::Is::sum) return nfa::finite(std::bit_cast<double>(state[place.at]));
    return compute_result(call, state, scratch);
  }
  /// Frees what hangs on a block and makes it zero.
  void clear(std::uint64_t* state) const {
    if (!flat_) free_hanging(state);
    for (std::uint32_t i = 0; i < words_; ++i) state[i] = 0;
  }

 private:
  struct Call;

  [[nodiscard]] nfa::Datum compute_result(std::size_t call, const std::uint64_t* state,
                                          nfa::EvalScratch& scratch) const;
  void note_words(const Call& call);
  void merge_calls(std::uint64_t* into, const std::uint64_t* from) const;
  void add_call(const Call& call, std::span<const InputRow> rows, nfa::EvalScratch& scratch) const;
  static void merge_call(const Call& call, std::uint64_t* into, const std::uint64_t* from);
  void free_hanging(std::uint64_t* state) const;
  static void clear_call(const Call& call, std::uint64_t* state);

  std::vector<std::unique_ptr<Call>> calls_;
  std::vector<Place> places_;    // of the calls
  std::uint32_t words_ = 0;
  bool flat_ = true;
  bool sums_only_ = true;          // is each word a number that is added up, as these say?
  std::vector<char> is_double_;    // by word; else a whole number
};

}    // namespace cepheid::runtime
