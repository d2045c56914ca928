#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "cepheid/result.hpp"
#include "nfa/row/batch.hpp"
#include "runtime/stream/row_input.hpp"

namespace cepheid::runtime {

/// Where a MergedReader puts what it reads.
class RowReceiver {
 public:
  virtual ~RowReceiver() = default;
  /// Rows [begin, end) of `rows` are the next of input `input`. The receiver may swap `rows` with a batch of its own if
  /// the run is all of it.
  virtual void on_rows(std::size_t input, nfa::Batch& rows, std::size_t begin, std::size_t end) = 0;
  virtual void on_invalid(std::size_t input, const InvalidRecord& record) = 0;
  /// Input `input` has come to its end.
  virtual void on_end(std::size_t input) = 0;
  /// Rows given so far must be used or kept now: their memory is taken back. `waits`: the reader may wait for bytes
  /// after it.
  virtual Result<void> on_pass(bool waits) = 0;
};

/// Rows given to the graph at once, at most: many, since waking the threads of shards costs as much for a few; not so
/// many that who asks for state has to wait long. The same at any number of shards, so that what was written is, too,
/// when a pass fails.
inline constexpr std::size_t kMaxPassRows = 4096;

/// Puts the rows of several inputs in one order of arrival: always the row with the smallest time among their next
/// ones, of equal times that of the input named first. An input without a time has nothing to compare: its rows come as
/// soon as it is looked at, inputs in their order.
class MergedReader {
 public:
  struct Input {
    RowInput rows;
    std::shared_ptr<const nfa::RowLayout> layout;
    bool timed = false;
  };

  /// `now` gives the time of arrival, in ms, for inputs without a time.
  MergedReader(std::vector<Input> inputs, std::function<TimeMs()> now, RowReceiver& receiver);
  ~MergedReader();
  MergedReader(const MergedReader&) = delete;
  MergedReader& operator=(const MergedReader&) = delete;

  /// Reads all inputs to their ends; true: it has. A requested stop ends the reading: whole records that were read are
  /// still given. So is what came before an error.
  Result<bool> run(const std::stop_token& stop);

 private:
  struct Feed;

  /// Makes every input that has not ended have a next row; after a stop only what was read gives any.
  Result<void> refill(const std::stop_token& stop);
  void stamp_arrival(Feed& feed);
  /// Gives the receiver the next run of rows; false: there are none.
  bool give_next();

  std::vector<std::unique_ptr<Feed>> feeds_;
  std::function<TimeMs()> now_;
  RowReceiver& receiver_;
  TimeMs last_arrival_ = kBeginOfTime;
  std::size_t pending_ = 0;    // rows and invalid records given since the last pass
};

}    // namespace cepheid::runtime
