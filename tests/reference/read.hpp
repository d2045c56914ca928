#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "reference/model.hpp"

namespace cepheid::reference {

/// The patterns of a rule file of the shape that to_rules() writes, or what is not understood in it. Streams have the
/// fields of Event; `key` is `user` or absent; `emit` is read over.
[[nodiscard]] std::variant<std::vector<Pattern>, std::string> read_rules(std::string_view text);

/// An expression, which must be one that can be read.
[[nodiscard]] Expr read_expression(std::string_view text);

}    // namespace cepheid::reference
