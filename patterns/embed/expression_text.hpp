#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

/// The smallest pieces of rule text, as the builders write them.
namespace cepheid::patterns {

/// A piece of rule text. What the language cannot say is `kUnsayable` in it, and `mistake` says why.
struct Wording {
  std::string text;
  std::string_view mistake = {};    // of static storage; empty: none
};

/// Stands for what cannot be said: no rule text has it outside of strings and comments, so it never loads.
inline constexpr std::string_view kUnsayable = "?";

/// A name, between back-ticks if it is a reserved word or has other signs than letters, digits and `_`.
[[nodiscard]] Wording name_text(std::string_view name);
/// `a.b.c`, each part a name.
[[nodiscard]] Wording path_text(std::string_view path);
/// A path as it can follow a dot.
[[nodiscard]] Wording path_after_dot(std::string_view path);
/// A string literal of that content.
[[nodiscard]] Wording string_text(std::string_view content);
/// `1h30m`; a negative one cannot be said.
[[nodiscard]] Wording duration_text(std::chrono::milliseconds duration);
/// How often, how many: a negative number cannot be said.
[[nodiscard]] Wording count_text(std::int64_t count);

/// The first mistake of two.
[[nodiscard]] inline std::string_view first_mistake(std::string_view a, std::string_view b) {
  return a.empty() ? b : a;
}

}    // namespace cepheid::patterns
