#pragma once

#include <memory>
#include <string>

#include "runtime/io/sink.hpp"
#include "runtime/io/source.hpp"

namespace cepheid::runtime {

/// The bytes of `text`, for events that are in memory already; `name` is what messages call them.
[[nodiscard]] std::unique_ptr<Source> make_text_source(std::string name, std::string text);

/// Appends to `out`, which must outlive it. Never fails.
[[nodiscard]] std::unique_ptr<Sink> make_text_sink(std::string& out);

}    // namespace cepheid::runtime
