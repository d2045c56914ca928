#pragma once

#include <span>
#include <vector>

#include "nfa/expr/program.hpp"
#include "runtime/tables/table.hpp"

namespace cepheid::runtime {

/// Expressions whose values are a table's key, turned to the types of its columns.
class TableKey {
 public:
  /// `key`: in the order of the table's key. `table` must outlive it.
  TableKey(const Table& table, const std::vector<nfa::TypedExpr>& key, const nfa::ExprProgram::Layouts& layouts);

  /// The key's values, valid until the next call. What no value of a column can be equal to is null: it finds nothing.
  [[nodiscard]] std::span<const nfa::Datum> evaluate(const nfa::EvalInput& input, nfa::EvalScratch& scratch);
  /// A key of nulls, which finds nothing; valid until the next call.
  [[nodiscard]] std::span<const nfa::Datum> nothing();

 private:
  const Table& table_;
  std::vector<nfa::ExprProgram> parts_;
  std::vector<nfa::Datum> values_;
};

}    // namespace cepheid::runtime
