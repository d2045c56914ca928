#include "patterns/source/diagnostic_kind.hpp"

namespace cepheid::patterns {

std::string_view name_of(DiagnosticKind kind) {
  switch (kind) {
    case DiagnosticKind::syntax: return "syntax";
    case DiagnosticKind::unclosed: return "unclosed";
    case DiagnosticKind::bad_escape: return "bad-escape";
    case DiagnosticKind::bad_number: return "bad-number";
    case DiagnosticKind::bad_duration: return "bad-duration";
    case DiagnosticKind::reserved_word: return "reserved-word";
    case DiagnosticKind::too_large: return "too-large";
    case DiagnosticKind::missing_environment: return "missing-environment";
    case DiagnosticKind::not_supported: return "not-supported";
    case DiagnosticKind::duplicate_name: return "duplicate-name";
    case DiagnosticKind::duplicate_clause: return "duplicate-clause";
    case DiagnosticKind::missing_clause: return "missing-clause";
    case DiagnosticKind::unknown_stream: return "unknown-stream";
    case DiagnosticKind::unknown_field: return "unknown-field";
    case DiagnosticKind::unknown_step: return "unknown-step";
    case DiagnosticKind::unknown_function: return "unknown-function";
    case DiagnosticKind::unknown_table: return "unknown-table";
    case DiagnosticKind::unknown_channel: return "unknown-channel";
    case DiagnosticKind::wrong_type: return "wrong-type";
    case DiagnosticKind::wrong_arguments: return "wrong-arguments";
    case DiagnosticKind::bad_constant: return "bad-constant";
    case DiagnosticKind::chained_comparison: return "chained-comparison";
    case DiagnosticKind::quantifier: return "quantifier";
    case DiagnosticKind::optional_element: return "optional-element";
    case DiagnosticKind::greedy: return "greedy";
    case DiagnosticKind::contiguity: return "contiguity";
    case DiagnosticKind::until: return "until";
    case DiagnosticKind::negation: return "negation";
    case DiagnosticKind::skip_target: return "skip-target";
    case DiagnosticKind::window: return "window";
    case DiagnosticKind::group: return "group";
    case DiagnosticKind::cycle: return "cycle";
    case DiagnosticKind::other_clause: return "other-clause";
    case DiagnosticKind::lint_unbounded: return "lint-unbounded";
    case DiagnosticKind::lint_never_true: return "lint-never-true";
    case DiagnosticKind::lint_unreachable: return "lint-unreachable";
    case DiagnosticKind::lint_skip_target: return "lint-skip-target";
  }
  return "";
}

}    // namespace cepheid::patterns
