// RFC 4180 with a header line. Where a record ends is found here, by its quotes; libcsv, in strict mode, splits it into
// cells. So a record that libcsv refuses costs itself only, and its text is at hand for the report.
#include <algorithm>

#include <csv.h>
#include <fmt/format.h>
#include <utf8proc.h>

#include "runtime/codec/decoder.hpp"
#include "runtime/codec/record_lines.hpp"
#include "runtime/codec/text_datum.hpp"

namespace cepheid::runtime {

namespace {

/// Bytes before the first line end; npos: there is none. (Not inlined: GCC 12 warns of lengths that cannot be.)
[[gnu::noinline]] std::size_t line_size(std::string_view text) {
  return text.find('\n');
}

/// Bytes of the record at the start of `text` without its line end; npos if it does not end in `text`. A quote opens a
/// quoted cell only at the cell's first byte; elsewhere it is an error that libcsv finds.
std::size_t record_size(std::string_view text) {
  const std::size_t line_end = line_size(text);
  if (text.substr(0, line_end).find('"') == std::string_view::npos) return line_end;
  bool cell_begins = true;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') continue;
      if (i + 1 < text.size() && text[i + 1] == '"') {
        ++i;
      } else {
        quoted = false;
      }
    } else if (c == '\n') {
      return i;
    } else {
      quoted = c == '"' && cell_begins;
      cell_begins = c == ',';
    }
  }
  return std::string_view::npos;
}

