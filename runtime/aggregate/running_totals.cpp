#include "runtime/aggregate/running_totals.hpp"

namespace cepheid::runtime {

void RunningTotals::add(std::span<InputRow> rows) {
  for (const InputRow& row : rows) {
    const BlockId id = parts_.keys[row.key].newest;
    if (id != kNoBlock) parts_.blocks.prefetch(id);
  }
  for (InputRow& row : rows) {
    GroupKeys::Key& key = parts_.keys[row.key];
    if (key.newest == kNoBlock) {
      key.newest = key.oldest = parts_.blocks.make();
      BlockHead& head = parts_.blocks.head(key.newest);
      head.key = row.key;
      head.first = row.arrival;
    }
    row.state = parts_.blocks.state(key.newest);
    parts_.accumulators.add({&row, 1}, parts_.scratch);
    const std::uint64_t* const state = row.state;
    parts_.reader.on_windows({.start_ms = kBeginOfTime,
                              .end_ms = kEndOfTime,
                              .time_ms = row.time_ms,
                              .sequence = row.sequence,
                              .keys = {&row.key, 1},
                              .states = {&state, 1}});
  }
}

}    // namespace cepheid::runtime
