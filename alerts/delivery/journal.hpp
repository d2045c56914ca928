#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cepheid/result.hpp"

namespace cepheid::alerts {

/// Where an unfinished record of a journal lies.
struct RecordPlace {
  std::uint64_t number = 0;    // from 1 up, in the order of append()
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;    // of the record's text in the segment
  std::uint32_t length = 0;
};

/// Records that must not be lost before they are finished: a queue on disk.
///
/// A record is in the operating system's hands when append() returns, so that it outlives the process however that
/// ends; with `sync` it is on the disk and outlives a loss of power too. Whoever opens the journal next gets the
/// unfinished ones. One that was being finished when the process ended may come again.
///
/// Files `NAME.00000001.journal` and so on (segments), each a list of lines: `+NUMBER TEXT` a record, `-NUMBER` it is
/// finished. A last line without a line end was never accepted. Segments go, from the first on, when all their records
/// are finished; when a journal without records is closed there are none. Not thread-safe.
class Journal {
 public:
  struct Options {
    std::uint64_t most_bytes = 256 << 20;     // of all segments; append() refuses what goes beyond
    std::uint64_t segment_bytes = 4 << 20;    // the next segment begins behind it
    bool sync = false;
  };

  /// Opens the journal `name` in `folder`, which exists.
  [[nodiscard]] static Result<std::unique_ptr<Journal>> open(std::filesystem::path folder, std::string name,
                                                             Options options);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Writes a record, one line of text. Nothing is kept of one that is refused.
  [[nodiscard]] Result<RecordPlace> append(std::string_view text);
  /// The text of an unfinished record.
  [[nodiscard]] Result<std::string> read(const RecordPlace& place);
  /// Forgets the records. If that cannot be written they may come again after the next start; that is reported, but
  /// they are forgotten here.
  [[nodiscard]] Result<void> finish(std::span<const RecordPlace> places);
  /// Puts `texts` in the place of all records, in a new segment: for small journals of which few records are alive.
  [[nodiscard]] Result<std::vector<RecordPlace>> replace_all(std::span<const std::string> texts);

  /// What was unfinished when the journal was opened, in order. The second call gives nothing.
  [[nodiscard]] std::vector<RecordPlace> take_recovered() { return std::move(recovered_); }
  /// Lines of segments that could not be understood, when it was opened.
  [[nodiscard]] std::size_t damaged_lines() const { return damaged_lines_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t unfinished_bytes() const { return unfinished_bytes_; }

 private:
  struct Segment {
    std::uint64_t number = 0;
    std::uint64_t bytes = 0;
    std::size_t unfinished = 0;
  };

  Journal(std::filesystem::path folder, std::string name, Options options);

  [[nodiscard]] Result<void> recover();
  [[nodiscard]] Result<void> recover_segment(std::uint64_t number, std::vector<RecordPlace>& records);
  [[nodiscard]] Result<void> begin_segment();
  [[nodiscard]] Result<void> write_line(std::string_view line);
  [[nodiscard]] Result<int> readable(std::uint64_t segment);
  void drop_finished_segments();
  void remove_first_segment();
  [[nodiscard]] std::filesystem::path path_of(std::uint64_t segment) const;
  [[nodiscard]] Error failed(std::string_view what, const std::filesystem::path& path) const;

  std::filesystem::path folder_;
  std::string name_;
  Options options_;
  std::deque<Segment> segments_;    // the last one is written to, if `descriptor_` is open
  int descriptor_ = -1;
  int read_descriptor_ = -1;
  std::uint64_t read_segment_ = 0;
  std::uint64_t next_number_ = 1;
  std::uint64_t next_segment_ = 1;
  std::uint64_t bytes_ = 0;
  std::uint64_t unfinished_bytes_ = 0;
  std::size_t damaged_lines_ = 0;
  std::vector<RecordPlace> recovered_;
};

}    // namespace cepheid::alerts
