#include "alerts/delivery/journal.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <unordered_set>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "alerts/delivery/write_all.hpp"

namespace cepheid::alerts {

namespace {

constexpr std::string_view kSuffix = ".journal";

void close_if_open(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

std::optional<std::uint64_t> as_number(std::string_view digits) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}    // namespace

Journal::Journal(std::filesystem::path folder, std::string name, Options options)
    : folder_(std::move(folder)), name_(std::move(name)), options_(options) {}

Journal::~Journal() {
  close_if_open(descriptor_);
  drop_finished_segments();
  close_if_open(read_descriptor_);
}

Result<std::unique_ptr<Journal>> Journal::open(std::filesystem::path folder, std::string name, Options options) {
  std::unique_ptr<Journal> journal(new Journal(std::move(folder), std::move(name), options));
  CEPHEID_TRY(journal->recover());
  return journal;
}

std::filesystem::path Journal::path_of(std::uint64_t segment) const {
  return folder_ / fmt::format("{}.{:08}{}", name_, segment, kSuffix);
}

Error Journal::failed(std::string_view what, const std::filesystem::path& path) const {
  return Error{fmt::format("cannot {} `{}`: {}", what, path.string(), std::strerror(errno))};
}

Result<void> Journal::recover() {
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const std::string file = entry.path().filename().string();
    std::string_view rest = file;
    if (!rest.starts_with(name_ + ".") || !rest.ends_with(kSuffix)) continue;
    rest.remove_prefix(name_.size() + 1);
    rest.remove_suffix(kSuffix.size());
    if (const std::optional<std::uint64_t> number = as_number(rest)) numbers.push_back(*number);
  }
  if (error) return Error{fmt::format("cannot read `{}`: {}", folder_.string(), error.message())};
  std::sort(numbers.begin(), numbers.end());

  for (const std::uint64_t number : numbers) CEPHEID_TRY(recover_segment(number, recovered_));
  for (const RecordPlace& record : recovered_) {
    unfinished_bytes_ += record.length;
    const auto segment = std::find_if(segments_.begin(), segments_.end(),
                                      [&](const Segment& each) { return each.number == record.segment; });
    ++segment->unfinished;
  }
  drop_finished_segments();
  return {};
}

Result<void> Journal::recover_segment(std::uint64_t number, std::vector<RecordPlace>& records) {
  std::ifstream stream(path_of(number), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) return failed("read", path_of(number));
  std::unordered_set<std::uint64_t> finished;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string::npos) break;
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::optional<std::uint64_t> record = line.empty() ? std::nullopt : as_number(line.substr(1, space - 1));
    if (record && line[0] == '+' && space < line.size()) {
      const std::size_t skipped = space + 1;
      records.push_back({*record, number, begin + skipped, static_cast<std::uint32_t>(line.size() - skipped)});
      next_number_ = std::max(next_number_, *record + 1);
    } else if (record && line[0] == '-' && space == line.size()) {
      finished.insert(*record);
    } else if (!line.empty()) {
      ++damaged_lines_;
    }
    begin = end + 1;
  }
  std::erase_if(records, [&](const RecordPlace& record) { return finished.contains(record.number); });
  segments_.push_back({number, text.size(), 0});
  bytes_ += text.size();
  next_segment_ = number + 1;
  return {};
}

Result<void> Journal::begin_segment() {
  close_if_open(descriptor_);
  const std::filesystem::path path = path_of(next_segment_);
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor_ < 0) return failed("create", path);
  segments_.push_back({next_segment_, 0, 0});
  ++next_segment_;
  return {};
}

