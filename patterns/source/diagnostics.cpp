#include "patterns/source/diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "patterns/source/limits.hpp"
#include "patterns/source/utf8.hpp"

namespace cepheid::patterns {

namespace {

/// Code points of a source line that are shown; of a longer one the part around the mistake.
constexpr std::size_t kShownWidth = 200;
constexpr std::size_t kShownBefore = 80;

/// The code points of a line as they can be printed: what is no text or would move the cursor is replaced.
std::vector<std::string> printable_code_points(std::string_view line) {
  std::vector<std::string> points;
  while (!line.empty()) {
    std::size_t length = 1;
    while (length < line.size() && continues_code_point(line[length])) ++length;
    const std::string_view point = line.substr(0, length);
    const auto first = static_cast<unsigned char>(point[0]);
    const bool control = (first < 0x20 && first != '\t') || first == 0x7F;
    points.emplace_back(control || find_invalid_utf8(point) ? "\xEF\xBF\xBD" : point);
    line.remove_prefix(length);
  }
  return points;
}

void render_excerpt(std::string& out, std::string_view line, SourceFile::Place place, std::size_t marked,
                    std::string_view hint) {
  // Only the part that can be shown is taken apart, so that a line of many megabytes costs no more memory than another.
  const std::size_t from = place.column - 1 > kShownBefore ? place.column - 1 - kShownBefore : 0;
  std::size_t skipped = 0;
  while (!line.empty() && skipped < from) {
    line.remove_prefix(1);
    while (!line.empty() && continues_code_point(line[0])) line.remove_prefix(1);
    ++skipped;
  }
  const bool cut_after = line.size() > 4 * kShownWidth;
  std::vector<std::string> points = printable_code_points(line.substr(0, 4 * kShownWidth));
  const bool too_many = points.size() > kShownWidth;
  if (too_many) points.resize(kShownWidth);

  const std::size_t before = std::min<std::size_t>(place.column - 1 - skipped, points.size());
  std::string shown = skipped > 0 ? "…" : "";
  std::string carets = skipped > 0 ? " " : "";
  for (std::size_t i = 0; i < points.size(); ++i) {
    shown += points[i];
    if (i < before) carets += points[i] == "\t" ? "\t" : " ";
  }
  if (cut_after || too_many) shown += "…";
  carets.append(std::clamp<std::size_t>(marked, 1, std::max<std::size_t>(points.size() - before, 1)), '^');

  const std::string number = std::to_string(place.line);
  const std::string gutter(number.size() + 2, ' ');
  fmt::format_to(std::back_inserter(out), "{}|\n {} |{}{}\n{}| {}{}{}\n", gutter, number, shown.empty() ? "" : " ",
                 shown, gutter, carets, hint.empty() ? "" : " ", hint);
}

}    // namespace

void Diagnostics::error(DiagnosticKind kind, Span span, std::string message, std::string hint) {
  if (list_.size() == kMaxDiagnostics) {
    // A full list must not make a wrong file right: an error takes the place of a warning.
    const auto warning = std::find_if(list_.rbegin(), list_.rend(),
                                      [](const Diagnostic& one) { return one.severity == Severity::warning; });
    if (warning == list_.rend()) return;
    list_.erase(std::next(warning).base());
  }
  ++errors_;
  list_.push_back({kind, Severity::error, span, std::move(message), std::move(hint)});
}

void Diagnostics::warning(DiagnosticKind kind, Span span, std::string message, std::string hint) {
  if (list_.size() == kMaxDiagnostics) return;
  list_.push_back({kind, Severity::warning, span, std::move(message), std::move(hint)});
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<Diagnostic> result = list_;
  std::stable_sort(result.begin(), result.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  return result;
}

std::string Diagnostics::render() const {
  std::string out;
  for (const Diagnostic& one : sorted()) {
    if (!out.empty()) out += '\n';
    const SourceFile::Place place = source_.place(one.span.begin);
    const std::string_view line = source_.line(place.line);
    const std::size_t number_width = std::to_string(place.line).size();
    fmt::format_to(std::back_inserter(out), "{}: {}\n{}--> {}:{}:{}\n",
                   one.severity == Severity::error ? "error" : "warning", one.message,
                   std::string(number_width + 1, ' '), source_.name(), place.line, place.column);
    // A span over several lines is marked to the end of its first one.
    const std::string_view marked = source_.text(one.span);
    render_excerpt(out, line, place, count_code_points(marked.substr(0, marked.find_first_of("\r\n"))), one.hint);
  }
  return out;
}

}    // namespace cepheid::patterns
