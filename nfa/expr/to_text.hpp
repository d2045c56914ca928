#pragma once

#include <string_view>

#include "cepheid/type.hpp"
#include "nfa/row/arena.hpp"
#include "nfa/row/datum.hpp"

namespace cepheid::nfa {

/// The text that `string(x)` gives of a value that is not null: `true`, `-12`, `0.5`, `12` of the double 12.0, `12.50`
/// of a decimal(2), `2024-02-29T12:00:00.000Z`, text as it is; lists and objects as JSON, with timestamps as text. The
/// result is the datum's own text or lives in `arena`.
[[nodiscard]] const Text* to_text(const Datum& datum, const Type& type, Arena& arena);

}    // namespace cepheid::nfa
