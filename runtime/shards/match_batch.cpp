#include "runtime/shards/match_batch.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace cepheid::runtime {

namespace {

struct FoundRow {
  MatchBatch::Place place;
  const nfa::Batch* rows;
  std::size_t row;
};

void put_in_order(std::span<MatchBatch* const> parts, nfa::Batch& out) {
  std::vector<FoundRow> found;
  for (const MatchBatch* part : parts) {
    for (std::size_t i = 0; i < part->rows().size(); ++i) found.push_back({part->place(i), &part->rows(), i});
  }
  std::ranges::stable_sort(found, {}, &FoundRow::place);
  const std::size_t bytes = out.layout().words() * sizeof(std::uint64_t);
  for (const FoundRow& next : found) {
    std::memcpy(out.append(next.place.time_ms, next.place.sequence), next.rows->row(next.row), bytes);
  }
}

}    // namespace

void merge_matches(std::span<MatchBatch* const> parts, std::span<const Track::Advance> advances, nfa::Batch& out) {
  std::size_t with_rows = 0;
  MatchBatch* only = nullptr;
  for (MatchBatch* part : parts) {
    if (part->rows().size() == 0) continue;
    ++with_rows;
    only = part;
  }
  if (with_rows == 1 && only->in_order()) {
    std::swap(out, only->rows());
  } else if (with_rows != 0) {
    put_in_order(parts, out);
  }
  std::size_t before = 0;
  for (const Track::Advance& advance : advances) {
    while (before < out.size() && out.sequence(before) <= advance.sequence) ++before;
    out.advance_after(before, advance.low_ms, advance.sequence);
  }
}

}    // namespace cepheid::runtime
