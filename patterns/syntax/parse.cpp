#include "patterns/syntax/parse.hpp"

#include <fmt/format.h>

#include "patterns/source/limits.hpp"
#include "patterns/source/utf8.hpp"
#include "patterns/syntax/brackets.hpp"
#include "patterns/syntax/lexer.hpp"
#include "patterns/syntax/parser_state.hpp"

namespace cepheid::patterns {

syntax::File parse(const SourceFile& source, const Environment& environment, Diagnostics& diagnostics) {
  const std::string_view text = source.text();
  if (text.size() > kMaxFileBytes) {
    diagnostics.error(DiagnosticKind::too_large, Span{},
                      fmt::format("a rule file of more than {} bytes", kMaxFileBytes));
    return {};
  }
  // Text in another encoding is not worth a message for each of its words.
  if (const std::optional<std::size_t> at = find_invalid_utf8(text)) {
    const auto begin = static_cast<std::uint32_t>(*at);
    diagnostics.error(DiagnosticKind::syntax, Span{begin, begin + 1}, "this is not UTF-8", "rule files are UTF-8");
    return {};
  }
  const Span whole{0, static_cast<std::uint32_t>(text.size())};
  const syntax::BalancedTokens tokens = syntax::balance(source, syntax::lex(source, whole, diagnostics), diagnostics);
  syntax::ParserState state(source, environment, diagnostics, tokens);
  return syntax::parse_statements(state);
}

}    // namespace cepheid::patterns
