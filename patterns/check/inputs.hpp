#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "patterns/check/scope.hpp"
#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

/// The streams that a statement reads, in one layout.
struct Inputs {
  std::vector<InputMapping> mappings;
  std::shared_ptr<const nfa::RowLayout> layout;    // all inputs' fields; that of the input if there is one only
  std::string where;                               // whose fields these are, in messages: "stream `events`"
};

/// Nothing if one of them is unknown or wrong, or two do not fit together. `reader` is the statement's name.
[[nodiscard]] std::optional<Inputs> check_inputs(const std::vector<syntax::Name>& names, const syntax::Name& reader,
                                                 CheckContext& context);

/// What the checks of statements over inputs have in common. `Plan` is the statement's, with `inputs` and
/// `input_layout`.
template <typename Plan>
class InputsCheck {
 protected:
  InputsCheck(Inputs inputs, CheckContext& context)
      : context_(context),
        diagnostics_(context.diagnostics),
        where_(std::move(inputs.where)),
        fields_(inputs.layout->schema()) {
    plan_.inputs = std::move(inputs.mappings);
    plan_.input_layout = std::move(inputs.layout);
  }

  /// Reports a mistake; false.
  bool wrong(DiagnosticKind kind, Span span, std::string message, std::string hint = {}) {
    diagnostics_.error(kind, span, std::move(message), std::move(hint));
    return false;
  }
  [[nodiscard]] RowScope scope() const { return {fields_, where_}; }

  CheckContext& context_;
  Diagnostics& diagnostics_;
  std::string where_;    // whose fields these are, in messages
  Fields fields_;
  Plan plan_;
};

}    // namespace cepheid::patterns
