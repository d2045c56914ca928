#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cepheid/row_condition.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// Conditions in C++, none of them null: `callable("what it is", N)` in a pattern is number N of them.
using Callables = std::vector<std::shared_ptr<const RowCondition>>;

/// What a rule file's text takes from outside: where the values of `${NAME}` and `${file:PATH}` come from, of which the
/// library reads neither by itself, and what it can call.
struct Environment {
  std::function<std::optional<std::string>(std::string_view name)> variable;
  /// The file's text as it is; nothing if it cannot be read. A relative path is relative to the rule file.
  std::function<std::optional<std::string>(std::string_view path)> file;
  Callables callables = {};
};

/// Parses a whole file and reports every mistake it finds: after one it goes on at the next clause or statement.
/// Linear in the text; stack use bounded by kMaxNesting. Throws nothing.
[[nodiscard]] syntax::File parse(const SourceFile& source, const Environment& environment, Diagnostics& diagnostics);

}    // namespace cepheid::patterns
