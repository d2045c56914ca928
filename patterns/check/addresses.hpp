#pragma once

#include <optional>
#include <vector>

#include "patterns/plan/plan.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// An address with its constant strings read. On: its path, brokers or URL is not empty; off: as if it were not
/// written.
struct CheckedAddress {
  Address address;
  bool on = false;
};

/// Reads one address; nothing if a part of it is no constant string (reported).
[[nodiscard]] std::optional<CheckedAddress> check_address(const syntax::Address& address, Diagnostics& diagnostics);

/// Reports an address that is on and leads to what is not built yet.
[[nodiscard]] bool check_supported(const syntax::Address& address, Diagnostics& diagnostics);

}    // namespace cepheid::patterns
