#pragma once

#include <cstdint>
#include <vector>

#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/token.hpp"

namespace cepheid::patterns::syntax {

/// Tokens in which every bracket has its partner, and no nesting is deeper than kMaxNesting (and the statement's
/// braces).
struct BalancedTokens {
  std::vector<Token> tokens;
  /// For an opening bracket the index of its closing one, else 0.
  std::vector<std::uint32_t> partners;
};

/// Reports brackets that are not closed, close nothing, or nest too deeply, and mends the tokens so that the grammar
/// need not know: a missing bracket is put in before the next clause, one too many is left out, what is nested too
/// deeply becomes one `invalid` token. Linear.
[[nodiscard]] BalancedTokens balance(const SourceFile& source, const std::vector<Token>& tokens,
                                     Diagnostics& diagnostics);

/// Whether a statement begins with this token, from what stands right after it: true also inside of brackets only where
/// their closing is missing.
[[nodiscard]] bool looks_like_statement(const Token* token);
/// As above for a word that is not quite a statement's: `patern p on`.
[[nodiscard]] bool has_statement_shape(const Token* token);

/// The words that begin a clause in a statement of this kind.
[[nodiscard]] const WordSet& clause_words(Word statement);
/// Whether the token is one of `clauses` and what is around it lets it begin a clause: it does not stand where an
/// operand must follow, and is not used like one. `first` is the first token of all. `in_list`: a comma behind it ends
/// its clause.
[[nodiscard]] bool begins_clause(const Token* token, const Token* first, const WordSet& clauses, bool in_list = false);

}    // namespace cepheid::patterns::syntax
