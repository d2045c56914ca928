#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "cepheid/result.hpp"
#include "cepheid/time.hpp"
#include "runtime/state/pass_gate.hpp"
#include "runtime/tables/table.hpp"

namespace cepheid::runtime {

/// How often, at most, it is looked whether a file has changed: a network's disk must not be asked at every pass.
inline constexpr DurationMs kLookAtFileEveryMs = 1000;

/// The file of a `table … { from … }`: read whole, and again when it has changed or `refresh` is over. Not thread-safe.
class TableFile {
 public:
  using Log = std::function<void(std::string_view)>;

  /// Relative paths are relative to `folder`. `table` and `gate` must outlive it. `log` may be empty.
  TableFile(Table& table, std::string folder, Log log, PassGate& gate);

  /// Within a pass: reads all of it, the gate being open meanwhile; the table's rows are replaced at the end, at once.
  /// An error: it cannot be read, and the table is as it was. After a stop too.
  Result<void> load(TimeMs now_ms, const std::stop_token& stop);

  /// At the begin of a pass: reads it again if that is due. What cannot be read is logged, and the table stays as it
  /// was.
  void refresh(TimeMs now_ms, const std::stop_token& stop);

  /// Is there anything that refresh() could have to do?
  [[nodiscard]] bool refreshes() const { return table_.plan().refresh_ms && is_file_; }

 private:
  /// Two files with the same are taken for the same.
  struct Stamp {
    std::uint64_t device;
    std::uint64_t inode;
    std::uint64_t size;
    std::int64_t changed_ns;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  [[nodiscard]] std::optional<Stamp> stamp() const;
  /// Adds the rows of the file; gives the number of records that are none.
  Result<std::uint64_t> read(Table::Rows& rows, const std::stop_token& stop) const;

  Table& table_;
  std::string folder_;
  Log log_;
  PassGate& gate_;
  bool is_file_;
  std::optional<Stamp> read_stamp_;    // of what the table has
  TimeMs read_ms_ = kBeginOfTime;      // when that was
  TimeMs looked_ms_ = kBeginOfTime;
};

}    // namespace cepheid::runtime
