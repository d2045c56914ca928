#pragma once

#include <optional>
#include <string_view>

#include "cepheid/type.hpp"
#include "nfa/row/datum.hpp"

namespace cepheid::runtime {

/// The value of `type` that a text without quotes stands for, as a cell of CSV does; nothing if it does not convert.
/// Text is put into `arena`. Lists and objects have no such text.
[[nodiscard]] std::optional<nfa::Datum> datum_of_text(std::string_view text, const Type& type, nfa::Arena& arena);

}    // namespace cepheid::runtime
