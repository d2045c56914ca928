#include "cepheid/rules.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "nfa/automaton/pattern_fingerprint.hpp"
#include "nfa/expr/value_hash.hpp"
#include "patterns/embed/rules_impl.hpp"
#include "patterns/plan/load.hpp"

namespace cepheid::inline v0 {
namespace {

using patterns::RelationId;

/// The same in every run, version and machine.
std::uint64_t hash_of(std::string_view text) {
  nfa::Arena arena;
  nfa::ValueHasher hasher;
  hasher.add(nfa::Datum::of_text(arena.copy_text(text)), Type::string());
  return static_cast<std::uint64_t>(hasher.result());
}

/// What a relation is called in messages.
const char* kind_of(const patterns::Relation& relation) {
  if (std::holds_alternative<patterns::DerivedPlan>(relation.body)) return "a derived stream";
  if (std::holds_alternative<patterns::PatternPlan>(relation.body)) return "a pattern";
  return "what another stream leaves out";
}

/// Streams, patterns and groups of the plan; an error if a pattern reads what no stream of rows is.
Result<void> find_parts(Rules::Impl& impl) {
  std::vector<std::optional<StreamId>> stream_of(impl.plan.relations.size());
  for (RelationId id = 0; id < impl.plan.relations.size(); ++id) {
    const patterns::Relation& relation = impl.plan.relations[id];
    if (const auto* source = std::get_if<patterns::SourcePlan>(&relation.body)) {
      stream_of[id] = static_cast<StreamId>(impl.streams.size());
      impl.streams.push_back({relation.name, source, relation.layout.get()});
    }
  }
  for (const patterns::Relation& relation : impl.plan.relations) {
    const auto* pattern = std::get_if<patterns::PatternPlan>(&relation.body);
    if (pattern == nullptr) continue;
    std::vector<StreamId> streams;
    for (const RelationId input : pattern->inputs) {
      if (!stream_of[input]) {
        return Error{fmt::format("pattern `{}` reads `{}`, which is {}: the library runs patterns over streams of rows",
                                 relation.name, impl.plan.relations[input].name, kind_of(impl.plan.relations[input]))};
      }
      streams.push_back(*stream_of[input]);
    }
    auto group = std::ranges::find(impl.groups, streams, &Rules::Impl::Group::streams);
    if (group == impl.groups.end()) group = impl.groups.insert(group, {std::move(streams), {}});
    group->patterns.push_back(static_cast<PatternId>(impl.patterns.size()));
    impl.patterns.push_back({.name = relation.name,
                             .plan = pattern,
                             .rows = nfa::MatchRows(pattern->spec),
                             .fingerprint = fmt::format("{:016x}", hash_of(nfa::fingerprint(pattern->spec)))});
  }
  return {};
}

Result<std::shared_ptr<const Rules::Impl>> load(std::string name, std::string text,
                                                const patterns::Environment& environment) {
  auto impl = std::make_shared<Rules::Impl>();
  impl->text = std::move(text);
  const patterns::SourceFile source(std::move(name), impl->text);
  patterns::Diagnostics diagnostics(source);
  std::optional<patterns::Plan> plan = patterns::load_rules(source, environment, diagnostics);
  if (!plan) return Error{diagnostics.render()};
  impl->warnings = diagnostics.render();
  impl->plan = std::move(*plan);
  CEPHEID_TRY(find_parts(*impl));
  return std::shared_ptr<const Rules::Impl>(std::move(impl));
}

template <typename Id, typename Parts>
std::optional<Id> find_named(const Parts& parts, std::string_view name) {
  for (std::uint32_t i = 0; i < parts.size(); ++i) {
    if (parts[i].name == name) return static_cast<Id>(i);
  }
  return std::nullopt;
}

}    // namespace

Result<Rules> Rules::from_text(std::string_view text, const Options& options) {
  patterns::Environment environment;
  environment.variable = [&options](std::string_view name) -> std::optional<std::string> {
    return options.variable ? options.variable(name) : std::nullopt;
  };
  auto impl = load(options.name, std::string(text), environment);
  if (!impl) return impl.error();
  return Rules(std::move(*impl));
}

Result<Rules> Rules::make(const std::vector<Stream>& streams, const std::vector<Pattern>& patterns) {
  std::string text;
  patterns::Environment environment;
  for (const Stream& stream : streams) text += stream.text() + "\n";
  for (const Pattern& pattern : patterns) {
    text += pattern.text(environment.callables.size()) + "\n";
    for (const Callable& callable : pattern.callables()) environment.callables.push_back(callable.function);
  }
  auto impl = load("rules", std::move(text), environment);
  if (!impl) return impl.error();
  return Rules(std::move(*impl));
}

const std::string& Rules::text() const {
  return impl_->text;
}
const std::string& Rules::warnings() const {
  return impl_->warnings;
}

std::size_t Rules::streams() const {
  return impl_->streams.size();
}
std::optional<StreamId> Rules::find_stream(std::string_view name) const {
  return find_named<StreamId>(impl_->streams, name);
}
std::string_view Rules::name(StreamId stream) const {
  return impl_->of(stream).name;
}
const Schema& Rules::schema(StreamId stream) const {
  return impl_->of(stream).layout->schema();
}
DurationMs Rules::lateness(StreamId stream) const {
  return impl_->of(stream).plan->lateness;
}

std::size_t Rules::patterns() const {
  return impl_->patterns.size();
}
std::optional<PatternId> Rules::find_pattern(std::string_view name) const {
  return find_named<PatternId>(impl_->patterns, name);
}
std::string_view Rules::name(PatternId pattern) const {
  return impl_->of(pattern).name;
}
std::string Rules::fingerprint(PatternId pattern) const {
  return impl_->of(pattern).fingerprint;
}

}    // namespace cepheid::inline v0
