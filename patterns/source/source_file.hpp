#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cepheid::patterns {

/// A piece of a rule file's text: bytes [begin, end).
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// A rule file's name and text, and where its lines are. Owns the text.
class SourceFile {
 public:
  SourceFile(std::string name, std::string text);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::string_view text(Span span) const;

  /// Line and column, both from 1; the column counts code points.
  struct Place {
    std::uint32_t line;
    std::uint32_t column;
  };
  [[nodiscard]] Place place(std::uint32_t offset) const;
  /// The text of a line (from 1) without its end.
  [[nodiscard]] std::string_view line(std::uint32_t line) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<std::uint32_t> line_begins_;
};

}    // namespace cepheid::patterns
