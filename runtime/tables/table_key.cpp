#include "runtime/tables/table_key.hpp"

#include "runtime/tables/value_bytes.hpp"

namespace cepheid::runtime {

TableKey::TableKey(const Table& table, const std::vector<nfa::TypedExpr>& key, const nfa::ExprProgram::Layouts& layouts)
    : table_(table), values_(key.size()) {
  for (const nfa::TypedExpr& part : key) parts_.push_back(nfa::compile_expression(part, layouts));
}

std::span<const nfa::Datum> TableKey::evaluate(const nfa::EvalInput& input, nfa::EvalScratch& scratch) {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const nfa::ExprProgram& part = parts_[i];
    const Type& column = table_.layout().schema().fields()[table_.plan().key[i]].type;
    values_[i] = equal_value(part.evaluate(input, scratch), part.type(), column).value_or(nfa::Datum());
  }
  return values_;
}

std::span<const nfa::Datum> TableKey::nothing() {
  values_.assign(values_.size(), nfa::Datum());
  return values_;
}

}    // namespace cepheid::runtime
