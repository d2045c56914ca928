#include "runtime/tables/table_file.hpp"

#include <filesystem>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

#include "runtime/codec/decoder.hpp"
#include "runtime/io/open.hpp"
#include "runtime/stream/row_input.hpp"

namespace cepheid::runtime {

namespace {

constexpr std::size_t kRecordsAtOnce = 1024;

}    // namespace

TableFile::TableFile(Table& table, std::string folder, Log log, PassGate& gate)
    : table_(table),
      folder_(std::move(folder)),
      log_(std::move(log)),
      gate_(gate),
      is_file_(table.plan().from->kind == patterns::Address::Kind::file) {}

Result<void> TableFile::load(TimeMs now_ms, const std::stop_token& stop) {
  // Taken before the reading: what is written meanwhile is seen as a change.
  const std::optional<Stamp> before = stamp();
  Table::Rows rows = table_.make_rows();
  Result<std::uint64_t> skipped = std::uint64_t{0};
  gate_.open_during([&] { skipped = read(rows, stop); });
  if (!skipped) return skipped.error();
  if (stop.stop_requested()) return {};
  table_.count_skipped(*skipped);
  if (*skipped != 0 && log_) {
    log_(fmt::format("table `{}`: {} records of `{}` that do not decode or have no key", table_.plan().name, *skipped,
                     table_.plan().from->target));
  }
  table_.replace(std::move(rows));
  read_stamp_ = before;
  read_ms_ = now_ms;
  looked_ms_ = now_ms;
  return {};
}

Result<std::uint64_t> TableFile::read(Table::Rows& rows, const std::stop_token& stop) const {
  const patterns::TablePlan& plan = table_.plan();
  Result<std::unique_ptr<Source>> source = open_source(*plan.from, folder_, stop);
  if (!source) return source.error();
  RowTarget target{.layout = plan.layout, .time_field = std::nullopt, .required = plan.key};
  RowInput input(std::move(*source), plan.format == patterns::SourceFormat::csv ? make_csv_decoder(std::move(target))
                                                                                : make_json_decoder(std::move(target)));
  Decoded decoded(plan.layout);
  std::uint64_t skipped = 0;
  const auto take = [&] {
    for (std::size_t i = 0; i < decoded.rows.size(); ++i) rows.add(decoded.rows.row(i));
    skipped += decoded.invalid.size();
    decoded.clear();
  };
  while (!input.ended() && !stop.stop_requested()) {
    CEPHEID_TRY(input.read(kRecordsAtOnce, stop, decoded));
    take();
  }
  // The last bytes of the file may have come with its end.
  while (input.take(kRecordsAtOnce, decoded)) take();
  return skipped;
}

void TableFile::refresh(TimeMs now_ms, const std::stop_token& stop) {
  if (!refreshes() || now_ms < add_saturated(looked_ms_, kLookAtFileEveryMs)) return;
  looked_ms_ = now_ms;
  const bool is_due = now_ms >= add_saturated(read_ms_, *table_.plan().refresh_ms);
  if (!is_due && stamp() == read_stamp_) return;
  const Result<void> done = load(now_ms, stop);
  if (done) return;
  if (log_) log_(fmt::format("table `{}` stays as it was: {}", table_.plan().name, done.error().message));
  // Tried again when it changes, or after the next `refresh`.
  read_stamp_ = stamp();
  read_ms_ = now_ms;
}

std::optional<TableFile::Stamp> TableFile::stamp() const {
  if (!is_file_) return std::nullopt;
  struct stat found {};
  const std::string path = (std::filesystem::path(folder_) / table_.plan().from->target).string();
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return Stamp{.device = static_cast<std::uint64_t>(found.st_dev),
               .inode = static_cast<std::uint64_t>(found.st_ino),
               .size = static_cast<std::uint64_t>(found.st_size),
               .changed_ns = std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + found.st_mtim.tv_nsec};
}

}    // namespace cepheid::runtime
