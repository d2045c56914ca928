#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "patterns/check/scope.hpp"

namespace cepheid::patterns {

/// Rows beside the row at hand, each read by a short name of its own: those that look-ups found, the two of a join.
class SideScope : public Scope {
 public:
  struct Side {
    std::string name;
    Fields fields;
    std::string where;    // "table `rates`"
  };

  /// The first of `sides` is side row 0. `row` may be null: then only sides and items can be named. `where`, in
  /// messages, is where a bare name was looked for.
  SideScope(const std::vector<Side>& sides, const Fields* row, std::string where, const EarlierItems* items = nullptr)
      : sides_(sides), row_(row), where_(std::move(where)), items_(items) {}

  [[nodiscard]] Typed reference(const syntax::Expr& expr, Diagnostics& diagnostics) const override;

 private:
  [[nodiscard]] const Side* find(std::string_view name) const;
  [[nodiscard]] Typed side_field(const syntax::Expr& expr, const Side& side, Diagnostics& diagnostics) const;
  [[nodiscard]] Typed bare_name(const syntax::Expr& expr, Diagnostics& diagnostics) const;

  const std::vector<Side>& sides_;
  const Fields* row_;
  std::string where_;
  const EarlierItems* items_;
};

/// Reads a field of a side row.
[[nodiscard]] nfa::TypedExpr read_side(std::uint32_t side, std::uint32_t position, const Type& type);

}    // namespace cepheid::patterns
