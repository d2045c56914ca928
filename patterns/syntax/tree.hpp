#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "patterns/syntax/alert_tree.hpp"
#include "patterns/syntax/expr_tree.hpp"
#include "patterns/syntax/fraud_tree.hpp"
#include "patterns/syntax/test_tree.hpp"

/// What a rule file says, as written: names not looked up, types unknown. Every part knows its place.
namespace cepheid::patterns::syntax {

// ---- patterns

enum class LinkWord : std::uint8_t { begin, next, followed_by, followed_by_any, not_next, not_followed_by };

struct Modifier {
  enum class Kind : std::uint8_t {
    where,    // `expr`
    until,    // `expr`
    one_or_more,
    zero_or_more,
    times,            // `from`, perhaps `to`
    times_or_more,    // `from`
    optional,
    greedy,
    consecutive,
    allow_combinations,
    within_previous,    // `from`: milliseconds
    within_of,          // `from`: milliseconds, `step`
  };
  Kind kind = Kind::where;
  Span span;
  Expr expr;
  std::int64_t from = 0;
  std::optional<std::int64_t> to;
  std::optional<Name> step;
};

struct Sequence;

struct Element {
  LinkWord link = LinkWord::begin;
  Span link_span;
  std::optional<Name> name;           // always there for a step
  std::optional<Name> of;             // stream
  std::unique_ptr<Sequence> group;    // of a group
  std::vector<Sequence> any_of;       // of `any_of ( … ) ( … )`: two or more
  std::vector<Element> all_of;        // of `all_of ( step, … )`: two or more steps, link `begin`
  std::vector<Modifier> modifiers;
  Span span;
};

struct Sequence {
  std::vector<Element> elements;
  Span span;
};

/// `absent NAME [where …] for DURATION`
struct Absent {
  Name name;
  std::vector<Expr> where;
  std::int64_t duration_ms = 0;
  Span span;
};

/// `limit partial_matches N [per key] then …`
struct Limit {
  enum class Then : std::uint8_t { drop_oldest, drop_newest, block_start, fail };
  std::int64_t most = 0;
  bool per_key = false;
  Then then = Then::drop_oldest;
  Span span;
};

struct AfterMatch {
  enum class Kind : std::uint8_t { no_skip, skip_to_next, skip_past_last, skip_to_first, skip_to_last };
  Kind kind = Kind::no_skip;
  std::optional<Name> step;
  bool or_fail = false;
  Span span;
};

struct Pattern {
  Name name;
  std::vector<Name> inputs;
  std::vector<Expr> key;
  std::optional<Expr> when;
  std::optional<Sequence> sequence;
  std::optional<DurationValue> within;
  std::optional<AfterMatch> after_match;
  std::optional<std::vector<Item>> emit;
  std::optional<std::vector<Item>> timeout_emit;
  std::optional<Absent> absent;
  std::optional<Limit> limit;
  bool shadow = false;
  bool broken = false;    // a clause did not parse: what is missing is not reported again
  Span span;
};

// ---- streams and sinks

/// `from` and `to`: where rows come from or go.
struct Address {
  enum class Kind : std::uint8_t { file, stdin_, stdout_, kafka, http, redis, postgres };
  Kind kind = Kind::file;
  Expr target;                           // a string; poisoned for stdin and stdout
  std::optional<Expr> brokers;           // kafka
  std::optional<Expr> group;             // kafka
  std::optional<Expr> table;             // postgres
  std::optional<bool> start_earliest;    // kafka
  std::vector<Expr> key;                 // of `to`
  struct Option {
    Expr name;
    Expr value;
  };
  std::vector<Option> options;
  Span span;
};

struct Format {
  enum class Kind : std::uint8_t { json, csv, avro, text };
  Kind kind = Kind::json;
  std::vector<TemplatePart> text;    // of `text`
  Span span;
};

struct TypeName {
  enum class Kind : std::uint8_t { bool_, int_, double_, decimal, string, timestamp };
  Kind kind = Kind::string;
  std::int64_t scale = 0;
  Span span;
};

struct SchemaField {
  Path path;
  TypeName type;
};

struct Stream {
  Name name;
  std::vector<Address> from;
  std::optional<Format> format;
  std::vector<SchemaField> schema;
  std::optional<Path> time;
  std::optional<DurationValue> lateness;
  std::optional<DurationValue> idle;
  std::optional<Name> late_to;
  std::optional<Name> invalid_to;
  std::vector<Path> require;
  bool broken = false;
  Span span;
};

/// `lookup TABLE … on (column = value, …) as NAME`
struct Lookup {
  Name table;
  std::optional<Expr> as_of;
  std::vector<Item> key;
  std::optional<Name> as;
};

struct Derived {
  struct Stage {
    enum class Kind : std::uint8_t { where, select, lookup, lateness };
    Kind kind = Kind::where;
    Span span;
    Expr where;
    std::vector<Item> select;
    Lookup lookup;
    DurationValue lateness;
  };
  Name name;
  std::vector<Name> inputs;
  std::vector<Stage> stages;    // in the order written
  bool broken = false;
  Span span;
};

struct Sink {
  struct To {
    Address address;
    std::optional<Format> format;
  };
  Name name;
  std::vector<Name> inputs;
  std::optional<Expr> where;
  std::optional<std::vector<Item>> select;
  std::vector<To> to;
  bool broken = false;
  Span span;
};

// ---- tables, aggregates, joins, ranks

struct Table {
  Name name;
  std::vector<Name> latest_from;
  std::vector<Address> from;
  std::optional<Format> format;
  std::vector<SchemaField> schema;
  std::vector<Name> key;
  std::optional<DurationValue> refresh;
  std::vector<Item> defaults;
  std::optional<Address> missing;
  bool broken = false;
  Span span;
};

struct Window {
  enum class Kind : std::uint8_t { none, tumbling, sliding, session, daily };
  Kind kind = Kind::none;
  DurationValue size;    // of tumbling, sliding; the gap of a session
  DurationValue every;
  std::optional<Expr> zone;
  Span span;
};

struct Aggregate {
  Name name;
  std::vector<Name> inputs;
  std::vector<Item> key;
  std::optional<Window> window;
  std::optional<std::vector<Item>> select;
  std::optional<Expr> having;
  std::optional<DurationValue> allowed_lateness;
  bool emit_changes = false;
  bool broken = false;
  Span span;
};

/// `within EARLIER DURATION before LATER`
struct JoinWindow {
  Name earlier;
  DurationValue duration;
  Name later;
  Span span;
};

struct Join {
  enum class Keep : std::uint8_t { all, first, last };
  struct Side {
    Name input;
    Name name;    // the short one
  };
  Name name;
  std::vector<Side> sides;    // two, if it parsed
  std::optional<Expr> on;
  std::optional<JoinWindow> within;
  Keep keep = Keep::all;
  bool keep_left = false;
  std::optional<std::vector<Item>> select;
  bool broken = false;
  Span span;
};

struct Order {
  Expr value;
  bool descending = false;
};

struct Rank {
  Name name;
  std::vector<Name> inputs;
  std::vector<Item> key;
  std::optional<Path> id;
  std::optional<Expr> leave;
  std::vector<Item> entry;
  std::optional<std::int64_t> top;
  Span top_span;
  std::vector<Order> by;
  std::optional<std::vector<Item>> select;
  bool broken = false;
  Span span;
};

/// A statement with a word that begins none (already reported): its name is known, so that what reads it is not
/// reported too.
struct UnknownStatement {
  std::string word;
  Name name;
  Span span;
};

using Statement = std::variant<Stream, Derived, Pattern, Sink, Table, Aggregate, Join, Rank, Fraud, Alert, MetricsAlert,
                               Channel, Test, UnknownStatement>;

struct File {
  std::vector<Statement> statements;
};

}    // namespace cepheid::patterns::syntax
