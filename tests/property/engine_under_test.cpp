#include "property/engine_under_test.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "nfa/engine/engine.hpp"
#include "nfa/row/arena.hpp"
#include "nfa/row/layout.hpp"
#include "patterns/plan/load.hpp"
#include "patterns/plan/plan.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/source/source_file.hpp"
#include "patterns/syntax/parse.hpp"
#include "property/random.hpp"

namespace cepheid::property {
namespace {

using reference::Event;
using reference::Match;

class Collector : public nfa::MatchConsumer {
 public:
  explicit Collector(std::vector<const nfa::PatternSpec*> specs)
      : of_pattern(specs.size()), specs_(std::move(specs)), id_(*specs_[0]->layout->schema().find("id")) {}

  void on_match(const nfa::MatchView& view) override {
    const nfa::PatternSpec& spec = *specs_[view.pattern];
    Match match;
    if (!view.key.empty()) match.key = view.key[0].text->view();
    for (const nfa::TakenEvent& taken : view.events) {
      const nfa::Datum id = nfa::read_field(taken.row, spec.layout->slot(id_));
      match.path.emplace_back(spec.step_names[taken.step], id.integer);
    }
    match.start = view.start_ms;
    match.end = view.end_ms;
    match.timed_out = view.timed_out;
    of_pattern[view.pattern].push_back(std::move(match));
  }

  std::vector<std::vector<Match>> of_pattern;

 private:
  std::vector<const nfa::PatternSpec*> specs_;
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

/// Engines, each with its share of the keys, and the rows on their way to them.
class Feed {
 public:
  /// `specs`: of all patterns, the first of which is `pattern`.
  Feed(const patterns::Plan& plan, const patterns::PatternPlan& pattern,
       const std::vector<const nfa::PatternSpec*>& specs, Way way, nfa::MatchWish wish, Collector& collector)
      : plan_(plan),
        pattern_(pattern),
        way_(way),
        wish_(wish),
        collector_(collector),
        largest_(pattern.inputs.size(), std::numeric_limits<TimeMs>::min()) {
    for (const nfa::PatternSpec* spec : specs) specs_.emplace_back(std::shared_ptr<void>(), spec);
    const std::size_t engines = way == Way::by_key && !pattern.spec.key.empty() ? 3 : 1;
    for (std::size_t n = 0; n < engines; ++n) engines_.push_back(new_engine());
  }

  void push(const Event& event) {
    const auto input = static_cast<std::uint32_t>(event.stream);
    const patterns::Relation& stream = plan_.relations[pattern_.inputs[input]];
    const nfa::RowLayout& own = *stream.layout;
    std::vector<std::uint64_t> row(own.words());
    own.clear(row.data());
    for (std::uint32_t i = 0; i < own.schema().size(); ++i) {
      own.set(row.data(), i, field_of(event, own.schema().fields()[i].name, arena_));
    }
    largest_[input] = std::max(largest_[input], event.ts);
    const TimeMs low = largest_[input] - std::get<patterns::SourcePlan>(stream.body).lateness;
    const std::size_t owner = std::hash<std::string>{}(event.user) % engines_.size();
    engines_[owner]->push(input, row.data(), event.ts, ++sequence_, way_ == Way::row_by_row ? low : kBeginOfTime);
    arena_.clear();
    if (random_.chance(kRowsSaved)) go_on_in_new_engine();
    advance(input, low);
    if (random_.chance(kRowsSaved)) go_on_in_new_engine();
  }

  void finish() {
    for (std::uint32_t input = 0; input < pattern_.inputs.size(); ++input) advance(input, kEndOfTime);
  }
  /// Of the first engine.
  [[nodiscard]] const PatternStats& stats(std::uint32_t pattern = 0) const { return engines_.front()->stats(pattern); }

 private:
  static constexpr int kRowsSaved = 10;    // percent

  std::unique_ptr<nfa::Engine> new_engine() {
    const bool one_by_one = way_ == Way::one_by_one || way_ == Way::saved_one_by_one;
    return std::make_unique<nfa::Engine>(specs_, collector_,
                                         nfa::Engine::Options{.merge_partial_matches = !one_by_one, .matches = wish_});
  }
  static std::string saved(const nfa::Engine& engine) {
    std::string bytes;
    nfa::ByteWriter out(bytes);
    engine.save(out);
    return bytes;
  }
  /// If the way says so. What goes wrong shows as a match that nobody expects.
  void go_on_in_new_engine() {
    if (way_ != Way::saved && way_ != Way::saved_one_by_one) return;
    const std::string bytes = saved(*engines_.front());
    auto loaded = new_engine();
    nfa::ByteReader in{std::string_view(bytes)};
    if (const Result<void> result = loaded->load(in); !result) {
      collector_.of_pattern[0].push_back({.key = result.error().message});
    } else if (saved(*loaded) != bytes) {
      collector_.of_pattern[0].push_back({.key = "what was loaded is not what was saved"});
    }
    engines_.front() = std::move(loaded);
  }
  void advance(std::uint32_t input, TimeMs low) {
    for (const auto& engine : engines_) engine->advance(input, low, sequence_);
  }

