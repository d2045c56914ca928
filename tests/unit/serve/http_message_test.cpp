#include "runtime/serve/http_message.hpp"

#include <string>

#include <gtest/gtest.h>

#include "runtime/serve/listen_address.hpp"

namespace cepheid::runtime {
namespace {

std::string read(std::string_view query) {
  std::string text;
  for (const QueryParameter& parameter : parse_query(query)) {
    text += "[" + parameter.name + (parameter.value ? "=" + *parameter.value : "") + "]";
  }
  return text;
}

TEST(Query, IsReadAsBrowsersWriteIt) {
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("a=1&b=2"), "[a=1][b=2]");
  EXPECT_EQ(read("a=&b&=c&&d=e=f"), "[a=][b][=c][d=e=f]");
  EXPECT_EQ(read("a%20b=%C3%A4+%2b%26"), "[a b=\xc3\xa4 +&]");
  EXPECT_EQ(read("a=%&b=%4&c=%zz&d=%41"), "[a=%][b=%4][c=%zz][d=A]");
}

TEST(ListenAddress, IsReadAndWritten) {
  const auto same = [](std::string_view text) {
    const Result<ListenAddress> address = parse_listen_address(text);
    return address ? to_string(*address) : address.error().message;
  };
  EXPECT_EQ(same(":8080"), "127.0.0.1:8080");
  EXPECT_EQ(same("0.0.0.0:0"), "0.0.0.0:0");
  EXPECT_EQ(same("[::1]:80"), "[::1]:80");
  EXPECT_EQ(same("localhost:65535"), "localhost:65535");
  for (const char* wrong : {"8080", "localhost", "localhost:", ":65536", ":-1", ":8o", "::1:80", "a b:1", "a,b:1"}) {
    EXPECT_FALSE(parse_listen_address(wrong)) << wrong;
  }
}

TEST(ErrorResponse, IsJsonWhateverIsInTheMessage) {
  EXPECT_EQ(error_response(400, "a \"b\"\n").body, "{\"error\":\"a \\\"b\\\"\\n\"}\n");
  EXPECT_EQ(error_response(400, "\xff").body, "{\"error\":\"\xef\xbf\xbd\"}\n");
}

}    // namespace
}    // namespace cepheid::runtime
