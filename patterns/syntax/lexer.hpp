#pragma once

#include <vector>

#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/token.hpp"

namespace cepheid::patterns::syntax {

/// The tokens of a part of the file, ending with one of kind `end`. Reports strings and back-ticks that never end and
/// numbers that are none; these become `invalid` tokens. Strings are only delimited here: what they mean depends on
/// where they stand. Linear.
[[nodiscard]] std::vector<Token> lex(const SourceFile& source, Span part, Diagnostics& diagnostics);

}    // namespace cepheid::patterns::syntax
