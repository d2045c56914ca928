#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "patterns/source/diagnostic_kind.hpp"
#include "patterns/source/source_file.hpp"

namespace cepheid::patterns {

enum class Severity : std::uint8_t { error, warning };

/// One mistake in a rule file: what was seen (`message`, one line), where, and beside the caret what would help
/// (`hint`, may be empty).
struct Diagnostic {
  DiagnosticKind kind;
  Severity severity = Severity::error;
  Span span;
  std::string message;
  std::string hint;
};

/// All that is wrong with one rule file. Reporting goes on; a node already found wrong is not asked a second time.
class Diagnostics {
 public:
  explicit Diagnostics(const SourceFile& source) : source_(source) {}

  void error(DiagnosticKind kind, Span span, std::string message, std::string hint = {});
  void warning(DiagnosticKind kind, Span span, std::string message, std::string hint = {});

  [[nodiscard]] const SourceFile& source() const { return source_; }
  [[nodiscard]] bool has_errors() const { return errors_ != 0; }
  [[nodiscard]] std::size_t errors() const { return errors_; }
  [[nodiscard]] std::size_t warnings() const { return list_.size() - errors_; }
  /// In the order of the text; of equal places in the order of reporting. At most kMaxDiagnostics are kept.
  [[nodiscard]] std::vector<Diagnostic> sorted() const;
  /// As the language's contract shows them, one after the other.
  [[nodiscard]] std::string render() const;

 private:
  const SourceFile& source_;
  std::vector<Diagnostic> list_;
  std::size_t errors_ = 0;
};

/// The candidate nearest to `name` by edit distance, if it is near enough to have been meant; otherwise empty.
[[nodiscard]] std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& candidates);

}    // namespace cepheid::patterns
