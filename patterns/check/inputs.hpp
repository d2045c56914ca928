#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

/// The streams that a statement reads, in one layout.
struct Inputs {
  std::vector<InputMapping> mappings;
  std::shared_ptr<const nfa::RowLayout> layout;    // all inputs' fields; that of the input if there is one only
  std::string where;                               // whose fields these are, in messages: "stream `events`"
};

/// Nothing if one of them is unknown or wrong, or two do not fit together. `reader` is the statement's name.
[[nodiscard]] std::optional<Inputs> check_inputs(const std::vector<syntax::Name>& names, const syntax::Name& reader,
                                                 CheckContext& context);

}    // namespace cepheid::patterns
