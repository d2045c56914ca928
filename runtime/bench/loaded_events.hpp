#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "cepheid/result.hpp"
#include "cepheid/symbol.hpp"
#include "cepheid/time.hpp"
#include "nfa/row/batch.hpp"
#include "patterns/plan/plan.hpp"

namespace cepheid::runtime {

/// A file of events for one stream of a plan.
struct EventFile {
  std::string path;
  patterns::RelationId stream = 0;
  patterns::SourceFormat format = patterns::SourceFormat::json;
  /// Only the first so many rows of it.
  std::uint64_t take = std::numeric_limits<std::uint64_t>::max();
};

/// The rows of a file in memory, in order of arrival. Text is kept once: equal texts are one pointer.
struct LoadedEvents {
  patterns::RelationId stream = 0;
  std::vector<nfa::Batch> batches;
  SymbolTable texts;
  std::uint64_t rows = 0;
  std::uint64_t invalid = 0;    // records that were no rows
};

/// Decodes a file. Rows of a stream without `time` get that of `now`. Nothing: a stop was asked for.
[[nodiscard]] Result<std::optional<LoadedEvents>> load_events(const patterns::Plan& plan, const EventFile& file,
                                                              const std::function<TimeMs()>& now,
                                                              const std::stop_token& stop);

/// How many bytes of the (unpacked) file its first `rows` rows take, with what stands before and between them; fewer
/// rows: all of it.
[[nodiscard]] Result<std::uint64_t> bytes_of_rows(const patterns::Plan& plan, const EventFile& file, std::uint64_t rows,
                                                  const std::stop_token& stop);

}    // namespace cepheid::runtime
