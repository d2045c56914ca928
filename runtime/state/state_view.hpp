#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "nfa/row/layout.hpp"
#include "runtime/state/pass_gate.hpp"
#include "runtime/state/state_keys.hpp"

namespace cepheid::runtime {

/// Fields of a row that are shown, in order.
struct StateFields {
  std::shared_ptr<const nfa::RowLayout> layout;
  std::vector<std::uint32_t> fields;

  [[nodiscard]] std::size_t size() const { return fields.size(); }
  [[nodiscard]] const Field& operator[](std::size_t i) const { return layout->schema().fields()[fields[i]]; }
};

/// What a state is called and what it shows: fields of two rows, which may be one and the same (a table's).
struct StateShape {
  std::string name;     // of the statement
  StateFields key;      // the fields of the key, in the order of the statement; none: the state is one key
  StateFields value;    // all else
};

/// State of a running job that can be asked for by its key: an aggregate's, a table's, a ranking's. The holder derives
/// from it, and
/// - before its first row may be told keep_keys(), which costs memory and time and is done only if somebody may ask;
/// - from then on calls note_key() for each key that comes to be there, and forget_key() for each that goes (both do
///   nothing if nobody asks);
/// - says in read() what there is of a key;
/// - within work that may be long (the end of very many windows) calls let_others_look() where its state is whole.
///
/// Not thread-safe: whoever asks has passed the job's PassGate, so no row is being worked on.
class StateView {
 public:
  /// Gets a row for the key and one for the value, laid out as shape() says; both live during the call.
  using Visit = std::function<void(nfa::Row key, nfa::Row value)>;

  explicit StateView(StateShape shape) : shape_(std::move(shape)) {}
  virtual ~StateView() = default;
  StateView(const StateView&) = delete;
  StateView& operator=(const StateView&) = delete;

  [[nodiscard]] const StateShape& shape() const { return shape_; }

  virtual void keep_keys() { keys_ = std::make_unique<StateKeys>(); }
  /// The gate by which others come to read, for let_others_look(). It must outlive it.
  void set_gate(PassGate& gate) { gate_ = &gate; }
  /// Null unless they are kept.
  [[nodiscard]] const StateKeys* keys() const { return keys_.get(); }

  /// What there is of a key that was noted with `id` and not forgotten: mostly one row; of a window with several open
  /// ones a row for each, in the order of time.
  virtual void read(StateId id, const Visit& visit) = 0;

 protected:
  /// `key`: a value for each of shape().key. A key that is there already gets another id.
  void note_key(std::span<const nfa::Datum> key, StateId id) {
    if (keys_) keys_->put(encode(key), id);
  }
  void forget_key(std::span<const nfa::Datum> key) {
    if (keys_) keys_->erase(encode(key));
  }
  /// Those who wait may call read() before it returns. Costs next to nothing if nobody does.
  void let_others_look() {
    if (gate_ != nullptr) gate_->let_in();
  }
  /// All keys at once; only if they are kept.
  void replace_keys(std::unique_ptr<StateKeys> keys) { keys_ = std::move(keys); }
  /// The key's bytes; valid until the next call.
  [[nodiscard]] const std::string& encode(std::span<const nfa::Datum> key);

 private:
  StateShape shape_;
  std::unique_ptr<StateKeys> keys_;
  PassGate* gate_ = nullptr;
  std::string bytes_;
};

}    // namespace cepheid::runtime