  const patterns::Plan& plan_;
  const patterns::PatternPlan& pattern_;
  const Way way_;
  const nfa::MatchWish wish_;
  Collector& collector_;
  std::vector<TimeMs> largest_;
  std::vector<std::shared_ptr<const nfa::PatternSpec>> specs_;
  std::vector<std::unique_ptr<nfa::Engine>> engines_;
  nfa::Arena arena_;
  std::uint64_t sequence_ = 0;
  Random random_{1};
};

}    // namespace

const char* name_of(Way way) {
  switch (way) {
    case Way::row_by_row: return "row by row";
    case Way::buffered: return "buffered";
    case Way::one_by_one: return "partial matches one by one";
    case Way::by_key: return "by key";
    case Way::saved: return "saved and loaded";
    case Way::saved_one_by_one: return "saved and loaded, partial matches one by one";
  }
  return "";
}

struct LoadedPattern::Loaded {
  patterns::Plan plan;
  patterns::PatternPlan* pattern = nullptr;
};

LoadedPattern::LoadedPattern(const std::string& rules) : loaded_(std::make_unique<Loaded>()) {
  const patterns::SourceFile source("case.cep", rules);
  patterns::Diagnostics diagnostics(source);
  const patterns::Environment environment{[](std::string_view) { return std::nullopt; },
                                          [](std::string_view) { return std::nullopt; }};
  std::optional<patterns::Plan> plan = patterns::load_rules(source, environment, diagnostics);
  if (!plan) {
    diagnostics_ = diagnostics.render();
    return;
  }
  loaded_->plan = std::move(*plan);
  for (patterns::Relation& relation : loaded_->plan.relations) {
    if (auto* pattern = std::get_if<patterns::PatternPlan>(&relation.body)) loaded_->pattern = pattern;
  }
}

LoadedPattern::~LoadedPattern() = default;
LoadedPattern::LoadedPattern(LoadedPattern&&) noexcept = default;
LoadedPattern& LoadedPattern::operator=(LoadedPattern&&) noexcept = default;

nfa::PatternSpec& LoadedPattern::spec() {
  return loaded_->pattern->spec;
}

std::vector<Match> LoadedPattern::run(const std::vector<Event>& events, Way way) const {
  Collector collector({&loaded_->pattern->spec});
  Feed feed(loaded_->plan, *loaded_->pattern, {&loaded_->pattern->spec}, way, {}, collector);
  for (const Event& event : events) feed.push(event);
  feed.finish();
  std::ranges::sort(collector.of_pattern[0]);
  return std::move(collector.of_pattern[0]);
}

std::optional<std::uint64_t> LoadedPattern::count(const std::vector<Event>& events, Way way) const {
  Collector collector({&loaded_->pattern->spec});
  Feed feed(loaded_->plan, *loaded_->pattern, {&loaded_->pattern->spec}, way, {.kind = nfa::MatchWish::Kind::count},
            collector);
  for (const Event& event : events) feed.push(event);
  feed.finish();
  if (!collector.of_pattern[0].empty()) return std::nullopt;
  return feed.stats().matches;
}

std::vector<std::vector<Match>> LoadedPattern::run_together(const std::vector<LoadedPattern>& patterns,
                                                            const std::vector<Event>& events, Way way,
                                                            nfa::MatchWish wish) {
  std::vector<const nfa::PatternSpec*> specs;
  for (const LoadedPattern& pattern : patterns) specs.push_back(&pattern.loaded_->pattern->spec);
  Collector collector(specs);
  const Loaded& first = *patterns.front().loaded_;
  Feed feed(first.plan, *first.pattern, specs, way, wish, collector);
  for (const Event& event : events) feed.push(event);
  feed.finish();
  for (std::uint32_t i = 0; i < specs.size(); ++i) {
    std::vector<Match>& matches = collector.of_pattern[i];
    const std::uint64_t counted = feed.stats(i).matches;
    const auto given = static_cast<std::uint64_t>(std::ranges::count(matches, false, &Match::timed_out));
    if (wish.kind == nfa::MatchWish::Kind::count) {
      if (given == 0) matches.resize(counted);
    } else if (way != Way::by_key && given != counted) {
      matches.push_back({.key = "counted: " + std::to_string(counted)});
    }
    std::ranges::sort(matches);
  }
  return std::move(collector.of_pattern);
}

}    // namespace cepheid::property
