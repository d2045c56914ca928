#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "cepheid/result.hpp"
#include "patterns/plan/plan.hpp"
#include "runtime/io/sink.hpp"
#include "runtime/io/source.hpp"

namespace cepheid::runtime {

/// Opens what a rule file's `from` names. Relative paths are relative to `folder`.
[[nodiscard]] Result<std::unique_ptr<Source>> open_source(const patterns::Address& from, const std::string& folder,
                                                          std::stop_token stop);

/// Opens what a rule file's `to` names; a file is emptied. Relative paths are relative to `folder`.
[[nodiscard]] Result<std::unique_ptr<Sink>> open_sink(const patterns::Address& to, const std::string& folder);

/// Can this program read from, or write to, such an address? Otherwise why not, for a person.
[[nodiscard]] Result<void> check_source(const patterns::Address& from);
[[nodiscard]] Result<void> check_sink(const patterns::Address& to);

}    // namespace cepheid::runtime
