#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace cepheid::alerts {

/// Texts put together so that no two lists of texts give the same key: each with its length before it.
class KeyText {
 public:
  KeyText& add(std::string_view part);
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

/// The first half of SHA-256 as 32 hexadecimal digits: the same on every machine, and nobody can make two texts that
/// share one.
[[nodiscard]] std::string digest(std::string_view text);
[[nodiscard]] std::string digest(std::initializer_list<std::string_view> parts);

}    // namespace cepheid::alerts
