// One JSON object a line: only the fields that the schema names are looked at, in place, without a tree in between. A
// value that nobody asks for is skipped, not judged. Many lines are indexed at once, and those that are plain are read
// off the index; all others are read, and judged, with simdjson's on-demand mode, each for itself.
//
// A name that comes twice in an object counts with its last value, be that good or bad. So what is wrong is noted by
// field and looked at when the whole line is read.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <simdjson.h>

#include "nfa/expr/time_functions.hpp"
#include "runtime/codec/decoder.hpp"
#include "runtime/codec/json_fields.hpp"
#include "runtime/codec/json_index.hpp"
#include "runtime/codec/plain_json.hpp"
#include "runtime/codec/record_lines.hpp"
#include "runtime/codec/text_value.hpp"

namespace cepheid::runtime {

namespace {

namespace ondemand = simdjson::ondemand;

static_assert(kDecodePadding >= simdjson::SIMDJSON_PADDING);

// unescape() writes in blocks: so many bytes behind the text may be overwritten.
constexpr std::size_t kUnescapeSlack = simdjson::SIMDJSON_PADDING;

// Lines are indexed at once up to so many bytes at least, if there are so many.
constexpr std::size_t kMinLinesBytes = 1024;

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

std::string_view trimmed(std::string_view token) {
  const std::size_t last = token.find_last_not_of(" \t\r\n");
  return token.substr(0, last + 1);
}

class JsonDecoder final : public Decoder {
 public:
  explicit JsonDecoder(RowTarget target)
      : target_(std::move(target)),
        layout_(*target_.layout),
        nodes_(make_json_nodes(layout_)),
        plain_(target_, nodes_) {
    wrong_.resize(layout_.schema().size() + nodes_.size());
  }

  std::size_t decode(std::string_view bytes, bool last, std::size_t max_records, Decoded& out) override {
    const std::size_t size = bytes.size();
    bytes.remove_prefix(skip_to_record(bytes, last, place_));
    if (place_.too_long || place_.at_begin) return size - bytes.size();
    const std::size_t most = out.rows.size() + out.invalid.size() + max_records;
    while (!bytes.empty() && out.rows.size() + out.invalid.size() < most) {
      const std::string_view lines = some_lines(bytes, most - out.rows.size() - out.invalid.size());
      if (!lines.empty()) {
        bytes.remove_prefix(decode_lines(lines, most, out));
        continue;
      }
      const std::size_t end = std::min(bytes.find('\n'), bytes.size());
      const bool complete = end < bytes.size() || last;
      if (end > kMaxRecordBytes) {
        report_too_long(bytes, place_, out);
        if (end == bytes.size()) return size;
        place_.too_long = false;
      } else if (!complete) {
        break;
      } else {
        decode_line(bytes.substr(0, end), out);
      }
      ++place_.line;
      bytes.remove_prefix(std::min(end + 1, bytes.size()));
    }
    return size - bytes.size();
  }

 private:
  /// Whole lines at the start of `bytes`, about as many as hold so many records; empty: the first line is not whole or
  /// is long.
  [[nodiscard]] std::string_view some_lines(std::string_view bytes, std::size_t records) const {
    const std::size_t most = std::clamp(records * record_bytes_, kMinLinesBytes, JsonIndex::kMaxBytes);
    const std::string_view some = bytes.substr(0, most);
    return some.substr(0, some.rfind('\n') + 1);
  }

  /// Decodes lines until there are `most` rows and invalid records; gives the bytes used.
  std::size_t decode_lines(std::string_view lines, std::size_t most, Decoded& out) {
    const bool indexed = index_.build(lines);
    if (indexed) plain_.begin(lines, index_.tokens());
    std::size_t begin = 0;
    std::size_t count = 0;
    while (begin < lines.size() && out.rows.size() + out.invalid.size() < most) {
      const auto* line = lines.data() + begin;
      const auto end = begin + static_cast<std::size_t>(
                                   static_cast<const char*>(std::memchr(line, '\n', lines.size() - begin)) - line);
      if (!indexed || !decode_plain(begin, end, out)) decode_line(lines.substr(begin, end - begin), out);
      ++place_.line;
      ++count;
      begin = end + 1;
    }
    record_bytes_ = begin / count;
    return begin;
  }

  /// A line of those that are indexed; false: it is not plain.
  bool decode_plain(std::size_t begin, std::size_t end, Decoded& out) {
    std::uint64_t* row = out.rows.append(0, 0);
    if (!plain_.read(static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), ++record_, row,
                     out.rows.arena())) {
      out.rows.drop_last();
      return false;
    }
    set_time(out.rows, row);
    return true;
  }

  /// The time of the last row.
  void set_time(nfa::Batch& rows, nfa::Row row) const {
    if (!target_.time_field) return;
    rows.set_time(rows.size() - 1, nfa::read_field(row, layout_.slot(*target_.time_field)).integer);
  }

