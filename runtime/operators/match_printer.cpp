#include "runtime/operators/match_printer.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <tuple>
#include <variant>

#include <fmt/format.h>

namespace cepheid::runtime {

MatchPrinter::MatchPrinter(const patterns::Plan& plan, const std::vector<std::string>& patterns,
                           std::unique_ptr<Sink> out)
    : out_(std::move(out)) {
  for (const patterns::Relation& relation : plan.relations) {
    const auto* pattern = std::get_if<patterns::PatternPlan>(&relation.body);
    if (pattern == nullptr) continue;
    const nfa::PatternSpec& spec = pattern->spec;
    Known& made = known_.emplace_back();
    made.spec = &spec;
    made.printed = patterns.empty() || std::ranges::find(patterns, spec.name) != patterns.end();
    if (spec.stream_field) {
      for (const nfa::PatternSpec::Input& input : spec.inputs) made.events.emplace_back(spec.layout, input.fields);
    } else {
      made.events.emplace_back(spec.layout);
    }
  }
}

void MatchPrinter::on_match(const nfa::PatternSpec& spec, const nfa::MatchView& match,
                            std::span<const nfa::Datum> emitted) {
  const auto position = static_cast<std::size_t>(std::ranges::find(known_, &spec, &Known::spec) - known_.begin());
  const Known& pattern = known_[position];
  if (!pattern.printed) return;
  const std::size_t begin = text_.size();
  text_.append("{\"pattern\":");
  append_json_text(text_, spec.name);
  text_.append(",\"key\":[");
  for (std::size_t i = 0; i < match.key.size(); ++i) {
    if (i != 0) text_.push_back(',');
    append_json(text_, match.key[i], spec.key[i].type);
  }
  fmt::format_to(std::back_inserter(text_), "],\"start\":{},\"end\":{},\"match\":{{", match.start_ms, match.end_ms);
  append_steps(pattern, match);
  text_.push_back('}');
  if (match.timed_out ? spec.has_timeout_emit : spec.has_emit) {
    const std::vector<nfa::NamedExpr>& items = match.timed_out ? spec.timeout_emit : spec.emit;
    text_.append(",\"emit\":{");
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i != 0) text_.push_back(',');
      append_json_text(text_, items[i].name);
      text_.push_back(':');
      append_json(text_, emitted[i], items[i].value.type);
    }
    text_.push_back('}');
  }
  if (match.timed_out) text_.append(",\"timeout\":true");
  text_.append("}\n");
  lines_.push_back({.sequence = match.sequence,
                    .time_ms = match.time_ms,
                    .rank = match.rank,
                    .pattern = position,
                    .begin = begin,
                    .end = text_.size()});
}

void MatchPrinter::append_steps(const Known& pattern, const nfa::MatchView& match) {
  by_step_.resize(match.events.size());
  std::iota(by_step_.begin(), by_step_.end(), 0u);
  std::ranges::stable_sort(by_step_, {}, [&](std::uint32_t i) { return match.events[i].step; });
  const nfa::TakenEvent* before = nullptr;
  for (const std::uint32_t i : by_step_) {
    const nfa::TakenEvent& event = match.events[i];
    if (before != nullptr && before->step == event.step) {
      text_.push_back(',');
    } else {
      if (before != nullptr) text_.append("],");
      append_json_text(text_, pattern.spec->step_names[event.step]);
      text_.append(":[");
    }
    pattern.events[pattern.spec->stream_field ? event.input : 0].append(text_, event.row);
    before = &event;
  }
  if (before != nullptr) text_.push_back(']');
}

Result<void> MatchPrinter::end_pass() {
  if (lines_.empty()) return {};
  const auto place = [](const Line& line) { return std::tuple(line.sequence, line.time_ms, line.rank, line.pattern); };
  if (!std::ranges::is_sorted(lines_, {}, place)) std::ranges::stable_sort(lines_, {}, place);
  for (const Line& line : lines_) {
    CEPHEID_TRY(out_->write(std::string_view(text_).substr(line.begin, line.end - line.begin)));
  }
  lines_.clear();
  text_.clear();
  return out_->flush();
}

}    // namespace cepheid::runtime
