#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cepheid/fraud.hpp"
#include "cepheid/time.hpp"
#include "nfa/automaton/pattern_spec.hpp"
#include "nfa/expr/typed_expr.hpp"
#include "nfa/row/layout.hpp"
#include "patterns/source/source_file.hpp"

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

/// Position of a table in Plan::tables.
using TableId = std::uint32_t;

/// A look-up of a row by its key. Expressions of later stages read it as side `side` (TypedExpr::side_field), until a
/// `select` has made a new row. A key that is not there, or has a null part, gives a row of defaults.
struct LookupPlan {
  TableId table = 0;
  std::vector<nfa::TypedExpr> key;        // over the row at hand, in the order of the table's key
  std::optional<nfa::TypedExpr> as_of;    // a timestamp: the table as it was then
  std::uint32_t side = 0;                 // look-ups since the last `select` are sides 0, 1, …
};

/// A `stream … = from …`. The stages are applied in order; each sees the layout that the one before it left.
struct DerivedPlan {
  struct Stage {
    /// One of three. where: keeps rows for which it holds. lookup: finds a side row. Neither: select, which computes
    /// `items` over the row, its sides and the items before.
    std::optional<nfa::TypedExpr> where;
    std::optional<LookupPlan> lookup;
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

/// One call of an aggregate function, told apart from all others of its statement: what is summed up over the rows of a
/// window and key. Expressions are over the input row.
struct AggregateCall {
  enum class Function : std::uint8_t {
    count_rows,    // int: rows
    count,         // int: rows for which `value` is not null; of a bool: for which it is true
    sum,           // of value's type (int: null on overflow, decimal exact, double)
    avg,           // double
    min,
    max,       // of value's type
    stddev,    // double: of a sample, null of fewer than two
    first,
    last,                     // of value's type, in order of arrival
    count_distinct,           // int, exact
    approx_count_distinct,    // int
    percentile,               // of value's type: nearest rank, `fraction`
    collect,                  // list of value's type, in order of arrival, or by `by` (stable)
    histogram,                // object text(value) -> count
    per,                      // object text(value) -> `result`, over the calls `inner` on the rows with this value
    top,    // list of {value, total}: the `n` values with the largest sum of `by`, ties by smaller value
  };
  Function function = Function::count_rows;
  std::optional<nfa::TypedExpr> value;
  std::optional<nfa::TypedExpr> by;
  bool descending = false;    // of collect
  double fraction = 0;
  std::int64_t n = 0;
  std::optional<nfa::TypedExpr> where;                   // rows for which it does not hold are left out
  std::vector<AggregateCall> inner;                      // of per
  std::shared_ptr<const nfa::RowLayout> inner_layout;    // of per: a field for each inner call
  std::optional<nfa::TypedExpr> result;                  // of per: over inner_layout
  Type type;                                             // of what it gives
};

struct WindowPlan {
  enum class Kind : std::uint8_t { none, tumbling, sliding, session, daily };
  Kind kind = Kind::none;
  DurationMs size_ms = 0;     // tumbling, sliding; the gap of a session
  DurationMs every_ms = 0;    // sliding
  std::string zone;           // daily; "" is UTC
};

/// An `aggregate`. For each window and key one row is kept up: the key's values, window_start and window_end
/// (timestamps, null without a window), and what each call gives, in this order, in `state_layout`; the relation's row
/// is computed from it.
struct AggregatePlan {
  std::vector<InputMapping> inputs;
  std::shared_ptr<const nfa::RowLayout> input_layout;
  std::vector<nfa::NamedExpr> key;    // over the input row; none: one key for all
  WindowPlan window;
  std::vector<AggregateCall> calls;
  std::shared_ptr<const nfa::RowLayout> state_layout;
  std::vector<nfa::NamedExpr> items;       // over the state row and the items before
  std::optional<nfa::TypedExpr> having;    // over the relation's row
  DurationMs allowed_lateness = 0;
  bool emit_changes = false;
};

/// A `join`: c is the left input, k the right one.
struct JoinPlan {
  struct Side {
    InputMapping input;
    std::shared_ptr<const nfa::RowLayout> layout;
  };
  enum class Keep : std::uint8_t { all, first, last };
  /// One alternative of `on`'s disjunctive form: equalities of an expression of c with one of k, and what is left.
  struct Alternative {
    struct Equality {
      nfa::TypedExpr left;     // over c's row
      nfa::TypedExpr right;    // over k's row
    };
    std::vector<Equality> equalities;
    std::optional<nfa::TypedExpr> rest;    // over sides 0 (c) and 1 (k)
  };
  Side left;
  Side right;
  std::vector<Alternative> on;    // joined if any holds
  DurationMs before_ms = 0;       // c's time - before <= k's time <= c's time
  Keep keep = Keep::all;
  bool keep_left = false;               // a row without k where there is none
  std::vector<nfa::NamedExpr> items;    // over sides 0 and 1 and the items before
};

/// A `rank`. The relation's row is computed over the row that changed the ranking and, as side 0, the ranking:
/// `entries` (list of objects of the entry's items) and `total` (int), in `ranking_layout`.
struct RankPlan {
  struct Order {
    nfa::TypedExpr value;
    bool descending = false;
  };
  std::vector<InputMapping> inputs;
  std::shared_ptr<const nfa::RowLayout> input_layout;
  std::vector<nfa::NamedExpr> key;
  nfa::TypedExpr id;
  std::optional<nfa::TypedExpr> leave;
  std::optional<std::int64_t> top;    // absent: all
  std::vector<Order> by;              // null last, whatever the direction
  std::vector<nfa::NamedExpr> entry;
  std::shared_ptr<const nfa::RowLayout> ranking_layout;
  std::vector<nfa::NamedExpr> items;
};

/// A `table`. Rows of one key replace each other.
struct TablePlan {
  std::string name;
  std::shared_ptr<const nfa::RowLayout> layout;
  std::vector<std::uint32_t> key;                                    // fields
  std::vector<std::pair<std::uint32_t, nfa::TypedExpr>> defaults;    // constants
  std::vector<InputMapping> latest_from;                             // of `latest from`: fed by relations
  std::optional<Address> from;                                       // else
  SourceFormat format = SourceFormat::json;
  std::optional<DurationMs> refresh_ms;
  std::optional<Address> missing;    // asked for keys that are not there
};

/// One piece of a text format: literal text, or a value computed on the row.
struct TextPart {
  std::string text;
  std::optional<nfa::TypedExpr> value;
};

/// Position of a channel in Plan::channels.
using ChannelId = std::uint32_t;

/// An `alert`. Each input row for which `resolve_when` holds ends the open alerts with its dedupe key and is not
/// raised; of the others each for which `when` holds is raised unless `dedupe` holds it back. All but the two
/// conditions is over the raised row: the fields of the input in their order, with `severity` (a string) in the place
/// of a field of that name or behind them, and without a `select` `alert` (the statement's name) likewise. The
/// relation's rows are the raised ones, or what `select` makes of them; their time is the input row's. Rows of a
/// `shadow` pattern come to no alert.
struct AlertPlan {
  /// `by` of nothing: one key for all.
  struct Keyed {
    DurationMs duration = 0;
    std::vector<nfa::TypedExpr> by;
  };
  struct Limit {
    std::int64_t most = 0;
    DurationMs per = 0;
  };
  /// An alert that is not resolved `after` it was raised, by the wall clock, goes to more channels.
  struct Escalation {
    std::vector<ChannelId> to;
    DurationMs after = 0;
    std::string severity;    // only alerts of this one; empty: all
  };
  std::vector<InputMapping> inputs;
  std::shared_ptr<const nfa::RowLayout> input_layout;
  std::optional<nfa::TypedExpr> when;    // over the input row; absent: every row
  std::vector<nfa::NamedExpr> raised;    // over the input row: the raised row
  std::shared_ptr<const nfa::RowLayout> raised_layout;
  std::uint32_t severity_field = 0;    // of the raised row; `warning` without the clause
  std::optional<Keyed> dedupe;         // event time: held back if time < last raised time of the key + duration
  std::optional<Keyed> group;          // channels get what is raised for one key within it as one message
  std::optional<Limit> limit;          // channels get at most so many; the rest is counted
  std::optional<nfa::TypedExpr> resolve_when;           // over the input row
  std::optional<DurationMs> resolve_after;              // resolved when its key was not raised for so long
  std::vector<TextPart> title;                          // of nothing: the alert's name and severity
  std::vector<TextPart> body;                           // of nothing: the row
  std::optional<std::vector<nfa::NamedExpr>> select;    // over the raised row and the items before
  std::vector<ChannelId> notify;                        // those that are on
  std::vector<Escalation> escalations;                  // by `after`; only those with a channel that is on
  bool shadow = false;    // raised and counted, but no channel, sink or statement gets the rows
};

/// A value or condition over the program's own metrics. Conditions are null where a metric is not there.
struct MetricsExpr {
  enum class Kind : std::uint8_t {
    number,    // `number`
    metric,    // `name` with at least these `labels`; of several series the sum
    rate,      // of args[0], a metric: increase a second over `window`
    negate,
    add,
    subtract,
    multiply,
    divide,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    not_,
    and_,
    or_,    // two or more args
  };
  Kind kind = Kind::number;
  double number = 0;
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;
  DurationMs window = 0;
  std::vector<MetricsExpr> args;
};

/// A `metrics_alert`, by wall clock.
struct MetricsAlertPlan {
  std::string name;
  MetricsExpr when;
  DurationMs hold = 0;    // raised when the condition has held for so long; resolved when it holds no more
  std::string severity;
  std::optional<DurationMs> dedupe;
  /// What `title` and `body` look at: alert string, severity string, value double, time timestamp. `value` is the left
  /// side of the first comparison that holds.
  std::shared_ptr<const nfa::RowLayout> layout;
  std::vector<TextPart> title;
  std::vector<TextPart> body;
  std::vector<ChannelId> notify;
};

/// A `channel`: where alerts are sent.
struct ChannelPlan {
  enum class Kind : std::uint8_t { stdout_, file, webhook, slack, pagerduty, email, kafka };
  using Pair = std::pair<std::string, std::string>;
  std::string name;
  Kind kind = Kind::stdout_;
  std::string target;            // path of a file, topic of Kafka
  std::vector<Pair> settings;    // `url`, `routing_key`, `to`, `smtp` …; durations in ms. Secrets may be among them
  std::vector<Pair> headers;     // of a webhook
  std::vector<Pair> options;     // passed on to the client library
  std::string
      body;      // of a webhook: JSON with `${NAME}` for channel_fields(), `$${` for `${`; empty: the alert as JSON
  Span place;    // of its name in the rule file, for what only its library can tell to be wrong
  Span body_place;    // of the word `body`

