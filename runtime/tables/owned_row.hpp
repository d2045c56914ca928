#pragma once

#include <memory>

#include "nfa/row/layout.hpp"

namespace cepheid::runtime {

/// A row with its text and composites in memory of its own, shared by its copies. Empty: no row.
class OwnedRow {
 public:
  OwnedRow() = default;
  OwnedRow(const nfa::RowLayout& layout, nfa::Row row) : memory_(new char[layout.copy_size(row)]) {
    layout.copy_to(row, memory_.get());
  }

  /// Null if empty. Lives as long as the last copy.
  [[nodiscard]] nfa::Row get() const { return reinterpret_cast<nfa::Row>(memory_.get()); }

 private:
  std::shared_ptr<char[]> memory_;    // operator new of char arrays is aligned to 16 bytes
};

}    // namespace cepheid::runtime
