#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nfa/expr/program.hpp"
#include "nfa/row/layout.hpp"
#include "patterns/plan/plan.hpp"

namespace cepheid::runtime {

/// One value as a CSV cell or a piece of a text line: a string as it is, null as nothing, all else as in JSON.
void append_plain(std::string& out, const nfa::Datum& datum, const Type& type);
/// Appends a CSV cell, in quotes where RFC 4180 wants them; an empty text too, so that it is no null.
void append_csv_text(std::string& out, std::string_view text);

/// Writes rows as CSV lines with the columns given by name; a column that the layout lacks stays empty.
class CsvRowWriter {
 public:
  CsvRowWriter(std::shared_ptr<const nfa::RowLayout> layout, const std::vector<std::string>& columns);
  /// Appends the row and its line end.
  void append(std::string& out, nfa::Row row);

 private:
  static constexpr std::int64_t kEmpty = -1;
  std::shared_ptr<const nfa::RowLayout> layout_;
  std::vector<std::int64_t> fields_;    // or kEmpty
  std::string cell_;
};

/// The names that a layout's rows have as CSV columns, in order: dotted ones as they are.
[[nodiscard]] std::vector<std::string> csv_columns(const Schema& schema);
void append_csv_header(std::string& out, const std::vector<std::string>& columns);

/// Writes rows as lines of a text format with `${…}` in it.
class TextRowWriter {
 public:
  TextRowWriter(const std::vector<patterns::TextPart>& parts, const nfa::RowLayout& layout);
  /// Appends the row and its line end.
  void append(std::string& out, nfa::Row row, TimeMs time_ms, nfa::EvalScratch& scratch) const;
  /// The same without the line end.
  void append_text(std::string& out, nfa::Row row, TimeMs time_ms, nfa::EvalScratch& scratch) const;

 private:
  struct Part {
    std::string text;
    std::optional<nfa::ExprProgram> value;
  };
  std::vector<Part> parts_;
};

}    // namespace cepheid::runtime
