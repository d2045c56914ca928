#pragma once

#include <set>
#include <string>

#include "patterns/check/relations.hpp"
#include "patterns/plan/plan.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/parse.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// What the checks of all statements share.
struct CheckContext {
  Relations& relations;
  Plan& plan;
  Diagnostics& diagnostics;
  /// Last parts of all paths that the file names: only for these can a path be the beginning of declared ones.
  const std::set<std::string, std::less<>>& named;
  /// Are rows written whole? Then it shows which of their objects are there.
  bool whole_rows;
  const Callables& callables;
};

// Each checks one statement, reports what is wrong with it, and if all it needs is right adds what it makes to the
// plan.
void check_stream(const syntax::Stream& stream, CheckContext& context);
void check_derived(const syntax::Derived& derived, CheckContext& context);
void check_pattern(const syntax::Pattern& pattern, CheckContext& context);
void check_table(const syntax::Table& table, CheckContext& context);
void check_aggregate(const syntax::Aggregate& aggregate, CheckContext& context);
void check_join(const syntax::Join& join, CheckContext& context);
void check_rank(const syntax::Rank& rank, CheckContext& context);
void check_fraud(const syntax::Fraud& fraud, CheckContext& context);
void check_channel(const syntax::Channel& channel, CheckContext& context);
void check_alert(const syntax::Alert& alert, CheckContext& context);
void check_metrics_alert(const syntax::MetricsAlert& alert, CheckContext& context);
void check_test(const syntax::Test& test, CheckContext& context);
void check_sink(const syntax::Sink& sink, CheckContext& context);

/// Adds a relation and makes it known by its name.
RelationId add_relation(const syntax::Name& name, std::shared_ptr<const nfa::RowLayout> layout,
                        decltype(Relation::body) body, CheckContext& context);

}    // namespace cepheid::patterns
