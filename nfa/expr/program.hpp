#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <vector>

#include "cepheid/time.hpp"
#include "nfa/expr/field_test.hpp"
#include "nfa/expr/typed_expr.hpp"
#include "nfa/row/arena.hpp"
#include "nfa/row/datum.hpp"
#include "nfa/row/layout.hpp"

namespace cepheid::nfa {

/// The events that a partial match has taken, by step: `events(step)` in the order taken. A view that the matcher fills
/// from its nodes when a condition asks for history.
class TakenEvents {
 public:
  void reset(std::size_t steps) {
    by_step_.resize(steps);
    for (auto& rows : by_step_) rows.clear();
  }
  void add(StepId step, Row row) { by_step_[step].push_back(row); }
  /// For filling from the last event to the first: call when all are added.
  void reverse();
  [[nodiscard]] std::span<const Row> events(StepId step) const { return by_step_[step]; }

 private:
  std::vector<std::vector<Row>> by_step_;
};

/// What a program looks at. Borrowed for the time of a call.
struct EvalInput {
  Row row = nullptr;    // may be null where the program has no `field`
  TimeMs time_ms = 0;
  const TakenEvents* taken = nullptr;    // for step_field and step_aggregate
  std::span<const Row> sides = {};       // for side_field; a null Row gives null for all its fields
  std::span<const Datum> items = {};     // for item
};

/// Memory of one evaluating thread: registers and text made on the way. Results that are text or composites live in
/// `arena` until clear(), or in the row they came from, or in the program if they are its constants.
struct EvalScratch {
  std::vector<Datum> registers;
  Arena arena;
  /// What a native condition has thrown, the first of all; that condition did not hold. Whoever owns the scratch takes
  /// it out and throws it on when its own work is done.
  std::exception_ptr failure = nullptr;

  void clear() { arena.clear(); }
};

/// A typed expression as flat instructions over registers, without names. Immutable; shared by threads.
class ExprProgram {
 public:
  ExprProgram();
  ~ExprProgram();
  ExprProgram(ExprProgram&&) noexcept;
  ExprProgram& operator=(ExprProgram&&) noexcept;

  [[nodiscard]] const Type& type() const { return type_; }

  /// Computes. Never fails: what has no value is null. Allocates only when scratch must grow.
  [[nodiscard]] Datum evaluate(const EvalInput& input, EvalScratch& scratch) const;
  /// A bool that is true; null does not hold.
  [[nodiscard]] bool holds(const EvalInput& input, EvalScratch& scratch) const {
    return tests_.empty() ? run_holds(input, scratch) : holds_tests(input.row);
  }
  /// The same for a program that is nothing but tests().
  [[nodiscard]] bool holds_tests(Row row) const {
    for (const FieldTest& test : tests_) {
      if (!test.holds(row)) return false;
    }
    return true;
  }

  /// The program, if it is nothing but one such test; else null.
  [[nodiscard]] const FieldTest* only_test() const { return tests_.size() == 1 ? tests_.data() : nullptr; }

  /// The program, if it is nothing but an `and` of such tests (or one); else empty.
  [[nodiscard]] std::span<const FieldTest> tests() const { return tests_; }

  /// Layouts that field accesses resolve against.
  struct Layouts {
    const RowLayout* row = nullptr;                  // for `field`
    const RowLayout* taken = nullptr;                // for steps: all events of a pattern have one layout
    std::span<const RowLayout* const> sides = {};    // for `side_field`
  };

  struct Code;    // in program_code.hpp

 private:
  friend ExprProgram compile_expression(const TypedExpr& expression, const Layouts& layouts);
  [[nodiscard]] bool run_holds(const EvalInput& input, EvalScratch& scratch) const;

  Type type_;
  std::unique_ptr<const Code> code_;
  // Where the program is an `and` of such tests only (or one): all of them. An `and` holds if each of its parts does.
  std::vector<FieldTest> tests_;
};

/// Compiles. The expression must be well typed (Function's comments); constants are folded. Linear in its size.
[[nodiscard]] ExprProgram compile_expression(const TypedExpr& expression, const ExprProgram::Layouts& layouts);

}    // namespace cepheid::nfa
