#pragma once

#include <map>
#include <string>
#include <vector>

#include "patterns/check/scope.hpp"
#include "patterns/plan/plan.hpp"

namespace cepheid::patterns {

/// The calls of aggregate functions in one statement (or in one `per`), equal ones once.
class AggregateCalls {
 public:
  /// `first_field`: where the value of the first call stands in the row of values.
  explicit AggregateCalls(std::uint32_t first_field = 0) : first_field_(first_field) {}

  /// The field of the row of values in which the call's value stands.
  std::uint32_t add(AggregateCall call);

  /// A field for each call, in their order.
  [[nodiscard]] std::vector<Field> fields() const;
  [[nodiscard]] std::vector<AggregateCall> take() { return std::move(calls_); }

 private:
  std::uint32_t first_field_;
  std::vector<AggregateCall> calls_;
  std::map<std::string, std::uint32_t> known_;    // by fingerprint
};

/// Same text for calls that compute the same.
[[nodiscard]] std::string fingerprint(const AggregateCall& call);

/// Where aggregate functions can be called: over a row of a key's values and theirs.
class AggregateScope : public Scope {
 public:
  /// A field of the row of values that has a name.
  struct Name {
    std::string name;
    std::string path;    // another spelling: the path of a key that is only a path
    std::uint32_t field = 0;
    Type type;
  };

  /// `input`: the fields of the rows that are summed up, named `input_where` in messages; `where` is the statement.
  AggregateScope(const Fields& input, std::string input_where, std::string where, AggregateCalls& calls,
                 std::vector<Name> names = {}, const EarlierItems* items = nullptr)
      : input_(input),
        input_where_(std::move(input_where)),
        where_(std::move(where)),
        calls_(calls),
        names_(std::move(names)),
        items_(items) {}

  [[nodiscard]] Typed reference(const syntax::Expr& expr, Diagnostics& diagnostics) const override;
  [[nodiscard]] std::optional<Typed> own_call(const syntax::Expr& call, Diagnostics& diagnostics) const override;

 private:
  const Fields& input_;
  std::string input_where_;
  std::string where_;
  AggregateCalls& calls_;
  std::vector<Name> names_;
  const EarlierItems* items_;
};

/// Is there an aggregate function of that name?
[[nodiscard]] bool is_aggregate_function(std::string_view name);

}    // namespace cepheid::patterns
