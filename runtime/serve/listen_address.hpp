#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cepheid/result.hpp"

namespace cepheid::runtime {

/// Where a server is reached.
struct ListenAddress {
  std::string host;          // an IPv6 address without brackets
  std::uint16_t port = 0;    // 0: any that is free
};

/// Reads `[ADDRESS]:PORT`; an absent address is 127.0.0.1, an IPv6 address stands in brackets.
[[nodiscard]] Result<ListenAddress> parse_listen_address(std::string_view text);

/// The same way round.
[[nodiscard]] std::string to_string(const ListenAddress& address);

}    // namespace cepheid::runtime
