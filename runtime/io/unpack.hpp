#pragma once

#include <memory>

#include "runtime/io/source.hpp"

namespace cepheid::runtime {

/// `packed` itself if its first bytes are those of no packer, otherwise what unpacks it. Reads nothing before the first
/// read() of what it gives, so that opening standard input does not wait.
[[nodiscard]] std::unique_ptr<Source> unpacked(std::unique_ptr<Source> packed);

}    // namespace cepheid::runtime