Result<void> Journal::write_line(std::string_view line) {
  if (descriptor_ < 0 || segments_.back().bytes >= options_.segment_bytes) CEPHEID_TRY(begin_segment());
  Segment& segment = segments_.back();
  const bool written = write_all(descriptor_, line) && (!options_.sync || ::fdatasync(descriptor_) == 0);
  if (!written) {
    const Error error = failed("write", path_of(segment.number));
    // What is there of the line goes; if that fails too, the next line begins a new segment and this one ends in a
    // piece that is no line.
    if (::ftruncate(descriptor_, static_cast<off_t>(segment.bytes)) != 0) close_if_open(descriptor_);
    return error;
  }
  segment.bytes += line.size();
  bytes_ += line.size();
  return {};
}

Result<RecordPlace> Journal::append(std::string_view text) {
  const std::string head = fmt::format("+{} ", next_number_);
  const std::size_t size = head.size() + text.size() + 1;
  if (bytes_ + size > options_.most_bytes) {
    return Error{fmt::format("journal `{}` has reached its {} bytes", name_, options_.most_bytes)};
  }
  std::string line;
  line.reserve(size);
  line.append(head).append(text).append(1, '\n');
  CEPHEID_TRY(write_line(line));
  Segment& segment = segments_.back();
  ++segment.unfinished;
  unfinished_bytes_ += text.size();
  const RecordPlace place{next_number_++, segment.number, segment.bytes - text.size() - 1,
                          static_cast<std::uint32_t>(text.size())};
  return place;
}

Result<int> Journal::readable(std::uint64_t segment) {
  if (read_descriptor_ < 0 || read_segment_ != segment) {
    close_if_open(read_descriptor_);
    read_descriptor_ = ::open(path_of(segment).c_str(), O_RDONLY | O_CLOEXEC);
    if (read_descriptor_ < 0) return failed("open", path_of(segment));
    read_segment_ = segment;
  }
  return read_descriptor_;
}

Result<std::string> Journal::read(const RecordPlace& place) {
  const Result<int> descriptor = readable(place.segment);
  if (!descriptor) return descriptor.error();
  std::string text(place.length, '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const ssize_t got =
        ::pread(*descriptor, text.data() + have, text.size() - have, static_cast<off_t>(place.offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path_of(place.segment));
    if (got == 0) return Error{fmt::format("`{}` has become shorter", path_of(place.segment).string())};
    have += static_cast<std::size_t>(got);
  }
  return text;
}

Result<void> Journal::finish(std::span<const RecordPlace> places) {
  std::string lines;
  for (const RecordPlace& place : places) {
    fmt::format_to(std::back_inserter(lines), "-{}\n", place.number);
    const auto segment = std::find_if(segments_.begin(), segments_.end(),
                                      [&](const Segment& each) { return each.number == place.segment; });
    --segment->unfinished;
    unfinished_bytes_ -= place.length;
  }
  Result<void> written = write_line(lines);
  drop_finished_segments();
  return written;
}

void Journal::drop_finished_segments() {
  while (!segments_.empty() && segments_.front().unfinished == 0) {
    if (segments_.size() == 1 && descriptor_ >= 0) {
      // The one that is written to: emptied when it is large, or it would be made anew for each record.
      if (segments_.front().bytes < options_.segment_bytes / 4) return;
      close_if_open(descriptor_);
    }
    remove_first_segment();
  }
}

void Journal::remove_first_segment() {
  const Segment& segment = segments_.front();
  if (read_segment_ == segment.number) close_if_open(read_descriptor_);
  std::error_code ignored;    // one that stays is read at the next start, its records finished or coming again
  std::filesystem::remove(path_of(segment.number), ignored);
  bytes_ -= segment.bytes;
  segments_.pop_front();
}

Result<std::vector<RecordPlace>> Journal::replace_all(std::span<const std::string> texts) {
  const std::size_t before = segments_.size();
  CEPHEID_TRY(begin_segment());
  unfinished_bytes_ = 0;
  std::vector<RecordPlace> places;
  for (const std::string& text : texts) {
    Result<RecordPlace> place = append(text);
    if (!place) return place.error();
    places.push_back(*place);
  }
  for (std::size_t i = 0; i < before; ++i) remove_first_segment();
  return places;
}

}    // namespace cepheid::alerts
