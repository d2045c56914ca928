#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nfa/automaton/pattern_spec.hpp"
#include "nfa/row/layout.hpp"
#include "patterns/check/scope.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// The items of a `select` or `emit` as they come to be known, from left to right.
class Items : public EarlierItems {
 public:
  struct Entry {
    std::string name;
    nfa::TypedExpr value;
    bool from_star = false;
    bool presence = false;
  };

  Items() = default;
  /// `given`: what is known before the first item, as items 0, 1 … of their own; an item of that name hides it.
  explicit Items(std::vector<Field> given) : given_(std::move(given)) {}

  [[nodiscard]] std::optional<nfa::TypedExpr> find(std::string_view name) const override;
  [[nodiscard]] std::vector<std::string_view> names() const override;

  /// Adds the items of one clause. With `star` (the fields of the row at hand), `*` stands for all of them, and an item
  /// named like one of them takes its place. Reports mistakes; false if there was one.
  bool add(const std::vector<syntax::Item>& items, const Scope& scope, const Fields* star, Diagnostics& diagnostics);

  /// Without the given ones.
  [[nodiscard]] std::vector<nfa::NamedExpr> take();
  [[nodiscard]] Schema schema() const;

 private:
  bool add_star(const syntax::Item& item, const Fields* star, Diagnostics& diagnostics);
  bool add_value(const syntax::Item& item, const Scope& scope, Diagnostics& diagnostics);
  [[nodiscard]] bool put(std::string name, nfa::TypedExpr value);
  [[nodiscard]] nfa::TypedExpr without_later_items(nfa::TypedExpr value, std::uint32_t position,
                                                   std::size_t& nodes) const;

  std::vector<Field> given_;
  std::vector<Entry> entries_;
  std::vector<std::string> poisoned_;    // names whose values are wrong: known, but without a value
  bool has_star_ = false;
  friend class ItemScope;
};

/// A scope in which the names of wrong items are wrong without a further word.
class ItemScope : public Scope {
 public:
  ItemScope(const Items& items, const Scope& inner) : items_(items), inner_(inner) {}

  [[nodiscard]] Typed reference(const syntax::Expr& expr, Diagnostics& diagnostics) const override;
  [[nodiscard]] Typed aggregate(const syntax::Expr& call, nfa::StepAggregate aggregate,
                                Diagnostics& diagnostics) const override {
    return inner_.aggregate(call, aggregate, diagnostics);
  }
  [[nodiscard]] std::optional<Typed> own_call(const syntax::Expr& call, Diagnostics& diagnostics) const override {
    return inner_.own_call(call, diagnostics);
  }

 private:
  const Items& items_;
  const Scope& inner_;
};

/// The layout of the rows that the items make; null, and reported at `place`, if one of them stands on another's path.
[[nodiscard]] std::shared_ptr<const nfa::RowLayout> layout_of(const Items& items, const syntax::Name& statement,
                                                              Span place, Diagnostics& diagnostics);

/// Reports a `*` where there is no row whose fields it could stand for ("in `key`"); false if there is one.
[[nodiscard]] bool has_no_star(const std::vector<syntax::Item>& items, std::string_view place, std::string_view hint,
                               Diagnostics& diagnostics);

}    // namespace cepheid::patterns