  void decode_line(std::string_view line, Decoded& out) {
    if (is_blank(line)) return;
    ++record_;
    if (any_wrong_) {
      std::ranges::fill(wrong_, std::uint8_t{0});
      any_wrong_ = false;
    }
    row_ = out.rows.append(0, 0);
    arena_ = &out.rows.arena();
    std::string reason = read_document(line);
    if (reason.empty()) reason = judge_row();
    if (reason.empty()) {
      set_time(out.rows, row_);
      return;
    }
    out.rows.drop_last();
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    out.invalid.push_back({.rows_before = static_cast<std::uint32_t>(out.rows.size()),
                           .line = place_.line,
                           .text = valid_utf8(line),
                           .reason = std::move(reason)});
  }

  /// Empty, or why the line is not JSON. Fields of a wrong type are only noted.
  std::string read_document(std::string_view line) {
    ondemand::document document;
    auto error = parser_.iterate(line.data(), line.size(), line.size() + kDecodePadding).get(document);
    if (error) return not_json(error);
    ondemand::object object;
    error = document.get_object().get(object);
    if (error == simdjson::INCORRECT_TYPE) return "not a JSON object";
    if (error) return not_json(error);
    error = read_object(object, 0);
    if (error) return not_json(error);
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) return "not JSON: something follows the object";
    return {};
  }

  static const char* not_json(simdjson::error_code error) {
    switch (error) {
      case simdjson::UTF8_ERROR: return "not UTF-8";
      case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      case simdjson::UNCLOSED_STRING: return "not JSON: it ends too early";
      case simdjson::DEPTH_ERROR: return "not JSON: nested too deeply";
      case simdjson::MEMALLOC:
      case simdjson::CAPACITY: return "too large for the JSON reader";
      default: return "not JSON";
    }
  }

  simdjson::error_code read_object(ondemand::object& object, std::size_t at) {
    JsonNode& node = nodes_[at];
    if (node.seen_in == record_ && at != 0) {
      for (const std::uint32_t field : node.below) {
        layout_.set(row_, field, nfa::Datum());
        wrong_[field] = 0;
      }
    }
    node.seen_in = record_;
    if (node.presence) layout_.set(row_, *node.presence, nfa::Datum::of_bool(true));
    for (auto item : object) {
      ondemand::field field;
      if (const auto error = std::move(item).get(field)) return error;
      const JsonMember* member = find_member(node, field.key());
      if (member == nullptr) continue;
      ondemand::value value = field.value();
      if (member->object >= 0) {
        if (const auto error = read_member_object(value, static_cast<std::size_t>(member->object))) return error;
      } else {
        read_value(value, *member);
      }
    }
    return simdjson::SUCCESS;
  }

  simdjson::error_code read_member_object(ondemand::value& value, std::size_t at) {
    const std::size_t mark = layout_.schema().size() + at;
    note_wrong(mark, false);
    const std::string_view token = value.raw_json_token();
    if (token.starts_with('{')) {
      ondemand::object object;
      if (const auto error = value.get_object().get(object)) return error;
      return read_object(object, at);
    }
    const JsonNode& node = nodes_[at];
    if (node.seen_in == record_) {
      for (const std::uint32_t field : node.below) {
        layout_.set(row_, field, nfa::Datum());
        wrong_[field] = 0;
      }
    }
    if (trimmed(token) != "null") note_wrong(mark, true);
    return simdjson::SUCCESS;
  }

  const JsonMember* find_member(JsonNode& node, ondemand::raw_json_string key) {
    const char* name = key.raw();
    std::size_t size = 0;
    while (name[size] != '"' && name[size] != '\\') ++size;
    std::string_view wanted(name, size);
    if (name[size] == '\\') {
      if (!unescape_key(key, wanted)) return nullptr;
    }
    const std::size_t count = node.members.size();
    for (std::size_t i = 0, at = node.next; i < count; ++i, ++at) {
      if (at >= count) at = 0;
      if (node.members[at].name == wanted) {
        node.next = at + 1;
        return &node.members[at];
      }
    }
    return nullptr;
  }

  /// A key written with escapes: rare, so it may cost a copy.
  bool unescape_key(ondemand::raw_json_string key, std::string_view& name) {
    const char* begin = key.raw();
    const char* end = begin;
    while (*end != '"') end += *end == '\\' ? 2 : 1;
    nfa::Text* text = arena_->make_text(static_cast<std::size_t>(end - begin) + kUnescapeSlack);
    auto* bytes = reinterpret_cast<std::uint8_t*>(text->bytes);
    return parser_.unescape(key, bytes).get(name) == simdjson::SUCCESS;
  }

  void note_wrong(std::size_t mark, bool wrong) {
    if (wrong_[mark] == static_cast<std::uint8_t>(wrong)) return;
    wrong_[mark] = static_cast<std::uint8_t>(wrong);
    any_wrong_ = any_wrong_ || wrong;
  }

  void read_value(ondemand::value& value, const JsonMember& member) {
    nfa::Datum datum;
    const std::string_view token = value.raw_json_token();
    const bool good = token.starts_with('n') ? trimmed(token) == "null" : read_typed(value, token, member.type, datum);
    layout_.set(row_, member.field, datum);
    note_wrong(member.field, !good);
  }

