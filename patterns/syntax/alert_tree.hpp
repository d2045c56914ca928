#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "patterns/syntax/expr_tree.hpp"

/// The statements about alerts, as written.
namespace cepheid::patterns::syntax {

/// `dedupe DURATION [by EXPR, …]` and `group DURATION [by EXPR, …]`
struct HeldBy {
  DurationValue duration;
  std::vector<Expr> by;
  Span span;
};

/// `limit N per DURATION`
struct AlertLimit {
  std::int64_t most = 0;
  DurationValue per;
  Span span;
};

/// `resolve when EXPR` or `resolve after DURATION`
struct Resolve {
  std::optional<Expr> when;
  std::optional<DurationValue> after;
};

/// `escalate to CHANNEL, … after DURATION [for SEVERITY]`
struct Escalation {
  std::vector<Name> to;
  DurationValue after;
  std::optional<Expr> severity;    // a string; a bare word is one too
  Span span;
};

struct Alert {
  Name name;
  std::vector<Name> inputs;
  std::optional<Expr> when;
  std::optional<Expr> severity;
  std::optional<HeldBy> dedupe;
  std::optional<HeldBy> group;
  std::optional<AlertLimit> limit;
  std::optional<Resolve> resolve;
  std::optional<std::vector<TemplatePart>> title;
  std::optional<std::vector<TemplatePart>> body;
  std::optional<std::vector<Item>> select;
  std::vector<Name> notify;
  std::vector<Escalation> escalations;
  bool shadow = false;
  bool broken = false;
  Span span;
};

/// `metrics_alert NAME when … [for …] severity … notify … dedupe …`: clauses without braces.
struct MetricsAlert {
  Name name;
  std::optional<Expr> when;
  std::optional<DurationValue> hold;    // `for`
  std::optional<Expr> severity;         // a string; a bare word is one too
  std::optional<DurationValue> dedupe;
  std::optional<std::vector<TemplatePart>> title;
  std::optional<std::vector<TemplatePart>> body;
  std::vector<Name> notify;
  bool broken = false;
  Span span;
};

/// `channel NAME { KIND "target" word value … }`
struct Channel {
  struct Setting {
    Name name;
    Expr value;
  };
  /// `option "name" = "value"`, `header "name" = "value"`
  struct Pair {
    Expr name;
    Expr value;
  };
  Name name;
  Name kind;    // any word: which there are is checked later
  std::optional<Expr> target;
  std::optional<std::vector<TemplatePart>> body;
  Span body_place;    // of its word
  std::vector<Setting> settings;
  std::vector<Pair> headers;
  std::vector<Pair> options;
  bool broken = false;
  Span span;
};

}    // namespace cepheid::patterns::syntax
