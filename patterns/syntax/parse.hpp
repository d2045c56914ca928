#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// Where the values of `${NAME}` and `${file:PATH}` come from. The library reads neither by itself.
struct Environment {
  std::function<std::optional<std::string>(std::string_view name)> variable;
  /// The file's text as it is; nothing if it cannot be read. A relative path is relative to the rule file.
  std::function<std::optional<std::string>(std::string_view path)> file;
};

/// Parses a whole file and reports every mistake it finds: after one it goes on at the next clause or statement.
/// Linear in the text; stack use bounded by kMaxNesting. Throws nothing.
[[nodiscard]] syntax::File parse(const SourceFile& source, const Environment& environment, Diagnostics& diagnostics);

}    // namespace cepheid::patterns
