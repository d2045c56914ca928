#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/codec/decoder.hpp"
#include "runtime/codec/json_writer.hpp"

namespace cepheid::runtime {

/// What a text decodes to: each row as JSON, each invalid record as LINE: REASON.
struct DecodedText {
  std::vector<std::string> rows;
  std::vector<std::string> invalid;
};

enum class TextFormat { json, csv };

/// Decodes `text` as the whole of a source, handed over in pieces of `piece` bytes.
inline DecodedText decode_text(TextFormat format, Schema schema, std::string_view text,
                               std::vector<std::uint32_t> required = {}, std::size_t piece = 1 << 20) {
  const auto layout = std::make_shared<const nfa::RowLayout>(std::move(schema));
  RowTarget target{.layout = layout, .time_field = {}, .required = std::move(required)};
  auto decoder = format == TextFormat::json ? make_json_decoder(target) : make_csv_decoder(target);
  const JsonRowWriter writer(layout);
  DecodedText result;
  Decoded decoded(layout);
  std::string buffer;
  for (bool last = false; !last;) {
    buffer.append(text.substr(0, piece));
    text.remove_prefix(std::min(piece, text.size()));
    last = text.empty();
    for (std::size_t taken = 1; taken != 0 && !buffer.empty();) {
      buffer.append(kDecodePadding, '\0');
      taken = decoder->decode(std::string_view(buffer).substr(0, buffer.size() - kDecodePadding), last, 3, decoded);
      buffer.resize(buffer.size() - kDecodePadding);
      buffer.erase(0, taken);
    }
  }
  for (std::size_t i = 0; i < decoded.rows.size(); ++i) writer.append(result.rows.emplace_back(), decoded.rows.row(i));
  for (const InvalidRecord& record : decoded.invalid) {
    result.invalid.push_back(std::to_string(record.line) + ": " + record.reason);
  }
  return result;
}

}    // namespace cepheid::runtime
