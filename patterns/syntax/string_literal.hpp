#pragma once

#include <string>
#include <vector>

#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/parse.hpp"
#include "patterns/syntax/token.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns::syntax {

/// The value of a string token: escapes resolved, `${…}` replaced from the environment. What is put in is not looked at
/// again. Reports what is wrong at its place in the string.
[[nodiscard]] std::string read_string(const Token& token, const SourceFile& source, const Environment& environment,
                                      Diagnostics& diagnostics);

/// The parts of a string in which `${…}` is an expression on the row.
[[nodiscard]] std::vector<TemplatePart> read_template(const Token& token, const SourceFile& source,
                                                      const Environment& environment, Diagnostics& diagnostics);

}    // namespace cepheid::patterns::syntax
