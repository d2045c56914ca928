#include "runtime/codec/row_format.hpp"

#include <algorithm>

#include "runtime/codec/json_writer.hpp"

namespace cepheid::runtime {

void append_plain(std::string& out, const nfa::Datum& datum, const Type& type) {
  if (datum.null) return;
  if (type.kind == TypeKind::string) {
    out.append(datum.text->view());
  } else {
    append_json(out, datum, type);
  }
}

void append_csv_text(std::string& out, std::string_view text) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out.append(text);
    return;
  }
  out.push_back('"');
  for (const char c : text) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

std::vector<std::string> csv_columns(const Schema& schema) {
  std::vector<std::string> columns;
  for (const Field& field : schema.fields()) {
    if (!field.presence) columns.push_back(field.name);
  }
  return columns;
}

void append_csv_header(std::string& out, const std::vector<std::string>& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i != 0) out.push_back(',');
    append_csv_text(out, columns[i]);
  }
  out.push_back('\n');
}

CsvRowWriter::CsvRowWriter(std::shared_ptr<const nfa::RowLayout> layout, const std::vector<std::string>& columns)
    : layout_(std::move(layout)) {
  for (const std::string& column : columns) {
    const std::optional<std::uint32_t> field = layout_->schema().find(column);
    fields_.push_back(field ? std::int64_t{*field} : kEmpty);
  }
}

void CsvRowWriter::append(std::string& out, nfa::Row row) {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (i != 0) out.push_back(',');
    if (fields_[i] == kEmpty) continue;
    const auto field = static_cast<std::uint32_t>(fields_[i]);
    const nfa::Datum datum = nfa::read_field(row, layout_->slot(field));
    if (datum.null) continue;
    cell_.clear();
    append_plain(cell_, datum, layout_->schema().fields()[field].type);
    append_csv_text(out, cell_);
  }
  out.push_back('\n');
}

TextRowWriter::TextRowWriter(const std::vector<patterns::TextPart>& parts, const nfa::RowLayout& layout) {
  for (const patterns::TextPart& part : parts) {
    parts_.push_back({.text = part.text, .value = std::nullopt});
    if (part.value) parts_.back().value = nfa::compile_expression(*part.value, {.row = &layout});
  }
}

void TextRowWriter::append(std::string& out, nfa::Row row, TimeMs time_ms, nfa::EvalScratch& scratch) const {
  append_text(out, row, time_ms, scratch);
  out.push_back('\n');
}

void TextRowWriter::append_text(std::string& out, nfa::Row row, TimeMs time_ms, nfa::EvalScratch& scratch) const {
  for (const Part& part : parts_) {
    if (part.value) {
      append_plain(out, part.value->evaluate({.row = row, .time_ms = time_ms}, scratch), part.value->type());
    } else {
      out.append(part.text);
    }
  }
}

}    // namespace cepheid::runtime