  bool read_typed(ondemand::value& value, std::string_view token, const Type& type, nfa::Datum& datum) {
    const bool is_text = token.starts_with('"');
    switch (type.kind) {
      case TypeKind::bool_: {
        const std::string_view word = trimmed(token);
        if (word != "true" && word != "false") return false;
        datum = nfa::Datum::of_bool(word == "true");
        return true;
      }
      case TypeKind::int_: return !is_text && read_int(value, token, datum);
      case TypeKind::double_: {
        double number = 0;
        if (is_text || value.get_double().get(number)) return false;
        datum = nfa::Datum::of_double(number);
        return true;
      }
      case TypeKind::decimal: {
        std::optional<Decimal> decimal;
        if (is_text) {
          const nfa::Text* text = read_text(value, token);
          if (text != nullptr) decimal = parse_decimal_text(text->view(), type.scale);
        } else if (const std::string_view number = trimmed(token); is_json_number(number)) {
          decimal = parse_decimal(number, type.scale, false);
        }
        if (!decimal) return false;
        datum = nfa::Datum::of_decimal(decimal->units);
        return true;
      }
      case TypeKind::string: {
        if (!is_text) return false;
        const nfa::Text* text = read_text(value, token);
        if (text == nullptr) return false;
        datum = nfa::Datum::of_text(text);
        return true;
      }
      case TypeKind::timestamp: {
        if (!is_text) return read_int(value, token, datum);
        const nfa::Text* text = read_text(value, token);
        const std::optional<TimeMs> time = text == nullptr ? std::nullopt : nfa::parse_timestamp(text->view());
        if (!time) return false;
        datum = nfa::Datum::of_int(*time);
        return true;
      }
      case TypeKind::null_:
      case TypeKind::list:
      case TypeKind::object:
      case TypeKind::map: return false;    // not in a schema
    }
    return false;
  }

  static bool read_int(ondemand::value& value, std::string_view token, nfa::Datum& datum) {
    std::int64_t integer = 0;
    if (value.get_int64().get(integer) != simdjson::SUCCESS) {
      const std::optional<std::int64_t> whole = parse_whole_number(trimmed(token));
      if (!whole) return false;
      integer = *whole;
    }
    datum = nfa::Datum::of_int(integer);
    return true;
  }

  /// Straight into the batch's memory: a copy of the bytes if nothing is escaped, otherwise unescaped text, which is
  /// never longer than its token.
  const nfa::Text* read_text(ondemand::value& value, std::string_view token) {
    ondemand::raw_json_string raw;
    if (value.get_raw_json_string().get(raw)) return nullptr;
    // simdjson has made sure that the bytes are UTF-8 without control characters and that the quote is closed.
    const auto* quote = static_cast<const char*>(std::memchr(raw.raw(), '"', token.size() - 1));
    if (quote == nullptr) return nullptr;
    const std::string_view content(raw.raw(), quote);
    if (content.find('\\') == std::string_view::npos) return arena_->copy_text(content);
    nfa::Text* text = arena_->make_text(token.size() + kUnescapeSlack);
    auto* bytes = reinterpret_cast<std::uint8_t*>(text->bytes);
    std::string_view unescaped;
    if (parser_.unescape(raw, bytes).get(unescaped)) return nullptr;
    text->size = unescaped.size();
    return text;
  }

  /// Empty, or what is wrong with a row that was read to its end.
  std::string judge_row() {
    const std::vector<Field>& fields = layout_.schema().fields();
    if (any_wrong_) {
      const auto wrong = std::ranges::find(wrong_, std::uint8_t{1});
      if (wrong != wrong_.end()) {
        const auto mark = static_cast<std::size_t>(wrong - wrong_.begin());
        if (mark >= fields.size()) return fmt::format("`{}` is not an object", nodes_[mark - fields.size()].path);
        return fmt::format("`{}` does not convert to {}", fields[mark].name, to_string(fields[mark].type));
      }
    }
    for (const std::uint32_t field : target_.required) {
      if (nfa::read_field(row_, layout_.slot(field)).null) return fmt::format("`{}` is missing", fields[field].name);
    }
    if (const auto field = target_.time_field) {
      if (!is_within_time(nfa::read_field(row_, layout_.slot(*field)).integer)) return beyond_time(fields[*field].name);
    }
    return {};
  }

  RowTarget target_;
  const nfa::RowLayout& layout_;
  std::vector<JsonNode> nodes_;    // the whole record first
  RecordPlace place_;
  JsonIndex index_;
  PlainJsonReader plain_;
  std::size_t record_bytes_ = kMinLinesBytes;    // the mean of the last lines decoded at once
  ondemand::parser parser_;

  // Of the record at hand.
  std::uint64_t record_ = 0;
  std::uint64_t* row_ = nullptr;
  nfa::Arena* arena_ = nullptr;
  bool any_wrong_ = false;
  std::vector<std::uint8_t> wrong_;    // 0 or 1, by field, then by node
};

}    // namespace

std::unique_ptr<Decoder> make_json_decoder(RowTarget target) {
  return std::make_unique<JsonDecoder>(std::move(target));
}

}    // namespace cepheid::runtime
