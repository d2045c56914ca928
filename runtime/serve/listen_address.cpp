#include "runtime/serve/listen_address.hpp"

#include <charconv>

#include <fmt/format.h>

namespace cepheid::runtime {

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const Error wrong{fmt::format("`{}` is no `[ADDRESS]:PORT`", text)};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool in_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (in_brackets) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[], ") != std::string_view::npos) {
    return wrong;
  }
  ListenAddress address{.host = host.empty() ? "127.0.0.1" : std::string(host)};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size()) return wrong;
  return address;
}

std::string to_string(const ListenAddress& address) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", is_v6 ? "[" : "", address.host, is_v6 ? "]" : "", address.port);
}

}    // namespace cepheid::runtime
