#pragma once

#include <vector>

#include "patterns/plan/plan.hpp"

namespace cepheid::runtime {

/// The relations that a relation reads, in order.
[[nodiscard]] std::vector<patterns::RelationId> inputs_of(const patterns::Relation& relation);

/// The relations whose rows must be there before those of `relation` are made: its inputs, and what feeds the tables
/// that it looks things up in.
[[nodiscard]] std::vector<patterns::RelationId> needed_by(const patterns::Plan& plan, patterns::RelationId relation);

/// The tables that a relation looks things up in.
[[nodiscard]] std::vector<patterns::TableId> tables_of(const patterns::Relation& relation);

/// Does it judge the lateness of its inputs' rows?
[[nodiscard]] bool judges_lateness(const patterns::Relation& relation);

/// For each relation: does its rows stand for source rows, only filtered, selected or put together? By source.
[[nodiscard]] std::vector<std::vector<patterns::RelationId>> sources_behind(const patterns::Plan& plan);

/// All relations in the order in which a pass fills them: what is read first; `late to` streams after those that judge
/// their source's rows (unless one of them reads the late stream itself); otherwise as in the plan.
[[nodiscard]] std::vector<patterns::RelationId> run_order(const patterns::Plan& plan);

}    // namespace cepheid::runtime
