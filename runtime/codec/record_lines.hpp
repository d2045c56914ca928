#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "runtime/codec/decoder.hpp"

namespace cepheid::runtime {

/// What both text decoders know of their place in the source.
struct RecordPlace {
  std::uint64_t line = 1;    // number of the line at which the next record begins
  bool too_long = false;     // the rest of a record beyond kMaxRecordBytes is being skipped
  bool at_begin = true;      // nothing was read yet: a byte order mark may stand here
};

/// What is kept of the text of a record that is too long.
inline constexpr std::size_t kKeptOfTooLong = 1024;

/// Skips a byte order mark at the begin of the source and what is left of a record that was too long; gives the number
/// of bytes skipped.
[[nodiscard]] std::size_t skip_to_record(std::string_view bytes, bool last, RecordPlace& place);
/// Reports the record at the start of `bytes` as too long.
void report_too_long(std::string_view bytes, RecordPlace& place, Decoded& out);

}    // namespace cepheid::runtime
