#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/automaton/pattern_spec.hpp"
#include "nfa/expr/typed_expr.hpp"
#include "nfa/row/layout.hpp"

/// A checked rule file as plain data: every name resolved, every type fixed. What the runtime builds a job from.
namespace cepheid::patterns {

/// Position of a relation in Plan::relations.
using RelationId = std::uint32_t;

struct Address {
  enum class Kind : std::uint8_t { file, stdin_, stdout_, kafka, http, redis, postgres };
  Kind kind = Kind::file;
  std::string target;    // path, topic, URL
  std::string brokers;
  std::string group;
  std::string table;
  bool start_earliest = false;
  std::vector<std::pair<std::string, std::string>> options;
};

enum class SourceFormat : std::uint8_t { json, csv, avro };

/// A `stream … { … }`. Its relation's fields: the schema's in order, then presence fields where needed.
struct SourcePlan {
  std::optional<Address> from;    // the first that is on; none: fed by `match`, tests or the library only
  SourceFormat format = SourceFormat::json;
  std::optional<std::uint32_t> time_field;    // absent: the time of arrival
  DurationMs lateness = 0;
  std::optional<DurationMs> idle;
  std::optional<RelationId> late_to;
  std::optional<RelationId> invalid_to;
  std::vector<std::uint32_t> required;    // fields (presence fields for objects), the time field among them
};

/// What a source gives aside: rows that no operator took for being late (fields of the source), or what does not decode
/// (fields `line`, `place`, `reason`, all string; `place` is FILE:LINE).
struct SideOutputPlan {
  RelationId source = 0;
  bool late = false;
};

/// Fields of an input put where the reader's common layout has them: field i of the input is field fields[i].
struct InputMapping {
  RelationId relation = 0;
  std::vector<std::uint32_t> fields;
};

/// A `stream … = from …`. The stages are applied in order; each sees the layout that the one before it left.
struct DerivedPlan {
  struct Stage {
    /// where: keeps rows for which it holds. select: computes `items` over the row and the items before.
    std::optional<nfa::TypedExpr> where;
    std::vector<nfa::NamedExpr> items;
    std::shared_ptr<const nfa::RowLayout> layout;    // after this stage
  };
  std::vector<InputMapping> inputs;
  std::shared_ptr<const nfa::RowLayout> input_layout;    // all inputs' fields; that of the input if there is one only
  std::vector<Stage> stages;
  std::optional<DurationMs> lateness;    // in place of its source's
};

struct PatternPlan {
  std::vector<RelationId> inputs;    // in the order of `on`
  nfa::PatternSpec spec;
  bool shadow = false;    // runs and is counted, but no sink or alert sees its rows
};

/// Something with a name and rows.
struct Relation {
  std::string name;
  std::shared_ptr<const nfa::RowLayout> layout;
  std::variant<SourcePlan, SideOutputPlan, DerivedPlan, PatternPlan> body;
};

/// One piece of a text format: literal text, or a value computed on the row.
struct TextPart {
  std::string text;
  std::optional<nfa::TypedExpr> value;
};

struct SinkPlan {
  enum class Format : std::uint8_t { json, csv, text };
  struct Input {
    RelationId relation = 0;
    std::optional<nfa::TypedExpr> where;
    std::optional<std::vector<nfa::NamedExpr>> select;    // absent: all fields of the input
    std::shared_ptr<const nfa::RowLayout> layout;         // of the rows written
    std::vector<TextPart> text;                           // format text, over the rows written
    std::vector<nfa::TypedExpr> key;                      // over the rows written
  };
  std::string name;
  std::vector<Input> inputs;
  Address to;    // the first that is on
  Format format = Format::json;
};

struct Plan {
  std::vector<Relation> relations;    // what is read stands before what reads it
  std::vector<SinkPlan> sinks;        // only those with an address that is on
};

}    // namespace cepheid::patterns
