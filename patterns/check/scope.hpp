#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cepheid/schema.hpp"
#include "patterns/check/typed.hpp"
#include "patterns/syntax/parse.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// What names mean where an expression stands.
class Scope {
 public:
  virtual ~Scope() = default;

  /// The value of a name, a path or `step[i].path`. Reports what it does not know.
  [[nodiscard]] virtual Typed reference(const syntax::Expr& expr, Diagnostics& diagnostics) const = 0;

  /// `count(step)`, `sum(step.field)` …; where no steps can be named: an error that says so.
  [[nodiscard]] virtual Typed aggregate(const syntax::Expr& call, nfa::StepAggregate aggregate,
                                        Diagnostics& diagnostics) const;

  /// A call that means here what it means nowhere else, checked; nothing if it is none of these.
  [[nodiscard]] virtual std::optional<Typed> own_call(const syntax::Expr&, Diagnostics&) const { return std::nullopt; }

  /// The conditions in C++ that can be called here, with the row at hand; null: none.
  [[nodiscard]] virtual const Callables* callables() const { return nullptr; }
};

/// The fields that a path can name, with their places in the row that is looked at: all of a layout, or of one stream
/// or of all streams of a pattern in their common layout.
class Fields {
 public:
  struct Entry {
    std::string name;
    Type type;
    bool presence = false;
    std::uint32_t position = 0;
  };
  /// Makes the node that reads the field at a position.
  using Reader = std::function<nfa::TypedExpr(std::uint32_t position, const Type& type)>;

  Fields() = default;
  explicit Fields(const Schema& schema);
  /// Field i of `schema` lies at `positions[i]`.
  Fields(const Schema& schema, const std::vector<std::uint32_t>& positions);

  /// Leaves only those whose positions are among `positions` too.
  void intersect(const std::vector<std::uint32_t>& positions);

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] const Entry* find(std::string_view path) const;
  /// The value at a path: a field, or the object of the fields below the path (null if the object is missing).
  [[nodiscard]] std::optional<nfa::TypedExpr> value(std::string_view path, const Reader& read) const;
  /// The name that `path` was meant to be, or empty.
  [[nodiscard]] std::string nearest(std::string_view path) const;

 private:
  [[nodiscard]] const Entry* find_presence(std::string_view path) const;
  [[nodiscard]] nfa::TypedExpr object(const Entry& presence, const Reader& read) const;

  std::vector<Entry> entries_;
};

/// `a.b.c`, from the part `first` on.
[[nodiscard]] std::string join_path(const syntax::Path& path, std::size_t first = 0);
/// Reads a field of the row at hand.
[[nodiscard]] nfa::TypedExpr read_row(std::uint32_t position, const Type& type);
/// "did you mean `x`?", or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view name);

/// Values that were named earlier in the same `select` or `emit`.
class EarlierItems {
 public:
  virtual ~EarlierItems() = default;
  [[nodiscard]] virtual std::optional<nfa::TypedExpr> find(std::string_view name) const = 0;
  [[nodiscard]] virtual std::vector<std::string_view> names() const = 0;
};

/// A row, and the items made from it so far.
class RowScope : public Scope {
 public:
  /// `where` says in messages whose fields they are: "stream `events`".
  RowScope(const Fields& fields, std::string where, const EarlierItems* items = nullptr,
           const Callables* callables = nullptr)
      : fields_(fields), where_(std::move(where)), items_(items), callables_(callables) {}

  [[nodiscard]] Typed reference(const syntax::Expr& expr, Diagnostics& diagnostics) const override;
  [[nodiscard]] const Callables* callables() const override { return callables_; }

 private:
  const Fields& fields_;
  std::string where_;
  const EarlierItems* items_;
  const Callables* callables_;
};

}    // namespace cepheid::patterns
