#include "runtime/bench/report.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace cepheid::runtime {

namespace {

/// Positions of the runs, by seconds.
std::vector<std::size_t> by_seconds(const std::vector<BenchRun>& runs) {
  std::vector<std::size_t> order(runs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return runs[i].seconds; });
  return order;
}

/// A figure over the runs.
struct Spread {
  const char* name;
  const char* json_name;
  int digits;
  double minimum;
  double median;
  double maximum;
};

template <typename Figure>
Spread spread_of(const BenchReport& report, const char* name, const char* json_name, int digits, Figure figure) {
  std::vector<double> values;
  for (const BenchRun& run : report.runs) values.push_back(figure(run));
  std::ranges::sort(values);
  return {name, json_name, digits, values.front(), figure(report.runs[median_run(report.runs)]), values.back()};
}

double events_of(const BenchRun& run) {
  return static_cast<double>(run.events);
}

std::array<Spread, 4> spreads_of(const BenchReport& report) {
  // A run too short for the clock has no rate: better 0 than infinity, which JSON cannot say.
  const auto rate = [](const BenchRun& run) { return run.seconds > 0 ? events_of(run) / run.seconds : 0; };
  const auto cost = [](const BenchRun& run) { return run.events > 0 ? run.seconds / events_of(run) * 1e9 : 0; };
  return {spread_of(report, "seconds", "seconds", 6, [](const BenchRun& run) { return run.seconds; }),
          spread_of(report, "events/s", "events_per_s", 0, rate),
          spread_of(report, "ns/event", "ns_per_event", 1, cost),
          spread_of(report, "CPU seconds", "cpu_seconds", 6, [](const BenchRun& run) { return run.cpu_seconds; })};
}

double mebibytes(std::uint64_t bytes) {
  return static_cast<double>(bytes) / (1 << 20);
}

std::string lines_for_people(const BenchReport& report) {
  const BenchRun& median = report.runs[median_run(report.runs)];
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "mode {}, matches {}, {} {}\n\n", report.mode, report.work, report.runs.size(),
                 report.runs.size() == 1 ? "run" : "runs");
  fmt::format_to(out, "{:<12} {:>16}\n", "events", median.events);
  fmt::format_to(out, "{:<12} {:>16}\n", "matches", median.matches);
  if (median.timeouts != 0) fmt::format_to(out, "{:<12} {:>16}\n", "timeouts", median.timeouts);
  if (median.late != 0) fmt::format_to(out, "{:<12} {:>16}\n", "late", median.late);
  if (median.invalid != 0) fmt::format_to(out, "{:<12} {:>16}\n", "invalid", median.invalid);
  if (median.dropped != 0) fmt::format_to(out, "{:<12} {:>16}\n", "dropped", median.dropped);
  if (median.checksum) fmt::format_to(out, "{:<12} {:016x}\n", "checksum", *median.checksum);
  fmt::format_to(out, "\n{:<12} {:>16} {:>16} {:>16}\n", "", "minimum", "median", "maximum");
  for (const Spread& spread : spreads_of(report)) {
    fmt::format_to(out, "{:<12} {:>16.{}f} {:>16.{}f} {:>16.{}f}\n", spread.name, spread.minimum, spread.digits,
                   spread.median, spread.digits, spread.maximum, spread.digits);
  }
  fmt::format_to(out, "\npeak memory {:.1f} MiB, {:.1f} MiB of it before the first event\n",
                 mebibytes(report.peak_bytes), mebibytes(report.start_bytes));
  return text;
}

std::string tab_separated(const BenchReport& report) {
  const BenchRun& median = report.runs[median_run(report.runs)];
  std::string text = "figure\tminimum\tmedian\tmaximum\n";
  const auto out = std::back_inserter(text);
  for (const Spread& spread : spreads_of(report)) {
    fmt::format_to(out, "{}\t{:.{}f}\t{:.{}f}\t{:.{}f}\n", spread.json_name, spread.minimum, spread.digits,
                   spread.median, spread.digits, spread.maximum, spread.digits);
  }
  fmt::format_to(out, "peak_bytes\t\t{}\t\nstart_bytes\t\t{}\t\n", report.peak_bytes, report.start_bytes);
  if (median.checksum) fmt::format_to(out, "checksum\t\t{:016x}\t\n", *median.checksum);
  fmt::format_to(out, "events\tseconds\tmatches\n{}\t{:.6f}\t{}\n", median.events, median.seconds, median.matches);
  return text;
}

std::string json_object(const BenchReport& report) {
  const BenchRun& median = report.runs[median_run(report.runs)];
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.SetMaxDecimalPlaces(9);
  const auto number = [&](const char* name, std::uint64_t value) {
    writer.Key(name);
    writer.Uint64(value);
  };
  writer.StartObject();
  writer.Key("mode");
  writer.String(report.mode.c_str());
  writer.Key("work");
  writer.String(report.work.c_str());
  number("runs", report.runs.size());
  number("events", median.events);
  number("matches", median.matches);
  number("timeouts", median.timeouts);
  number("late", median.late);
  number("invalid", median.invalid);
  number("dropped", median.dropped);
  if (median.checksum) {
    writer.Key("checksum");
    writer.String(fmt::format("{:016x}", *median.checksum).c_str());
  }
  for (const Spread& spread : spreads_of(report)) {
    writer.Key(spread.json_name);
    writer.StartObject();
    writer.Key("minimum");
    writer.Double(spread.minimum);
    writer.Key("median");
    writer.Double(spread.median);
    writer.Key("maximum");
    writer.Double(spread.maximum);
    writer.EndObject();
  }
  number("peak_bytes", report.peak_bytes);
  number("start_bytes", report.start_bytes);
  writer.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

}    // namespace

std::size_t median_run(const std::vector<BenchRun>& runs) {
  return by_seconds(runs)[(runs.size() - 1) / 2];
}

std::string to_text(const BenchReport& report, ReportFormat format) {
  switch (format) {
    case ReportFormat::tsv: return tab_separated(report);
    case ReportFormat::json: return json_object(report);
    case ReportFormat::text: break;
  }
  return lines_for_people(report);
}

}    // namespace cepheid::runtime
