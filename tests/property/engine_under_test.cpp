#include "property/engine_under_test.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include "nfa/engine/engine.hpp"
#include "nfa/row/arena.hpp"
#include "nfa/row/layout.hpp"
#include "patterns/check/check.hpp"
#include "patterns/plan/plan.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/source/source_file.hpp"
#include "patterns/syntax/parse.hpp"

namespace cepheid::property {
namespace {

using reference::Event;
using reference::Match;

class Collector : public nfa::MatchConsumer {
 public:
  explicit Collector(const nfa::PatternSpec& spec) : spec_(spec), id_(*spec.layout->schema().find("id")) {}

  void on_match(const nfa::MatchView& view) override {
    Match match;
    if (!view.key.empty()) match.key = view.key[0].text->view();
    for (const nfa::TakenEvent& taken : view.events) {
      const nfa::Datum id = nfa::read_field(taken.row, spec_.layout->slot(id_));
      match.path.emplace_back(spec_.step_names[taken.step], id.integer);
    }
    match.start = view.start_ms;
    match.end = view.end_ms;
    match.timed_out = view.timed_out;
    matches.push_back(std::move(match));
  }

  std::vector<Match> matches;

 private:
  const nfa::PatternSpec& spec_;
  std::uint32_t id_;
};

nfa::Datum field_of(const Event& event, const std::string& field, nfa::Arena& arena) {
  if (field == "id") return nfa::Datum::of_int(event.id);
  if (field == "ts") return nfa::Datum::of_int(event.ts);
  if (field == "qty") return nfa::Datum::of_int(event.qty);
  if (field == "name") return nfa::Datum::of_text(arena.copy_text(event.name));
  if (field == "user") return nfa::Datum::of_text(arena.copy_text(event.user));
  return event.price ? nfa::Datum::of_double(*event.price) : nfa::Datum{};
}

std::vector<Match> run_pattern(const patterns::Plan& plan, const patterns::PatternPlan& pattern,
                               const std::vector<Event>& events) {
  const auto spec = std::shared_ptr<const nfa::PatternSpec>(std::shared_ptr<void>(), &pattern.spec);
  Collector collector(*spec);
  nfa::Engine engine({spec}, collector);
  const nfa::RowLayout& layout = *spec->layout;
  std::vector<TimeMs> largest(pattern.inputs.size(), std::numeric_limits<TimeMs>::min());
  nfa::Arena arena;
  std::uint64_t sequence = 0;
  for (const Event& event : events) {
    const auto input = static_cast<std::uint32_t>(event.stream);
    const patterns::Relation& stream = plan.relations[pattern.inputs[input]];
    std::vector<std::uint64_t> row(layout.words());
    layout.clear(row.data());
    for (std::uint32_t i = 0; i < stream.layout->schema().size(); ++i) {
      layout.set(row.data(), spec->inputs[input].fields[i],
                 field_of(event, stream.layout->schema().fields()[i].name, arena));
    }
    if (spec->stream_field) layout.set(row.data(), *spec->stream_field, nfa::Datum::of_int(input));
    engine.push(input, row.data(), event.ts, ++sequence);
    arena.clear();
    largest[input] = std::max(largest[input], event.ts);
    engine.advance(input, largest[input] - std::get<patterns::SourcePlan>(stream.body).lateness, sequence);
  }
  for (std::uint32_t input = 0; input < pattern.inputs.size(); ++input) engine.advance(input, kEndOfTime, ++sequence);
  return std::move(collector.matches);
}

}  // namespace

EngineResult run_engine(const std::string& rules, const std::vector<Event>& events) {
  const patterns::SourceFile source("case.cep", rules);
  patterns::Diagnostics diagnostics(source);
  const patterns::Environment environment{[](std::string_view) { return std::nullopt; },
                                          [](std::string_view) { return std::nullopt; }};
  const patterns::syntax::File file = patterns::parse(source, environment, diagnostics);
  EngineResult result;
  patterns::Plan plan;
  if (!diagnostics.has_errors()) plan = patterns::check(file, diagnostics);
  if (diagnostics.has_errors()) {
    result.diagnostics = diagnostics.render();
    return result;
  }
  for (const patterns::Relation& relation : plan.relations) {
    if (const auto* pattern = std::get_if<patterns::PatternPlan>(&relation.body)) {
      result.matches = run_pattern(plan, *pattern, events);
    }
  }
  return result;
}

}  // namespace cepheid::property
