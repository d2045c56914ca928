#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "nfa/row/arena.hpp"
#include "nfa/row/layout.hpp"
#include "runtime/codec/decoder.hpp"
#include "runtime/codec/json_fields.hpp"

namespace cepheid::runtime {

/// Reads records that are as most are: a good row, no escapes in what is asked for, nothing twice that is an object. It
/// reads them off an index of many lines (JsonIndex), and leaves all others, good or bad, to who can judge them.
class PlainJsonReader {
 public:
  /// Both are borrowed; `nodes` are the layout's.
  PlainJsonReader(const RowTarget& target, std::vector<JsonNode>& nodes);

  /// The next lines: kDecodePadding readable bytes follow them, and `tokens` is their index.
  void begin(std::string_view lines, const std::uint32_t* tokens) {
    text_ = lines.data();
    at_ = tokens;
  }

  /// Reads the line [begin, end), positions in the lines, `end` being that of its line end, into `row`, whose fields
  /// are null. `record`: a number that no record before it had. False: it is not plain; `row` and the memory used in
  /// `arena` are to be forgotten. Lines are read in their order; some may be left out.
  [[nodiscard]] bool read(std::uint32_t begin, std::uint32_t end, std::uint64_t record, std::uint64_t* row,
                          nfa::Arena& arena);

 private:
  [[nodiscard]] bool read_line();
  [[nodiscard]] bool read_object(JsonNode& node);
  [[nodiscard]] static const JsonMember* find_member(JsonNode& node, const char* key, std::size_t size);
  [[nodiscard]] bool read_member_object(const JsonMember& member);
  [[nodiscard]] bool read_value(const JsonMember& member);
  [[nodiscard]] bool read_number(const JsonMember& member, const char* token);
  [[nodiscard]] bool read_int(const JsonMember& member, const char* token);
  [[nodiscard]] bool read_double(const JsonMember& member, const char* token);
  [[nodiscard]] bool read_decimal(const JsonMember& member, std::string_view number);
  [[nodiscard]] bool read_quoted(const JsonMember& member, std::string_view content);
  [[nodiscard]] bool read_string(const JsonMember& member, std::string_view content);
  [[nodiscard]] bool skip_value();
  /// The token at hand, up to the next one, without white space.
  [[nodiscard]] std::string_view rest_of(const char* token) const;
  /// Does the token at hand end at `end`?
  [[nodiscard]] bool ends_at(const char* end) const;

  const RowTarget& target_;
  std::vector<JsonNode>& nodes_;
  std::vector<nfa::FieldSlot> required_;
  bool names_are_plain_ = true;    // no name has a character that JSON must escape

  const char* text_ = nullptr;
  const std::uint32_t* at_ = nullptr;    // the token at hand

  // Of the record at hand.
  std::uint64_t record_ = 0;
  std::uint32_t end_ = 0;
  std::uint64_t* row_ = nullptr;
  nfa::Arena* arena_ = nullptr;
};

}    // namespace cepheid::runtime
