#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "patterns/source/source_file.hpp"

/// What every statement is made of: names, values, expressions, items.
namespace cepheid::patterns::syntax {

struct Name {
  std::string text;    // without back-ticks
  Span span;
};

/// `a.b.c`
struct Path {
  std::vector<Name> parts;
  Span span;
};

enum class UnaryOp : std::uint8_t { not_, negate };
enum class BinaryOp : std::uint8_t {
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  like,
  not_like,
  matches,
  not_matches,
  add,
  subtract,
  multiply,
  divide,
  remainder,
};

struct Item;

/// An expression. `args` holds the operands of every kind that has some.
struct Expr {
  enum class Kind : std::uint8_t {
    poisoned,    // did not parse; already reported
    null,
    boolean,      // `boolean`
    integer,      // `integer`
    number,       // `text`: digits as written, without `_`: has a point or an exponent
    string,       // `text`: escapes and ${…} resolved
    duration,     // `integer`: milliseconds
    reference,    // `path`, perhaps with `index` after its first part: `view[-1].price`, `user_id`, `a.b`
    call,         // `path` (one part) of `args`
    unary,        // `unary`
    binary,       // `binary`
    and_,
    or_,        // two or more args
    between,    // args: value, low, high; `negated`
    in,         // args: value, candidates…; `negated`
    is_null,    // args: value; `negated`
    list,       // [ … ]
    object,     // { … }: `items`
  };

  Kind kind = Kind::poisoned;
  Span span;
  bool boolean = false;
  bool negated = false;
  UnaryOp unary = UnaryOp::not_;
  BinaryOp binary = BinaryOp::equal;
  std::int64_t integer = 0;
  std::string text;
  Path path;
  std::optional<std::int64_t> index;
  Span operator_span;    // of a unary, binary, between, in, is: the operator's word or sign
  std::vector<Expr> args;
  std::vector<Item> items;
  std::shared_ptr<const Expr> by;       // of a call, after its arguments: `top(3, product by revenue)`
  bool descending = false;              // of `by`
  std::shared_ptr<const Expr> where;    // of a call, at the end of its arguments: `sum(x where c)`
  std::uint32_t height = 1;             // of the tree below, at most kMaxExpressionHeight
};

/// An item of `select`, `emit`, `{ … }`: `*`, a path, or `name = expr`.
struct Item {
  enum class Kind : std::uint8_t { star, path, named };
  Kind kind = Kind::named;
  Name name;     // of `named`
  Expr value;    // of `path` (a reference) and `named`
  Span span;
};

struct DurationValue {
  std::int64_t ms = 0;
  Span span;
};

/// A piece of a string in which `${…}` is an expression on the row.
struct TemplatePart {
  std::string text;    // if `expr` is empty
  std::optional<Expr> expr;
};

}    // namespace cepheid::patterns::syntax
