#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cepheid/result.hpp"
#include "runtime/codec/json_writer.hpp"
#include "runtime/state/pass_gate.hpp"
#include "runtime/state/state_view.hpp"

namespace cepheid::runtime {

/// Keys read at once, before the job may go on: what a page is read in pieces of.
inline constexpr std::size_t kStatePieceKeys = 128;

/// Keys of a page, at most.
inline constexpr std::size_t kMaxStatePageKeys = 10'000;

/// A part of a key that is asked for: the field's name, and its value as text (Reading in the language, as in CSV);
/// without a value null is meant.
struct StateKeyPart {
  std::string field;
  std::optional<std::string> value;
};

/// Some keys of a state.
struct StatePage {
  /// A JSON object `{"key":{…},"value":{…}}` a line.
  std::string lines;
  /// Where the next page begins, if there are more keys: opaque bytes.
  std::optional<std::string> next;
};

/// Answers questions about the state of a running job. Any thread, while the job lives.
class StateReader {
 public:
  /// `views` keep their keys. All that is referred to must outlive it.
  StateReader(const std::vector<StateView*>& views, PassGate& gate);
  ~StateReader();
  StateReader(const StateReader&) = delete;
  StateReader& operator=(const StateReader&) = delete;

  [[nodiscard]] std::size_t size() const { return states_.size(); }
  [[nodiscard]] const StateShape& shape(std::size_t state) const;
  /// Keys that are there now.
  [[nodiscard]] std::size_t count(std::size_t state);
  /// The state of that name.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;

  /// The bytes that the keys begin with which have these parts. An error: they are not the first fields of the key, in
  /// whatever order, or a value does not convert to its field's type.
  [[nodiscard]] Result<std::string> prefix_of(std::size_t state, const std::vector<StateKeyPart>& parts) const;

  /// The first `most` keys that begin so, in the order of their values, behind `after`, the `next` of an earlier page.
  /// The job works on between pieces of kStatePieceKeys keys.
  [[nodiscard]] StatePage read(std::size_t state, const std::string& prefix, std::optional<std::string> after,
                               std::size_t most);

 private:
  struct State;
  std::vector<std::unique_ptr<State>> states_;
  PassGate& gate_;
};

}    // namespace cepheid::runtime
