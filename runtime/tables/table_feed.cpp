#include "runtime/tables/table_feed.hpp"

namespace cepheid::runtime {

TableFeed::TableFeed(Table& table, const std::vector<const nfa::Batch*>& batches) : table_(table), merge_(batches) {
  for (std::size_t i = 0; i < batches.size(); ++i) {
    mappings_.emplace_back(batches[i]->shared_layout(), table.plan().layout, table.plan().latest_from[i].fields);
  }
}

Result<void> TableFeed::process() {
  table_.begin_pass();
  merge_.walk_rows([&](std::size_t input, const nfa::Batch& batch, std::size_t i) {
    table_.put(mappings_[input].apply(batch.row(i)), batch.time_ms(i), batch.sequence(i));
  });
  return {};
}

}    // namespace cepheid::runtime
