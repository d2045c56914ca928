#include "runtime/codec/plain_json.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>

#include "nfa/expr/time_functions.hpp"
#include "runtime/codec/text_value.hpp"

namespace cepheid::runtime {

namespace {

// Digits are taken from words as they lie in memory.
static_assert(std::endian::native == std::endian::little);

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::uint64_t word_at(const char* text) {
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof word);
  return word;
}

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kZeros = kOnes * '0';
constexpr std::uint64_t kDigitPowers[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000};

/// Not zero if and only if one of the word's bytes is a backslash.
std::uint64_t has_backslash(std::uint64_t word) {
  const std::uint64_t zero_where = word ^ (kOnes * '\\');
  return (zero_where - kOnes) & ~zero_where & (kOnes << 7);
}

/// The number that eight digits say.
std::uint64_t eight_digits(std::uint64_t word) {
  word -= kZeros;
  word = word * 10 + (word >> 8);    // pairs
  return ((word & 0x000000FF000000FF) * 0x000F424000000064 +
          ((word >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >>
         32;
}

/// Adds the digits at `text` to `number` and gives the place behind them. The number may have gone over.
[[gnu::always_inline]] inline const char* take_digits(const char* text, std::uint64_t& number) {
  for (;;) {
    const std::uint64_t word = word_at(text);
    // A digit is 0 to 9 away from '0'; the top bit of each byte that is none is set.
    const std::uint64_t away = word ^ kZeros;
    const std::uint64_t others = (((away & kOnes * 0x7f) + kOnes * (0x80 - 10)) | away) & kOnes * 0x80;
    if (others != 0) {
      const auto bits = static_cast<unsigned>(std::countr_zero(others)) & ~7U;
      if (bits == 0) return text;
      // The digits to the end of the word, zeros before them.
      number = number * kDigitPowers[bits / 8] + eight_digits(word << (64 - bits) | kZeros >> bits);
      return text + bits / 8;
    }
    number = number * 100'000'000 + eight_digits(word);
    text += 8;
  }
}

/// A whole number of so many digits fits into 64 bits without a sign.
constexpr std::ptrdiff_t kMaxIntDigits = 19;
/// So many digits are a whole number that a double holds, and so is ten to the power of as many.
constexpr std::ptrdiff_t kSafeDoubleDigits = 15;
constexpr double kPowersOfTen[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

void set_word(std::uint64_t* row, const nfa::FieldSlot& slot, std::uint64_t word) {
  row[slot.null_word] &= ~slot.null_mask;
  row[slot.word] = word;
}

void set_null(std::uint64_t* row, const nfa::FieldSlot& slot) {
  row[slot.null_word] |= slot.null_mask;
  row[slot.word] = 0;
  if (slot.kind == TypeKind::decimal) row[slot.word + 1] = 0;
}

}    // namespace

PlainJsonReader::PlainJsonReader(const RowTarget& target, std::vector<JsonNode>& nodes)
    : target_(target), nodes_(nodes) {
  for (const std::uint32_t field : target_.required) required_.push_back(target_.layout->slot(field));
  for (const JsonNode& node : nodes_) {
    for (const JsonMember& member : node.members) {
      const auto is_escaped = [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' '; };
      if (std::ranges::any_of(member.name, is_escaped)) names_are_plain_ = false;
    }
  }
}

bool PlainJsonReader::read(std::uint32_t begin, std::uint32_t end, std::uint64_t record, std::uint64_t* row,
                           nfa::Arena& arena) {
  while (*at_ < begin) ++at_;
  record_ = record;
  end_ = end;
  row_ = row;
  arena_ = &arena;
  const std::uint32_t* const first = at_;
  if (read_line()) return true;
  at_ = first;
  return false;
}

bool PlainJsonReader::read_line() {
  if (*at_ >= end_ || text_[*at_] != '{' || !names_are_plain_ || !read_object(nodes_.front())) return false;
  // The object's end may be the next line's, if its own is missing, and something may follow it.
  if (at_[-1] >= end_ || *at_ < end_) return false;
  if (target_.time_field) {
    const auto time_ms = static_cast<TimeMs>(row_[target_.layout->slot(*target_.time_field).word]);
    if (!is_within_time(time_ms)) return false;
  }
  return std::ranges::none_of(required_,
                              [&](const nfa::FieldSlot& slot) { return (row_[slot.null_word] & slot.null_mask) != 0; });
}

// ---- values: all in one piece, for a call costs as much as a short one

[[gnu::always_inline]] inline bool PlainJsonReader::ends_at(const char* end) const {
  // Behind white space a new token begins.
  return end == text_ + at_[1] || is_blank(*end);
}

std::string_view PlainJsonReader::rest_of(const char* token) const {
  const char* end = text_ + at_[1];
  while (end != token && is_blank(end[-1])) --end;
  return {token, end};
}

bool PlainJsonReader::read_decimal(const JsonMember& member, std::string_view number) {
  if (!is_json_number(number)) return false;
  const std::optional<Decimal> decimal = parse_decimal(number, member.type.scale, false);
  if (!decimal) return false;
  target_.layout->set(row_, member.field, nfa::Datum::of_decimal(decimal->units));
  return true;
}

[[gnu::always_inline]] inline bool PlainJsonReader::read_int(const JsonMember& member, const char* token) {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
  const bool negative = *token == '-';
  const char* const begin = token + (negative ? 1 : 0);
  std::uint64_t number = 0;
  const char* const end = take_digits(begin, number);
  const std::ptrdiff_t digits = end - begin;
  if (digits == 0 || (digits > 1 && *begin == '0') || digits > kMaxIntDigits || number > kLargest) return false;
  if (!ends_at(end)) return false;
  set_word(row_, member.slot, negative ? std::uint64_t{0} - number : number);
  return true;
}

[[gnu::always_inline]] inline bool PlainJsonReader::read_double(const JsonMember& member, const char* token) {
  const bool negative = *token == '-';
  const char* const whole = token + (negative ? 1 : 0);
  std::uint64_t digits = 0;
  const char* end = take_digits(whole, digits);
  const std::ptrdiff_t whole_digits = end - whole;
  if (whole_digits == 0 || (whole_digits > 1 && *whole == '0')) return false;
  std::ptrdiff_t fraction_digits = 0;
  if (*end == '.') {
    const char* const fraction = end + 1;
    end = take_digits(fraction, digits);
    fraction_digits = end - fraction;
    if (fraction_digits == 0) return false;
  }
  double number = 0;
  if (ends_at(end) && whole_digits + fraction_digits <= kSafeDoubleDigits) {
    // Both are exact, so that the quotient is the nearest double to what is written.
    number = static_cast<double>(static_cast<std::int64_t>(digits)) / kPowersOfTen[fraction_digits];
    if (negative) number = -number;
  } else {
    const std::optional<double> parsed = parse_double(rest_of(token));
    // Too small for a double, or zero: left to who knows the rules.
    if (!parsed || *parsed == 0) return false;
    number = *parsed;
  }
  set_word(row_, member.slot, std::bit_cast<std::uint64_t>(number));
  return true;
}

/// A value written as a string that is none.
bool PlainJsonReader::read_quoted(const JsonMember& member, std::string_view content) {
  if (member.type.kind == TypeKind::timestamp) {
    const std::optional<TimeMs> time = nfa::parse_timestamp(content);
    if (time) set_word(row_, member.slot, static_cast<std::uint64_t>(*time));
    return time.has_value();
  }
  if (member.type.kind == TypeKind::decimal) {
    const std::optional<Decimal> decimal = parse_decimal_text(content, member.type.scale);
    if (decimal) target_.layout->set(row_, member.field, nfa::Datum::of_decimal(decimal->units));
    return decimal.has_value();
  }
  return false;
}

[[gnu::always_inline]] inline bool PlainJsonReader::read_string(const JsonMember& member, std::string_view content) {
  nfa::Text* const text = arena_->make_text(content.size());
  // Short text is copied by the word, with whatever follows it: pieces of the arena have room for whole words.
  constexpr std::size_t kShort = 24;
  if (content.size() <= kShort) {
    std::uint64_t words[3] = {word_at(content.data()), 0, 0};
    std::uint64_t escapes = has_backslash(words[0]);
    std::memcpy(text->bytes, &words[0], 8);
    if (content.size() > 8) {
      words[1] = word_at(content.data() + 8);
      words[2] = word_at(content.data() + 16);
      escapes |= has_backslash(words[1]) | has_backslash(words[2]);
      std::memcpy(text->bytes + 8, &words[1], 16);
    }
    if (escapes != 0 && content.find('\\') != std::string_view::npos) return false;
  } else {
    if (content.find('\\') != std::string_view::npos) return false;
    std::memcpy(text->bytes, content.data(), content.size());
  }
  set_word(row_, member.slot, std::uint64_t{reinterpret_cast<std::uintptr_t>(text)});
  return true;
}

[[gnu::always_inline]] inline bool PlainJsonReader::read_number(const JsonMember& member, const char* token) {
  switch (member.type.kind) {
    case TypeKind::int_:
    case TypeKind::timestamp: return read_int(member, token);
    case TypeKind::double_: return read_double(member, token);
    case TypeKind::decimal: return read_decimal(member, rest_of(token));
    default: return false;
  }
}

[[gnu::always_inline]] inline bool PlainJsonReader::read_value(const JsonMember& member) {
  const char* const token = text_ + *at_;
  bool good = false;
  if (*token == '"') {
    const char* const last = text_ + at_[1] - 1;
    // A quote at the end is the one that closes the string: what follows a string is a token of its own.
    std::string_view quoted = *last == '"' ? std::string_view(token, last + 1) : rest_of(token);
    if (quoted.size() < 2 || quoted.back() != '"') return false;
    quoted = quoted.substr(1, quoted.size() - 2);
    good = member.type.kind == TypeKind::string ? read_string(member, quoted) : read_quoted(member, quoted);
  } else if (*token == '-' || (*token >= '0' && *token <= '9')) {
    good = read_number(member, token);
  } else if (*token == 'n') {
    good = rest_of(token) == "null";
    if (good) set_null(row_, member.slot);
  } else if (member.type.kind == TypeKind::bool_) {
    const std::string_view word = rest_of(token);
    good = word == "true" || word == "false";
    if (good) set_word(row_, member.slot, word == "true" ? 1 : 0);
  }
  ++at_;
  return good;
}

// ---- objects

bool PlainJsonReader::read_object(JsonNode& node) {
  ++at_;
  node.next = 0;
  if (node.presence) set_word(row_, target_.layout->slot(*node.presence), 1);
  if (text_[*at_] == '}') {
    ++at_;
    return true;
  }
  for (;;) {
    const char* const key = text_ + *at_ + 1;
    if (key[-1] != '"' || text_[at_[1]] != ':') return false;
    const std::size_t size = at_[1] - *at_ - 1;
    const JsonMember* member = nullptr;
    if (node.next < node.members.size() && node.members[node.next].is_at(key, size)) {
      member = &node.members[node.next++];
    } else {
      member = find_member(node, key, size);
    }
    at_ += 2;
    if (member == nullptr) {
      // It may be a name that is asked for, escaped.
      if (std::memchr(key, '\\', size) != nullptr || !skip_value()) return false;
    } else if (!(member->object >= 0 ? read_member_object(*member) : read_value(*member))) {
      return false;
    }
    const char behind = text_[*at_++];
    if (behind == '}') return true;
    if (behind != ',') return false;
  }
}

/// The member is not the one expected.
const JsonMember* PlainJsonReader::find_member(JsonNode& node, const char* key, std::size_t size) {
  const auto found =
      std::ranges::find_if(node.members, [&](const JsonMember& member) { return member.is_at(key, size); });
  if (found == node.members.end()) return nullptr;
  node.next = static_cast<std::size_t>(found - node.members.begin()) + 1;
  return &*found;
}

bool PlainJsonReader::read_member_object(const JsonMember& member) {
  if (text_[*at_] != '{') return false;
  JsonNode& node = nodes_[static_cast<std::size_t>(member.object)];
  if (node.seen_in == record_) return false;
  node.seen_in = record_;
  return read_object(node);
}

/// A value that nobody asks for: only how it is nested is looked at.
bool PlainJsonReader::skip_value() {
  std::size_t depth = 0;
  do {
    if (*at_ >= end_) return false;
    switch (text_[*at_]) {
      case '{':
      case '[': ++depth; break;
      case '}':
      case ']':
        if (depth == 0) return false;
        --depth;
        break;
      case ',':
      case ':':
        if (depth == 0) return false;
        break;
      default: break;
    }
    ++at_;
  } while (depth != 0);
  return true;
}

}    // namespace cepheid::runtime
