#include "runtime/codec/record_lines.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <utf8proc.h>

namespace cepheid::runtime {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}    // namespace

std::size_t skip_to_record(std::string_view bytes, bool last, RecordPlace& place) {
  if (place.at_begin) {
    if (bytes.size() < kByteOrderMark.size() && kByteOrderMark.starts_with(bytes) && !last) return 0;
    place.at_begin = false;
    if (bytes.starts_with(kByteOrderMark)) return kByteOrderMark.size();
  }
  if (!place.too_long) return 0;
  const std::size_t end = bytes.find('\n');
  if (end == std::string_view::npos) return bytes.size();
  place.too_long = false;
  ++place.line;
  return end + 1;
}

void report_too_long(std::string_view bytes, RecordPlace& place, Decoded& out) {
  out.invalid.push_back({.rows_before = static_cast<std::uint32_t>(out.rows.size()),
                         .line = place.line,
                         .text = valid_utf8(bytes.substr(0, kKeptOfTooLong)),
                         .reason = fmt::format("longer than {} MiB", kMaxRecordBytes >> 20)});
  place.too_long = true;
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t size = ::utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                     static_cast<utf8proc_ssize_t>(text.size()), &code_point);
    if (size > 0) {
      valid.append(text.substr(0, static_cast<std::size_t>(size)));
      text.remove_prefix(static_cast<std::size_t>(size));
    } else {
      valid.append("\xEF\xBF\xBD");
      text.remove_prefix(1);
    }
  }
  return valid;
}

}    // namespace cepheid::runtime
