#include "patterns/source/source_file.hpp"

#include <algorithm>
#include <utility>

#include "patterns/source/limits.hpp"
#include "patterns/source/utf8.hpp"

namespace cepheid::patterns {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}    // namespace

SourceFile::SourceFile(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {
  line_begins_.push_back(std::string_view(text_).starts_with(kByteOrderMark) ? 3 : 0);
  if (text_.size() > kMaxFileBytes) return;    // is refused whole; offsets need not fit
  for (std::size_t at = 0; at < text_.size(); ++at) {
    if (text_[at] == '\n') line_begins_.push_back(static_cast<std::uint32_t>(at + 1));
  }
}

std::string_view SourceFile::text(Span span) const {
  const std::size_t begin = std::min<std::size_t>(span.begin, text_.size());
  const std::size_t end = std::clamp<std::size_t>(span.end, begin, text_.size());
  return std::string_view(text_).substr(begin, end - begin);
}

SourceFile::Place SourceFile::place(std::uint32_t offset) const {
  const auto after = std::upper_bound(line_begins_.begin() + 1, line_begins_.end(), offset);
  const auto line = static_cast<std::uint32_t>(after - line_begins_.begin());
  const std::uint32_t begin = line_begins_[line - 1];
  const std::size_t column = offset <= begin ? 0 : count_code_points(text(Span{begin, offset}));
  return {line, static_cast<std::uint32_t>(column + 1)};
}

std::string_view SourceFile::line(std::uint32_t line) const {
  if (line == 0 || line > line_begins_.size()) return {};
  std::string_view rest = std::string_view(text_).substr(line_begins_[line - 1]);
  rest = rest.substr(0, rest.find('\n'));
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return rest;
}

}    // namespace cepheid::patterns
