#pragma once

#include <string>
#include <vector>

#include "nfa/expr/program.hpp"

namespace cepheid::nfa {

/// A pattern's key as bytes: equal keys, and only those, have equal bytes. Null is a key value like any other.
class KeyEncoder {
 public:
  KeyEncoder(const std::vector<TypedExpr>& key, const RowLayout& layout);

  /// Writes the row's key in place of what `bytes` held.
  void encode(Row row, TimeMs time_ms, EvalScratch& scratch, std::string& bytes) const;
  /// The values back. Text is put into `arena`.
  void decode(std::string_view bytes, Arena& arena, std::vector<Datum>& values) const;
  /// Are these the bytes of such a key? decode requires it.
  [[nodiscard]] bool fits(std::string_view bytes) const;

 private:
  std::vector<ExprProgram> programs_;
};

}    // namespace cepheid::nfa
