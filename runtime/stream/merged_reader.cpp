#include "runtime/stream/merged_reader.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace cepheid::runtime {

/// An input with what was decoded of it and not given yet.
struct MergedReader::Feed {
  Feed(Input&& from) : rows(std::move(from.rows)), decoded(std::move(from.layout)), timed(from.timed) {}

  RowInput rows;
  Decoded decoded;
  bool timed;
  bool ended = false;
  std::size_t row = 0;        // of decoded.rows: rows before it were given
  std::size_t invalid = 0;    // of decoded.invalid

  [[nodiscard]] bool invalid_next() const {
    return invalid < decoded.invalid.size() && decoded.invalid[invalid].rows_before <= row;
  }
  [[nodiscard]] bool exhausted() const { return row >= decoded.rows.size() && invalid >= decoded.invalid.size(); }
  /// The time by which the next row or record is compared.
  [[nodiscard]] TimeMs next_time() const { return timed && !invalid_next() ? decoded.rows.time_ms(row) : kBeginOfTime; }
};

MergedReader::MergedReader(std::vector<Input> inputs, std::function<TimeMs()> now, RowReceiver& receiver)
    : now_(std::move(now)), receiver_(receiver) {
  for (Input& input : inputs) feeds_.push_back(std::make_unique<Feed>(std::move(input)));
}

MergedReader::~MergedReader() = default;

Result<bool> MergedReader::run(const std::stop_token& stop) {
  for (;;) {
    const Result<void> filled = refill(stop);
    if (!filled) {
      CEPHEID_TRY(receiver_.on_pass(true));
      return filled.error();
    }
    if (!give_next()) break;
    if (pending_ >= kMaxPassRows) {
      CEPHEID_TRY(receiver_.on_pass(false));
      pending_ = 0;
    }
  }
  CEPHEID_TRY(receiver_.on_pass(true));
  return std::ranges::all_of(feeds_, [](const std::unique_ptr<Feed>& feed) { return feed->ended; });
}

Result<void> MergedReader::refill(const std::stop_token& stop) {
  for (std::size_t i = 0; i < feeds_.size(); ++i) {
    Feed& feed = *feeds_[i];
    if (feed.ended || !feed.exhausted()) continue;
    if (pending_ != 0) {
      CEPHEID_TRY(receiver_.on_pass(false));
      pending_ = 0;
    }
    feed.decoded.clear();
    feed.row = 0;
    feed.invalid = 0;
    if (!feed.rows.take(kMaxPassRows, feed.decoded)) {
      if (!feed.rows.ready()) CEPHEID_TRY(receiver_.on_pass(true));
      const Result<void> read = feed.rows.read(kMaxPassRows, stop, feed.decoded);
      if (!read) return read.error();
    }
    if (feed.decoded.empty()) {
      if (!feed.rows.ended()) continue;    // stopped
      feed.ended = true;
      receiver_.on_end(i);
      pending_ += 1;
    } else if (!feed.timed) {
      stamp_arrival(feed);
    }
  }
  return {};
}

void MergedReader::stamp_arrival(Feed& feed) {
  last_arrival_ = std::max(last_arrival_, now_());
  for (std::size_t row = 0; row < feed.decoded.rows.size(); ++row) feed.decoded.rows.set_time(row, last_arrival_);
}

bool MergedReader::give_next() {
  std::size_t first = feeds_.size();
  // Of the others: the smallest next time, and the position of the input that has it.
  TimeMs bound = kEndOfTime;
  std::size_t bound_at = std::numeric_limits<std::size_t>::max();
  for (std::size_t i = 0; i < feeds_.size(); ++i) {
    if (feeds_[i]->exhausted()) continue;
    const TimeMs time = feeds_[i]->next_time();
    if (first == feeds_.size()) {
      first = i;
    } else if (time < feeds_[first]->next_time()) {
      bound = feeds_[first]->next_time();
      bound_at = first;
      first = i;
    } else if (time < bound || bound_at == std::numeric_limits<std::size_t>::max()) {
      bound = time;
      bound_at = i;
    }
  }
  if (first == feeds_.size()) return false;
  Feed& feed = *feeds_[first];
  if (feed.invalid_next()) {
    receiver_.on_invalid(first, feed.decoded.invalid[feed.invalid++]);
    ++pending_;
    return true;
  }
  // The run: as long as no other input comes first, no invalid record stands between, and the pass has room.
  const std::size_t begin = feed.row;
  std::size_t most = feed.decoded.rows.size();
  if (feed.invalid < feed.decoded.invalid.size()) {
    most = std::min<std::size_t>(most, feed.decoded.invalid[feed.invalid].rows_before);
  }
  most = std::min(most, begin + (kMaxPassRows - pending_));
  std::size_t end = begin + 1;
  if (bound_at == std::numeric_limits<std::size_t>::max() || !feed.timed) {
    end = most;
  } else {
    while (end < most &&
           (feed.decoded.rows.time_ms(end) < bound || (feed.decoded.rows.time_ms(end) == bound && first < bound_at))) {
      ++end;
    }
  }
  pending_ += end - begin;
  feed.row = end;
  receiver_.on_rows(first, feed.decoded.rows, begin, end);
  return true;
}

}    // namespace cepheid::runtime
