#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace cepheid::runtime {

/// For each wanted row one of `rows`, each for one at most, that has all its members with their values; nothing where
/// there is none left. All are JSON objects. Numbers are compared as numbers, members of objects in any order, lists in
/// order; what a wanted object does not name may be anything. As many as possible find theirs.
[[nodiscard]] std::vector<std::optional<std::size_t>> match_rows(const std::vector<std::string_view>& wanted,
                                                                 const std::vector<std::string_view>& rows);

}    // namespace cepheid::runtime
