#pragma once

#include <optional>
#include <string>
#include <vector>

#include "patterns/syntax/expr_tree.hpp"

/// The statement `fraud`, as written.
namespace cepheid::patterns::syntax {

struct Figure {
  double value = 0;    // of a duration: milliseconds
  bool whole = false;
  bool duration = false;
  Span span;
};

/// `z_score 3`, `night 2..6 0.2`
struct NamedFigure {
  Name name;
  Figure value;
  std::optional<Figure> to;      // behind `..`
  std::optional<Figure> risk;    // behind a range
};
using NamedFigures = std::vector<NamedFigure>;

struct Velocity {
  /// `withdrawal (5, 10, 20)`
  struct Limits {
    Name type;
    std::vector<Figure> counts;
    Span span;
  };
  std::vector<DurationValue> windows;
  std::vector<Limits> limits;
  NamedFigures figures;
};

/// `value 1h limit 5000, …` and `spread merchants 1h limit 5, …`
struct Windowed {
  struct Window {
    std::optional<Name> of;    // of `spread`
    DurationValue duration;
    Figure limit;
  };
  std::vector<Window> windows;
  bool same_type = false;
  NamedFigures figures;
};

/// `dormant 90d …` and `history 90d …`
struct Spanning {
  DurationValue duration;
  NamedFigures figures;
};

/// `list TABLE on (column = value, …) block …`
struct FraudList {
  Name table;
  std::vector<Item> key;
  Name action;
  NamedFigures figures;
  Span span;
};

/// `model file "…" features (item, …) above 0.5`
struct FraudModel {
  Expr file;    // a string
  std::vector<Item> features;
  NamedFigures figures;
};

/// `critical 0.8 "Block"`
struct FraudLevel {
  Name name;
  Figure from;
  std::optional<Expr> recommendation;    // a string
};

/// `combine weighted velocity 2, …`
struct Combine {
  Name how;
  NamedFigures weights;
  Span span;
};

struct Fraud {
  Name name;
  std::vector<Name> inputs;
  std::vector<Expr> key;
  std::vector<Item> roles;
  std::optional<Expr> zone;
  std::optional<Velocity> velocity;
  std::optional<NamedFigures> location;
  std::optional<NamedFigures> amount;
  std::optional<NamedFigures> behaviour;
  std::optional<NamedFigures> time;
  std::optional<NamedFigures> travel;
  std::optional<NamedFigures> round_amount;
  std::optional<NamedFigures> first_seen;
  std::optional<Spanning> dormant;
  std::optional<Windowed> value;
  std::optional<Windowed> spread;
  std::vector<FraudList> lists;
  std::optional<FraudModel> model;
  std::optional<Spanning> history;
  std::optional<Combine> combine;
  std::vector<FraudLevel> levels;
  bool broken = false;
  Span span;
};

}    // namespace cepheid::patterns::syntax
