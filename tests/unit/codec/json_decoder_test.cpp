#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/codec/decoding.hpp"

namespace cepheid::runtime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

DecodedText decode(std::vector<Field> fields, std::string_view text, std::vector<std::uint32_t> required = {}) {
  return decode_text(TextFormat::json, Schema(std::move(fields)), text, std::move(required));
}

TEST(JsonDecoder, ReadsOnlyTheFieldsOfTheSchema) {
  const auto got = decode({{"id", Type::int64()}, {"name", Type::string()}},
                          "{\"x\":[{\"id\":9}],\"name\":\"a\",\"id\":1}\n{\"id\":2}\n");
  EXPECT_THAT(got.rows, ElementsAre(R"({"id":1,"name":"a"})", R"({"id":2,"name":null})"));
  EXPECT_THAT(got.invalid, IsEmpty());
}

TEST(JsonDecoder, DottedNamesAreNestedObjects) {
  const std::vector<Field> fields{{"at.lat", Type::float64()}, {"id", Type::int64()}, {"at.lon", Type::float64()}};
  const auto got = decode(fields, "{\"at\":{\"lon\":2,\"lat\":1.5},\"id\":1}\n{\"at\":null,\"id\":2}\n{\"at\":7}\n");
  EXPECT_THAT(got.rows,
              ElementsAre(R"({"at":{"lat":1.5,"lon":2},"id":1})", R"({"at":{"lat":null,"lon":null},"id":2})"));
  EXPECT_THAT(got.invalid, ElementsAre("3: `at` is not an object"));
}

TEST(JsonDecoder, PresenceFieldTellsAMissingObjectFromAnEmptyOne) {
  const std::vector<Field> fields{{"data.a", Type::int64()}, {"data", Type::boolean(), true}};
  const auto got = decode(fields, "{\"data\":{}}\n{\"data\":null}\n{}\n", {1});
  EXPECT_THAT(got.rows, ElementsAre(R"({"data":{"a":null}})"));
  EXPECT_THAT(got.invalid, ElementsAre("2: `data` is missing", "3: `data` is missing"));
}

TEST(JsonDecoder, OfANameThatComesTwiceTheLastCounts) {
  const std::vector<Field> fields{{"a", Type::int64()}, {"o.x", Type::int64()}, {"o.y", Type::int64()}};
  const auto got = decode(fields, R"({"a":"bad","a":1,"o":{"x":1},"o":{"y":2}})");
  EXPECT_THAT(got.rows, ElementsAre(R"({"a":1,"o":{"x":null,"y":2}})"));
}

TEST(JsonDecoder, IntTakesWholeNumbersOf64Bits) {
  const auto got =
      decode({{"i", Type::int64()}},
             "{\"i\":9223372036854775807}\n{\"i\":-9223372036854775808}\n{\"i\":9007199254740993.0}\n"
             "{\"i\":12e2}\n{\"i\":9223372036854775808}\n{\"i\":1.5}\n{\"i\":\"1\"}\n{\"i\":true}\n{\"i\":01}\n");
  EXPECT_THAT(got.rows, ElementsAre(R"({"i":9223372036854775807})", R"({"i":-9223372036854775808})",
                                    R"({"i":9007199254740993})", R"({"i":1200})"));
  EXPECT_THAT(got.invalid, SizeIs(5));
}

TEST(JsonDecoder, DecimalsAreReadDigitByDigit) {
  const auto got = decode({{"d", Type::decimal(2)}},
                          "{\"d\":123456789012345678901234567.89}\n{\"d\":\"-0.10\"}\n{\"d\":5}\n{\"d\":1.005}\n"
                          "{\"d\":\"1e2\"}\n{\"d\":\"x\"}\n");
  EXPECT_THAT(got.rows, ElementsAre(R"({"d":123456789012345678901234567.89})", R"({"d":-0.10})", R"({"d":5.00})"));
  EXPECT_THAT(got.invalid, SizeIs(3));
}

TEST(JsonDecoder, TimestampIsAnIntegerOrIsoText) {
  const auto got =
      decode({{"t", Type::timestamp()}},
             "{\"t\":1000}\n{\"t\":\"1970-01-01T00:00:02Z\"}\n{\"t\":\"1970-01-02\"}\n{\"t\":\"soon\"}\n{\"t\":1.5}\n");
  EXPECT_THAT(got.rows, ElementsAre(R"({"t":1000})", R"({"t":2000})", R"({"t":86400000})"));
  EXPECT_THAT(got.invalid, SizeIs(2));
}

TEST(JsonDecoder, EscapesInNamesAndTextAreResolved) {
  const auto got = decode({{"user", Type::string()}}, R"({"us\u0065r":"\u00e9\n\"\ud83d\ude00"})");
  EXPECT_THAT(got.rows, ElementsAre("{\"user\":\"\u00e9\\n\\\"\U0001F600\"}"));
}

TEST(JsonDecoder, WhatIsNoJsonObjectIsInvalidAndTheNextLineGood) {
  const std::string deep = "{\"i\":" + std::string(100'000, '[') + "}";
  for (const std::string& bad :
       {std::string("{\"i\":1"), std::string("[1]"), std::string("5"), std::string("{\"i\":NaN}"),
        std::string("{\"i\":1} 2"), std::string("\"x\""), std::string("{\"i\":1,\"s\":\"\xff\"}"), std::string("{"),
        std::string("nonsense"), deep}) {
    const auto got = decode({{"i", Type::int64()}}, bad + "\n{\"i\":2}\n");
    EXPECT_THAT(got.rows, ElementsAre(R"({"i":2})")) << bad.substr(0, 40);
    EXPECT_THAT(got.invalid, SizeIs(1)) << bad.substr(0, 40);
  }
}

TEST(JsonDecoder, ByteOrderMarkCarriageReturnsAndEmptyLinesAreNothing) {
  const auto got = decode({{"i", Type::int64()}}, "\xEF\xBB\xBF{\"i\":1}\r\n\r\n  \n{\"i\":2}");
  EXPECT_THAT(got.rows, ElementsAre(R"({"i":1})", R"({"i":2})"));
  EXPECT_THAT(got.invalid, IsEmpty());
}

TEST(JsonDecoder, PiecesOfAnySizeGiveTheSameRows) {
  const std::string text = "\xEF\xBB\xBF{\"i\":1}\nbad\n{\"i\":2}\n{\"i\":3}";
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    const auto got = decode_text(TextFormat::json, Schema({{"i", Type::int64()}}), text, {}, piece);
    EXPECT_THAT(got.rows, ElementsAre(R"({"i":1})", R"({"i":2})", R"({"i":3})")) << piece;
    EXPECT_THAT(got.invalid, SizeIs(1)) << piece;
  }
}

TEST(JsonDecoder, ALineBeyondTheBoundIsInvalidAndTheNextIsGood) {
  const std::string text = "{\"s\":\"" + std::string(kMaxRecordBytes, 'x') + "\"}\n{\"i\":2}\n";
  const auto got = decode({{"i", Type::int64()}}, text);
  EXPECT_THAT(got.rows, ElementsAre(R"({"i":2})"));
  EXPECT_THAT(got.invalid, ElementsAre("1: longer than 16 MiB"));
}

}    // namespace
}    // namespace cepheid::runtime
