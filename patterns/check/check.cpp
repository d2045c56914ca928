#include "patterns/check/check.hpp"

#include "patterns/check/named_paths.hpp"
#include "patterns/check/relations.hpp"
#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

RelationId add_relation(const syntax::Name& name, std::shared_ptr<const nfa::RowLayout> layout,
                        decltype(Relation::body) body, CheckContext& context) {
  const auto id = static_cast<RelationId>(context.plan.relations.size());
  context.relations.define(name, id, layout);
  context.plan.relations.push_back({name.text, std::move(layout), std::move(body)});
  return id;
}

Plan check(const syntax::File& file, const Callables& callables, Diagnostics& diagnostics) {
  Plan plan;
  Relations relations(file, diagnostics);
  const auto named = last_parts_of_paths(file);
  CheckContext context{relations, plan, diagnostics, named, writes_whole_rows(file), callables};

  for (const syntax::Statement* statement : relations.in_order(diagnostics)) {
    if (const auto* stream = std::get_if<syntax::Stream>(statement)) check_stream(*stream, context);
    if (const auto* derived = std::get_if<syntax::Derived>(statement)) check_derived(*derived, context);
    if (const auto* pattern = std::get_if<syntax::Pattern>(statement)) check_pattern(*pattern, context);
    if (const auto* table = std::get_if<syntax::Table>(statement)) check_table(*table, context);
    if (const auto* aggregate = std::get_if<syntax::Aggregate>(statement)) check_aggregate(*aggregate, context);
    if (const auto* join = std::get_if<syntax::Join>(statement)) check_join(*join, context);
    if (const auto* rank = std::get_if<syntax::Rank>(statement)) check_rank(*rank, context);
    if (const auto* fraud = std::get_if<syntax::Fraud>(statement)) check_fraud(*fraud, context);
    if (const auto* channel = std::get_if<syntax::Channel>(statement)) check_channel(*channel, context);
    if (const auto* alert = std::get_if<syntax::Alert>(statement)) check_alert(*alert, context);
    if (const auto* alert = std::get_if<syntax::MetricsAlert>(statement)) check_metrics_alert(*alert, context);
    if (const auto* test = std::get_if<syntax::Test>(statement)) check_test(*test, context);
    if (const auto* sink = std::get_if<syntax::Sink>(statement)) check_sink(*sink, context);
  }
  return plan;
}

}    // namespace cepheid::patterns
