#pragma once

#include <optional>
#include <string>

#include "cepheid/pattern.hpp"
#include "cepheid/stream.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::conformance {

/// A parsed pattern as somebody would build it with the public API: the same calls, in the order of the text.
[[nodiscard]] Pattern build_pattern(const patterns::syntax::Pattern& pattern);

/// A parsed stream as somebody would build it, without where its rows come from. Nothing if it says what only a rule
/// file can.
[[nodiscard]] std::optional<Stream> build_stream(const patterns::syntax::Stream& stream);

}    // namespace cepheid::conformance
