#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "nfa/expr/program.hpp"
#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"

namespace cepheid::runtime {

/// The items of a `select`, compiled: a row in, a row of another layout out.
class RowSelect {
 public:
  /// Field i of `to` is item i.
  RowSelect(const std::vector<nfa::NamedExpr>& items, const nfa::RowLayout& from,
            std::shared_ptr<const nfa::RowLayout> to);
  /// The same of items that read side rows, too, or nothing but them.
  RowSelect(const std::vector<nfa::NamedExpr>& items, const nfa::ExprProgram::Layouts& from,
            std::shared_ptr<const nfa::RowLayout> to);

  /// The new row: valid until the next call; its text as long as `scratch` is not cleared and `row` and `sides` live.
  [[nodiscard]] nfa::Row apply(nfa::Row row, TimeMs time_ms, nfa::EvalScratch& scratch,
                               std::span<const nfa::Row> sides = {});

 private:
  /// A field as it is, or what a program computes.
  struct Item {
    std::optional<nfa::ExprProgram> program;
    FieldSlot field;
  };

  std::vector<Item> made_;
  std::shared_ptr<const nfa::RowLayout> to_;
  std::vector<nfa::Datum> items_;
  std::vector<std::uint64_t> words_;
};

/// Puts the fields of one layout where another has them; the others stay null.
class RowMapping {
 public:
  /// Field i of `from` is field fields[i] of `to`.
  RowMapping(std::shared_ptr<const nfa::RowLayout> from, std::shared_ptr<const nfa::RowLayout> to,
             std::vector<std::uint32_t> fields);

  /// Sets a field that is the same for all rows.
  void set_constant(std::uint32_t field, const nfa::Datum& datum);
  /// The new row: valid until the next call; its text as long as that of `row`.
  [[nodiscard]] nfa::Row apply(nfa::Row row);

 private:
  std::shared_ptr<const nfa::RowLayout> from_;
  std::shared_ptr<const nfa::RowLayout> to_;
  std::vector<std::uint32_t> fields_;
  std::vector<std::uint64_t> words_;
};

/// Puts deep copies of rows into a batch: their text and composites go to its arena.
class CopyingOutput {
 public:
  /// `output` must outlive it.
  explicit CopyingOutput(nfa::Batch& output);

  void append(nfa::Row row, TimeMs time_ms, std::uint64_t sequence);

 private:
  nfa::Batch& output_;
  std::vector<std::uint32_t> deep_fields_;
};

}    // namespace cepheid::runtime