bool is_utf8(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return true;
  while (!text.empty()) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t size = ::utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                     static_cast<utf8proc_ssize_t>(text.size()), &code_point);
    if (size <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

class CsvDecoder final : public Decoder {
 public:
  explicit CsvDecoder(RowTarget target) : target_(std::move(target)), layout_(*target_.layout) {
    ready_ = ::csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) == 0;
    // Blanks belong to the cell, and the record is cut already: libcsv's own ideas of both are switched off.
    ::csv_set_space_func(&parser_, [](unsigned char) { return 0; });
    ::csv_set_term_func(&parser_, [](unsigned char c) { return c == '\n' ? 1 : 0; });
    find_presences();
  }
  ~CsvDecoder() override { ::csv_free(&parser_); }
  CsvDecoder(const CsvDecoder&) = delete;
  CsvDecoder& operator=(const CsvDecoder&) = delete;

  std::size_t decode(std::string_view bytes, bool last, std::size_t max_records, Decoded& out) override {
    const std::size_t size = bytes.size();
    bytes.remove_prefix(skip_to_record(bytes, last, place_));
    if (place_.too_long || place_.at_begin) return size - bytes.size();
    const std::size_t most = out.rows.size() + out.invalid.size() + max_records;
    while (!bytes.empty() && out.rows.size() + out.invalid.size() < most) {
      std::size_t end = record_size(bytes);
      const bool too_long = std::min(end, bytes.size()) > kMaxRecordBytes;
      if (end == std::string_view::npos && !last && !too_long) break;
      // A quote that is never closed: its first line is the broken record, what follows gets its chance.
      if (end == std::string_view::npos) end = std::min(line_size(bytes), bytes.size());
      if (end > kMaxRecordBytes) {
        report_too_long(bytes, place_, out);
        if (end == bytes.size()) return size;
        place_.too_long = false;
      } else {
        decode_record(bytes.substr(0, end), out);
      }
      const std::string_view taken = bytes.substr(0, std::min(end + 1, bytes.size()));
      place_.line += static_cast<std::uint64_t>(std::ranges::count(taken, '\n'));
      bytes.remove_prefix(taken.size());
    }
    return size - bytes.size();
  }

 private:
  static constexpr std::uint32_t kNoField = ~std::uint32_t{0};

  /// A presence field and the fields below its path.
  struct Presence {
    std::uint32_t field;
    std::vector<std::uint32_t> below;
  };

  void find_presences() {
    const std::vector<Field>& fields = layout_.schema().fields();
    for (std::uint32_t i = 0; i < fields.size(); ++i) {
      if (!fields[i].presence) continue;
      Presence presence{.field = i, .below = {}};
      for (std::uint32_t j = 0; j < fields.size(); ++j) {
        if (!fields[j].presence && fields[j].name.starts_with(fields[i].name + ".")) presence.below.push_back(j);
      }
      presences_.push_back(std::move(presence));
    }
  }

  void decode_record(std::string_view record, Decoded& out) {
    if (!record.empty() && record.back() == '\r') record.remove_suffix(1);
    if (record.empty()) return;
    cells_ = 0;
    reason_.clear();
    const bool is_header = !has_header_;
    if (!is_header) {
      row_ = out.rows.append(0, 0);
      arena_ = &out.rows.arena();
    }
    if (!is_utf8(record)) {
      reason_ = "not UTF-8";
    } else if (!split(record)) {
      reason_ = "not CSV: a quote out of place or never closed";
    } else if (!is_header && cells_ > columns_.size()) {
      reason_ = "more cells than the header line has";
    }
    if (is_header) {
      // A header that is none names no columns: all rows lack all fields, and say so by what is required.
      has_header_ = true;
      if (!reason_.empty()) columns_.clear();
    } else {
      if (reason_.empty()) finish_row(out);
      if (reason_.empty()) return;
      out.rows.drop_last();
    }
    if (reason_.empty()) return;
    out.invalid.push_back({.rows_before = static_cast<std::uint32_t>(out.rows.size()),
                           .line = place_.line,
                           .text = valid_utf8(record),
                           .reason = reason_});
  }

  bool split(std::string_view record) {
    if (!ready_) return false;
    const auto on_cell = [](void* cell, std::size_t size, void* self) {
      static_cast<CsvDecoder*>(self)->take_cell({static_cast<const char*>(cell), size});
    };
    const auto on_row = [](int, void*) {};
    const bool parsed = ::csv_parse(&parser_, record.data(), record.size(), on_cell, on_row, this) == record.size();
    if (parsed && ::csv_fini(&parser_, on_cell, on_row, this) == 0) return true;
    // The way to forget the broken record: an ordinary end.
    ::csv_set_opts(&parser_, 0);
    ::csv_fini(&parser_, nullptr, nullptr, nullptr);
    ::csv_set_opts(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    return false;
  }

  void take_cell(std::string_view cell) {
    if (!has_header_) {
      const std::optional<std::uint32_t> field = layout_.schema().find(cell);
      columns_.push_back(field.value_or(kNoField));
      ++cells_;
      return;
    }
    const std::size_t column = cells_++;
    if (column >= columns_.size() || columns_[column] == kNoField || cell.empty()) return;
    const Field& field = layout_.schema().fields()[columns_[column]];
    if (const std::optional<nfa::Datum> datum = datum_of_text(cell, field.type, *arena_)) {
      layout_.set(row_, columns_[column], *datum);
    } else if (reason_.empty()) {
      reason_ = fmt::format("`{}` does not convert to {}", field.name, to_string(field.type));
    }
  }

  void finish_row(Decoded& out) {
    const auto is_null = [&](std::uint32_t field) { return nfa::read_field(row_, layout_.slot(field)).null; };
    for (const Presence& presence : presences_) {
      // CSV has no objects: one is there if anything in it is.
      if (!std::ranges::all_of(presence.below, is_null)) {
        layout_.set(row_, presence.field, nfa::Datum::of_bool(true));
      }
    }
    for (const std::uint32_t field : target_.required) {
      if (is_null(field)) {
        reason_ = fmt::format("`{}` is missing", layout_.schema().fields()[field].name);
        return;
      }
    }
    if (target_.time_field) {
      const nfa::Datum time = nfa::read_field(row_, layout_.slot(*target_.time_field));
      if (!is_within_time(time.integer)) {
        reason_ = beyond_time(layout_.schema().fields()[*target_.time_field].name);
        return;
      }
      out.rows.set_time(out.rows.size() - 1, time.integer);
    }
  }

  RowTarget target_;
  const nfa::RowLayout& layout_;
  std::vector<Presence> presences_;
  RecordPlace place_;
  csv_parser parser_{};
  bool ready_ = false;
  bool has_header_ = false;
  std::vector<std::uint32_t> columns_;    // the field of each column, or kNoField

  // Of the record at hand.
  std::size_t cells_ = 0;
  std::uint64_t* row_ = nullptr;
  nfa::Arena* arena_ = nullptr;
  std::string reason_;
};

}    // namespace

std::unique_ptr<Decoder> make_csv_decoder(RowTarget target) {
  return std::make_unique<CsvDecoder>(std::move(target));
}

}    // namespace cepheid::runtime
