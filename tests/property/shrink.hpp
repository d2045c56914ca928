#pragma once

#include <functional>

#include "property/pair.hpp"

namespace cepheid::property {

/// A small pair for which `fails` still holds: events, steps and clauses are left out and numbers made smaller for as
/// long as it does. `fails` must hold for `pair`.
[[nodiscard]] Pair shrink(Pair pair, const std::function<bool(const Pair&)>& fails);

}    // namespace cepheid::property