  /// The value of a setting, or null.
  [[nodiscard]] const std::string* setting(std::string_view word) const {
    for (const Pair& pair : settings) {
      if (pair.first == word) return &pair.second;
    }
    return nullptr;
  }
};

/// What the body of a channel can tell: of the message, or of its first alert; and `values.FIELD` of the row.
[[nodiscard]] const std::vector<std::string_view>& channel_fields();

/// A `fraud`: each row is scored when it arrives. The relation's rows are the input's fields at their places, then
/// `risk_score` (double), `level` and `recommendation` (strings, null below all levels) and `risk_factors`: a list of
/// objects with `type` (reason_code), `risk_score`, then `facts` by their names and, if there are lists, `list`; null
/// where a factor has none of it.
struct FraudPlan {
  /// Nothing: no clause asks for it. Over the input row, as are all expressions here.
  struct Roles {
    std::optional<nfa::TypedExpr> type;      // string, as merchant, device and country
    std::optional<nfa::TypedExpr> amount;    // double, as latitude and longitude
    std::optional<nfa::TypedExpr> latitude;
    std::optional<nfa::TypedExpr> longitude;
    std::optional<nfa::TypedExpr> merchant;
    std::optional<nfa::TypedExpr> device;
    std::optional<nfa::TypedExpr> country;
  };
  std::vector<InputMapping> inputs;
  std::shared_ptr<const nfa::RowLayout> input_layout;
  std::vector<nfa::TypedExpr> key;
  Roles roles;
  FraudRules rules;                        // without the text of the model, whose path is relative to the rule file
  std::vector<LookupPlan> lists;           // of the rules, in their order: a row stands in one if its key is found
  std::vector<nfa::TypedExpr> features;    // of the model, double, in the order of its names
  std::vector<FraudFact> facts;
};

/// Something with a name and rows.
struct Relation {
  std::string name;
  std::shared_ptr<const nfa::RowLayout> layout;
  std::variant<SourcePlan, SideOutputPlan, DerivedPlan, PatternPlan, AggregatePlan, JoinPlan, RankPlan, AlertPlan,
               FraudPlan>
      body;
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

/// A row of a test, as written.
struct TestRow {
  std::string json;          // one object, without comments
  std::uint32_t line = 0;    // where it begins in the rule file, from 1
  std::uint32_t column = 0;
};

/// A `test`: what comes out when these rows come in, and time then ends.
struct TestPlan {
  /// Rows for a source or, in place of its file, for a table. In the order written, over all of them.
  struct Given {
    std::optional<TableId> table;    // or else
    RelationId source = 0;
    std::vector<TestRow> rows;
  };
  /// Of no rows: the relation gives none. Else each is found in another row of the relation: the fields that it names
  /// are there with these values.
  struct Expect {
    RelationId relation = 0;
    std::vector<TestRow> rows;
    std::uint32_t line = 0;    // of the relation's name
    std::uint32_t column = 0;
  };
  std::string title;
  std::vector<Given> given;
  std::vector<Expect> expect;
};

struct Plan {
  std::vector<Relation> relations;    // what is read stands before what reads it
  std::vector<TablePlan> tables;
  std::vector<SinkPlan> sinks;          // only those with an address that is on
  std::vector<ChannelPlan> channels;    // only those with an address that is on
  std::vector<MetricsAlertPlan> metrics_alerts;
  std::vector<TestPlan> tests;
};

}    // namespace cepheid::patterns
