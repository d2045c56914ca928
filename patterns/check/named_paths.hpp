#pragma once

#include <functional>
#include <set>
#include <string>

#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// The last parts of all paths in the file's expressions and `require` clauses. A path that is only the beginning of
/// declared ones needs its own presence field in a stream's rows; a beginning whose last part is not here needs none,
/// unless rows are written whole.
[[nodiscard]] std::set<std::string, std::less<>> last_parts_of_paths(const syntax::File& file);

/// Does a sink write rows as they come, with the objects in them?
[[nodiscard]] bool writes_whole_rows(const syntax::File& file);

}    // namespace cepheid::patterns
