#pragma once

#include <string>
#include <string_view>

namespace cepheid::nfa {

/// Does the whole of `text` fit `pattern`? `%` any text, `_` one code point, `\` the next sign as it is (a `\` at the
/// end stands for itself). Time up to the product of the sizes.
[[nodiscard]] bool matches_like(std::string_view text, std::string_view pattern);

/// A pattern of `like` prepared: the common shapes, text with `%` at its ends only, become a comparison or a search.
class LikePattern {
 public:
  explicit LikePattern(std::string_view pattern);
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  enum class Shape { exact, prefix, suffix, infix, general };
  Shape shape_ = Shape::general;
  std::string text_;    // of the general shape the pattern, otherwise the literal text
};

}    // namespace cepheid::nfa
