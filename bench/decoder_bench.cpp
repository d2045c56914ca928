// What does it cost to make rows of bytes? JSON and CSV over memory, all six fields of an event or two of them.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "bench/shop_events.hpp"
#include "runtime/codec/decoder.hpp"

namespace cepheid::runtime {
namespace {

constexpr std::size_t kEvents = 10'000;
constexpr std::size_t kPieceRows = 1024;    // as a job decodes them

enum class Format { json, csv };

/// The text decoded from its begin to its end. Items are events.
void decode(benchmark::State& state, Format format, bool all_fields) {
  const auto events = bench::make_shop_events({.events = kEvents, .users = 1'000});
  std::string text = format == Format::json ? bench::to_json_lines(events) : bench::to_csv(events);
  const std::size_t size = text.size();
  text.append(kDecodePadding, '\0');
  Schema schema = all_fields ? bench::shop_schema() : Schema({{"type", Type::string()}, {"ts", Type::timestamp()}});
  const auto time_field = static_cast<std::uint32_t>(schema.find("ts").value());
  const RowTarget target{.layout = std::make_shared<const nfa::RowLayout>(std::move(schema)),
                         .time_field = time_field,
                         .required = {time_field}};
  Decoded decoded(target.layout);
  std::size_t rows = 0;
  for (auto _ : state) {
    const auto decoder = format == Format::json ? make_json_decoder(target) : make_csv_decoder(target);
    std::string_view rest(text.data(), size);
    rows = 0;
    while (!rest.empty()) {
      decoded.clear();
      rest.remove_prefix(decoder->decode(rest, true, kPieceRows, decoded));
      rows += decoded.rows.size();
    }
  }
  if (rows != kEvents) state.SkipWithError("not all events were decoded");
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kEvents));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}
BENCHMARK_CAPTURE(decode, json_all_fields, Format::json, true);
BENCHMARK_CAPTURE(decode, json_two_fields, Format::json, false);
BENCHMARK_CAPTURE(decode, csv_all_fields, Format::csv, true);
BENCHMARK_CAPTURE(decode, csv_two_fields, Format::csv, false);

}    // namespace
}    // namespace cepheid::runtime
