#include "runtime/codec/json_writer.hpp"

#include <string>

#include <gtest/gtest.h>

namespace cepheid::runtime {
namespace {

std::string written(std::string_view text) {
  std::string out;
  append_json_text(out, text);
  return out;
}

TEST(JsonWriter, TextWithoutEscapesIsCopied) {
  EXPECT_EQ(written(""), "\"\"");
  EXPECT_EQ(written("abc"), "\"abc\"");
  EXPECT_EQ(written("a text longer than a word \x7f /"), "\"a text longer than a word \x7f /\"");
  EXPECT_EQ(written("Zürich ☃ 東京"), "\"Zürich ☃ 東京\"");
}

TEST(JsonWriter, QuotesBackslashesAndControlCharactersAreEscapedWhereverTheyStand) {
  for (std::size_t at = 0; at < 20; ++at) {
    for (const auto& [c, escaped] : {std::pair('"', "\\\""), std::pair('\\', "\\\\"), std::pair('\n', "\\n"),
                                     std::pair('\0', "\\u0000"), std::pair('\x1f', "\\u001F")}) {
      std::string text(20, 'x');
      text[at] = c;
      EXPECT_EQ(written(text), "\"" + std::string(at, 'x') + escaped + std::string(19 - at, 'x') + "\"");
    }
  }
}

TEST(JsonWriter, DottedNamesAreNestedObjectsAndOrderIsThatOfTheSchema) {
  const auto layout = std::make_shared<const nfa::RowLayout>(Schema(
      {{"id", Type::int64()}, {"m.price", Type::float64()}, {"name", Type::string()}, {"m.of", Type::boolean()}}));
  std::vector<std::uint64_t> row(layout->words());
  layout->clear(row.data());
  layout->set(row.data(), 0, nfa::Datum::of_int(-7));
  layout->set(row.data(), 3, nfa::Datum::of_bool(true));
  std::string out;
  JsonRowWriter(layout).append(out, row.data());
  EXPECT_EQ(out, "{\"id\":-7,\"m\":{\"price\":null,\"of\":true},\"name\":null}");
  out.clear();
  JsonRowWriter(layout, {3, 0}).append(out, row.data());
  EXPECT_EQ(out, "{\"m\":{\"of\":true},\"id\":-7}");
}

}    // namespace
}    // namespace cepheid::runtime
