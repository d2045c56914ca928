#pragma once

#include <string>
#include <vector>

#include "patterns/syntax/parse.hpp"

namespace cepheid::patterns {

/// The tree of an expression as an s-expression, `(+ a (* b 2))`.
[[nodiscard]] std::string print(const syntax::Expr& expr);
[[nodiscard]] std::string print(const syntax::Item& item);

/// A text parsed with the environment CEP_WORD=blue, CEP_EMPTY=, CEP_EVIL="${CEP_WORD}\n" with a quote, and the file
/// `secret`.
struct Parsed {
  explicit Parsed(std::string rules);

  /// `line:column kind message`, one for each diagnostic.
  [[nodiscard]] std::vector<std::string> mistakes() const;
  [[nodiscard]] std::vector<std::string> mistakes_with_hints() const;
  template <typename Statement>
  [[nodiscard]] const Statement& statement(std::size_t index = 0) const {
    return std::get<Statement>(file.statements.at(index));
  }

  SourceFile source;
  Diagnostics diagnostics;
  syntax::File file;
};

/// The condition of the only step of a pattern, printed, or the mistakes in it with columns counted from its begin.
[[nodiscard]] std::string parse_expression(const std::string& text);

}    // namespace cepheid::patterns
