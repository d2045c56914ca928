#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nfa/row/arena.hpp"
#include "runtime/state/state_view.hpp"

namespace cepheid::runtime {

/// A state by place (string) and number (int), each key with a row for each of its amounts (double).
class FakeState final : public StateView {
 public:
  struct Entry {
    std::string place;
    std::int64_t number = 0;
    std::vector<double> amounts;
  };

  FakeState() : StateView(shape_of()), words_(shape().key.layout->words()) { keep_keys(); }

  void add(Entry entry) {
    entries_.push_back(std::move(entry));
    note_key(key_of(entries_.back()), entries_.size() - 1);
  }
  void remove(std::size_t i) { forget_key(key_of(entries_[i])); }

  void read(StateId id, const Visit& visit) override {
    const Entry& entry = entries_[id];
    const nfa::RowLayout& layout = *shape().key.layout;
    for (const double amount : entry.amounts) {
      layout.clear(words_.data());
      const std::vector<nfa::Datum> key = key_of(entry);
      layout.set(words_.data(), 0, key[0]);
      layout.set(words_.data(), 1, key[1]);
      layout.set(words_.data(), 2, nfa::Datum::of_double(amount));
      visit(words_.data(), words_.data());
    }
  }

 private:
  static StateShape shape_of() {
    const auto layout = std::make_shared<const nfa::RowLayout>(
        Schema({{"place", Type::string()}, {"number", Type::int64()}, {"amount", Type::float64()}}));
    return {.name = "amounts", .key = {.layout = layout, .fields = {0, 1}}, .value = {.layout = layout, .fields = {2}}};
  }
  std::vector<nfa::Datum> key_of(const Entry& entry) {
    return {nfa::Datum::of_text(arena_.copy_text(entry.place)), nfa::Datum::of_int(entry.number)};
  }

  std::deque<Entry> entries_;
  std::vector<std::uint64_t> words_;
  nfa::Arena arena_;
};

}    // namespace cepheid::runtime
