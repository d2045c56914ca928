#pragma once

/// Everything of the library: patterns as rules, in text or in C++, and the engine that runs them.
#include "cepheid/binding.hpp"       // IWYU pragma: export
#include "cepheid/engine.hpp"        // IWYU pragma: export
#include "cepheid/expression.hpp"    // IWYU pragma: export
#include "cepheid/fraud.hpp"         // IWYU pragma: export
#include "cepheid/match.hpp"         // IWYU pragma: export
#include "cepheid/pattern.hpp"       // IWYU pragma: export
#include "cepheid/row_batch.hpp"     // IWYU pragma: export
#include "cepheid/rules.hpp"         // IWYU pragma: export
#include "cepheid/sequence.hpp"      // IWYU pragma: export
#include "cepheid/stream.hpp"        // IWYU pragma: export
#include "cepheid/symbol.hpp"        // IWYU pragma: export
#include "cepheid/version.hpp"       // IWYU pragma: export
