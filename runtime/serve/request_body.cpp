#include "runtime/serve/request_body.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string_view>

#include <civetweb.h>
#include <fmt/format.h>

namespace cepheid::runtime {

namespace {

constexpr std::size_t kMaxDrainedBytes = 1024 * 1024;
constexpr std::chrono::seconds kMaxDrainTime{5};

/// How a body is sent.
struct Framing {
  bool chunked = false;
  std::uint64_t length = 0;    // if it is not chunked
};

/// Of digits only; a number beyond all bounds is the largest.
std::optional<std::uint64_t> length_of(std::string_view text) {
  const bool digits =
      !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return '0' <= c && c <= '9'; });
  if (!digits) return std::nullopt;
  std::uint64_t length = std::numeric_limits<std::uint64_t>::max();
  std::from_chars(text.data(), text.data() + text.size(), length);    // too large: it stays as it is
  return length;
}

/// Nothing: two who read this head (a proxy and this server) could see different bodies.
std::optional<Framing> framing_of(const mg_request_info& request) {
  std::optional<Framing> framing;
  for (int i = 0; i < request.num_headers; ++i) {
    const mg_header& header = request.http_headers[i];
    const bool is_length = mg_strcasecmp(header.name, "Content-Length") == 0;
    const bool is_encoding = mg_strcasecmp(header.name, "Transfer-Encoding") == 0;
    if (!is_length && !is_encoding) continue;
    if (framing) return std::nullopt;
    framing = Framing{.chunked = is_encoding};
    if (is_encoding && mg_strcasecmp(header.value, "chunked") != 0) return std::nullopt;
    if (!is_length) continue;
    const std::optional<std::uint64_t> length = length_of(header.value);
    if (!length) return std::nullopt;
    framing->length = *length;
  }
  return framing ? framing : Framing();
}

/// Does the client hold its body back until it is asked for it?
bool waits_to_be_asked(const mg_connection* connection) {
  const char* expected = mg_get_header(connection, "Expect");
  return expected != nullptr && mg_strcasecmp(expected, "100-continue") == 0;
}

HttpResponse too_long() {
  return error_response(413, fmt::format("the body is longer than {} bytes", kMaxBodyBytes));
}

}    // namespace

std::optional<HttpResponse> read_body(mg_connection* connection, std::string& body) {
  const std::optional<Framing> framing = framing_of(*mg_get_request_info(connection));
  if (!framing) {
    return error_response(400, "either one `Content-Length` in digits, or `Transfer-Encoding: chunked`");
  }
  if (framing->length > kMaxBodyBytes) return too_long();
  body.resize(framing->chunked ? kMaxBodyBytes + 1 : framing->length);
  if (body.empty()) return std::nullopt;
  if (waits_to_be_asked(connection)) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    mg_write(connection, kContinue.data(), kContinue.size());
  }
  const int size = mg_read(connection, body.data(), body.size());
  if (size < 0 || (!framing->chunked && size != static_cast<int>(body.size()))) {
    return error_response(400, "the body ends before its end");
  }
  if (static_cast<std::size_t>(size) > kMaxBodyBytes) return too_long();
  body.resize(static_cast<std::size_t>(size));
  return std::nullopt;
}

void drain_body(mg_connection* connection) {
  if (waits_to_be_asked(connection)) return;    // it has sent nothing
  const auto end = std::chrono::steady_clock::now() + kMaxDrainTime;
  std::array<char, 16 * 1024> waste;
  for (std::size_t drained = 0; drained < kMaxDrainedBytes; drained += waste.size()) {
    const int size = mg_read(connection, waste.data(), waste.size());
    if (size != static_cast<int>(waste.size()) || std::chrono::steady_clock::now() >= end) return;
  }
}

}    // namespace cepheid::runtime
