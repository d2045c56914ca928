#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/codec/decoding.hpp"

namespace cepheid::runtime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

DecodedText decode(std::vector<Field> fields, std::string_view text, std::vector<std::uint32_t> required = {}) {
  return decode_text(TextFormat::csv, Schema(std::move(fields)), text, std::move(required));
}

TEST(CsvDecoder, ColumnsComeInAnyOrderAndUnknownOnesAreIgnored) {
  const auto got = decode({{"id", Type::int64()}, {"name", Type::string()}}, "x,name,id\r\n9,a,1\r\n8,b,2");
  EXPECT_THAT(got.rows, ElementsAre(R"({"id":1,"name":"a"})", R"({"id":2,"name":"b"})"));
}

TEST(CsvDecoder, QuotedCellsHoldCommasQuotesAndLineEnds) {
  const auto got = decode({{"s", Type::string()}, {"i", Type::int64()}}, "s,i\n\"a,\"\"b\"\"\nc\",1\n d ,2\nx,bad\n");
  EXPECT_THAT(got.rows, ElementsAre(R"({"s":"a,\"b\"\nc","i":1})", R"({"s":" d ","i":2})"));
  EXPECT_THAT(got.invalid, ElementsAre("5: `i` does not convert to int"));
}

TEST(CsvDecoder, EmptyCellsAndMissingCellsAreNull) {
  const auto got = decode({{"a", Type::int64()}, {"b", Type::string()}}, "a,b\n,\"\"\n1\n\n,x\n");
  EXPECT_THAT(got.rows, ElementsAre(R"({"a":null,"b":null})", R"({"a":1,"b":null})", R"({"a":null,"b":"x"})"));
}

TEST(CsvDecoder, MoreCellsThanTheHeaderAreInvalid) {
  const auto got = decode({{"a", Type::int64()}}, "a\n1,2\n3\n");
  EXPECT_THAT(got.rows, ElementsAre(R"({"a":3})"));
  EXPECT_THAT(got.invalid, ElementsAre("2: more cells than the header line has"));
}

TEST(CsvDecoder, ABrokenQuoteCostsItsOwnLineOnly) {
  const auto got = decode({{"a", Type::string()}}, "a\nx\"y\n\"open\nb\n");
  EXPECT_THAT(got.rows, ElementsAre(R"({"a":"b"})"));
  EXPECT_THAT(got.invalid, SizeIs(2));
}

TEST(CsvDecoder, CellsConvertAsTextDoes) {
  const auto got = decode(
      {{"i", Type::int64()},
       {"d", Type::float64()},
       {"m", Type::decimal(2)},
       {"t", Type::timestamp()},
       {"b", Type::boolean()}},
      "i,d,m,t,b\n-1,1e2,12.5,1000,true\n1,2,3,1970-01-01,false\n1.0,,,,\n,0x1,,,\n,,1.234,,\n,,,,TRUE\n+1,,,,\n");
  EXPECT_THAT(got.rows, ElementsAre(R"({"i":-1,"d":100,"m":12.50,"t":1000,"b":true})",
                                    R"({"i":1,"d":2,"m":3.00,"t":0,"b":false})"));
  EXPECT_THAT(got.invalid, SizeIs(5));
}

TEST(CsvDecoder, RequiredFieldThatIsNullMakesTheRowInvalid) {
  const auto got = decode({{"a", Type::int64()}},
                          "\xEF\xBB\xBF"
                          "a,b\n,1\n2,2\n",
                          {0});
  EXPECT_THAT(got.rows, ElementsAre(R"({"a":2})"));
  EXPECT_THAT(got.invalid, ElementsAre("2: `a` is missing"));
}

TEST(CsvDecoder, PiecesOfAnySizeGiveTheSameRows) {
  const std::string text = "a,b\n\"x\r\ny\",1\n\"z\"\"\",2\nw,3";
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    const auto got =
        decode_text(TextFormat::csv, Schema({{"a", Type::string()}, {"b", Type::int64()}}), text, {}, piece);
    EXPECT_THAT(got.rows, ElementsAre(R"({"a":"x\r\ny","b":1})", R"({"a":"z\"","b":2})", R"({"a":"w","b":3})"))
        << piece;
    EXPECT_THAT(got.invalid, IsEmpty()) << piece;
  }
}

}    // namespace
}    // namespace cepheid::runtime
