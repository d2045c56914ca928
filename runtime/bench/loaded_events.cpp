#include "runtime/bench/loaded_events.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "runtime/codec/decoder.hpp"
#include "runtime/io/source.hpp"
#include "runtime/stream/row_input.hpp"

namespace cepheid::runtime {

namespace {

// Rows decoded at once: few enough for the decoder's buffers, many enough to make no difference.
constexpr std::size_t kPieceRows = 1024;
// Rows of one batch in memory: what a growing batch copies stays small.
constexpr std::size_t kBatchRows = 64 << 10;

const patterns::SourcePlan& source_of(const patterns::Plan& plan, const EventFile& file) {
  return std::get<patterns::SourcePlan>(plan.relations[file.stream].body);
}

std::unique_ptr<Decoder> decoder_of(const patterns::Plan& plan, const EventFile& file) {
  const patterns::SourcePlan& stream = source_of(plan, file);
  RowTarget target{
      .layout = plan.relations[file.stream].layout, .time_field = stream.time_field, .required = stream.required};
  return file.format == patterns::SourceFormat::csv ? make_csv_decoder(std::move(target))
                                                    : make_json_decoder(std::move(target));
}

/// Puts the texts of a batch into the table.
void intern_texts(nfa::Batch& rows, SymbolTable& texts) {
  const nfa::RowLayout& layout = rows.layout();
  for (std::uint32_t field = 0; field < layout.schema().size(); ++field) {
    const FieldSlot& slot = layout.slot(field);
    if (slot.kind != TypeKind::string) continue;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const nfa::Datum text = nfa::read_field(rows.row(i), slot);
      if (text.null) continue;
      layout.set(rows.words(i), field, nfa::Datum::of_text(texts.intern(text.text->view()).text()));
    }
  }
  rows.free_arena();
}

/// Hands bytes on and counts them.
class CountingDecoder final : public Decoder {
 public:
  CountingDecoder(std::unique_ptr<Decoder> decoder, std::uint64_t& bytes)
      : decoder_(std::move(decoder)), bytes_(bytes) {}

  std::size_t decode(std::string_view bytes, bool last, std::size_t max_records, Decoded& out) override {
    const std::size_t taken = decoder_->decode(bytes, last, max_records, out);
    bytes_ += taken;
    return taken;
  }

 private:
  std::unique_ptr<Decoder> decoder_;
  std::uint64_t& bytes_;
};

}    // namespace

Result<std::optional<LoadedEvents>> load_events(const patterns::Plan& plan, const EventFile& file,
                                                const std::function<TimeMs()>& now, const std::stop_token& stop) {
  Result<std::unique_ptr<Source>> source = open_file_source(file.path, file.path, stop);
  if (!source) return source.error();
  RowInput input(std::move(*source), decoder_of(plan, file));
  LoadedEvents loaded{.stream = file.stream};
  const bool timed = source_of(plan, file).time_field.has_value();
  const std::shared_ptr<const nfa::RowLayout>& layout = plan.relations[file.stream].layout;
  TimeMs arrival_ms = kBeginOfTime;
  bool more = loaded.rows < file.take;
  while (more) {
    Decoded decoded(layout);
    while (decoded.rows.size() < kBatchRows) {
      const std::size_t before = decoded.rows.size();
      const std::uint64_t wanted = file.take - loaded.rows - before;
      const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(kPieceRows, wanted));
      decoded.invalid.clear();
      if (most != 0) CEPHEID_TRY(input.read(most, stop, decoded));
      if (stop.stop_requested()) return std::optional<LoadedEvents>();
      loaded.invalid += decoded.invalid.size();
      more = decoded.rows.size() != before || !decoded.invalid.empty();
      if (!more) break;
      if (timed) continue;
      arrival_ms = std::max(arrival_ms, now());
      for (std::size_t row = before; row < decoded.rows.size(); ++row) decoded.rows.set_time(row, arrival_ms);
    }
    for (std::size_t row = 0; row < decoded.rows.size(); ++row) decoded.rows.set_sequence(row, loaded.rows + row);
    loaded.rows += decoded.rows.size();
    intern_texts(decoded.rows, loaded.texts);
    loaded.batches.push_back(std::move(decoded.rows));
  }
  return std::optional(std::move(loaded));
}

Result<std::uint64_t> bytes_of_rows(const patterns::Plan& plan, const EventFile& file, std::uint64_t rows,
                                    const std::stop_token& stop) {
  Result<std::unique_ptr<Source>> source = open_file_source(file.path, file.path, stop);
  if (!source) return source.error();
  std::uint64_t bytes = 0;
  RowInput input(std::move(*source), std::make_unique<CountingDecoder>(decoder_of(plan, file), bytes));
  Decoded decoded(plan.relations[file.stream].layout);
  for (std::uint64_t found = 0; found < rows; found += decoded.rows.size()) {
    decoded.clear();
    CEPHEID_TRY(input.read(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceRows, rows - found)), stop, decoded));
    if (decoded.empty()) break;
  }
  return bytes;
}

}    // namespace cepheid::runtime
