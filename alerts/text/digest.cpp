#include "alerts/text/digest.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/sha.h>

namespace cepheid::alerts {

KeyText& KeyText::add(std::string_view part) {
  fmt::format_to(std::back_inserter(text_), "{}:", part.size());
  text_.append(part);
  return *this;
}

std::string digest(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> bytes{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data());
  std::string hex;
  for (std::size_t i = 0; i < bytes.size() / 2; ++i) fmt::format_to(std::back_inserter(hex), "{:02x}", bytes[i]);
  return hex;
}

std::string digest(std::initializer_list<std::string_view> parts) {
  KeyText key;
  for (const std::string_view part : parts) key.add(part);
  return digest(key.text());
}

}    // namespace cepheid::alerts
