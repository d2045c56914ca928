#include "cepheid/stream.hpp"

#include "patterns/embed/expression_text.hpp"
#include "patterns/embed/pattern_writer.hpp"

namespace cepheid::inline v0 {

namespace {

patterns::Wording type_text(const Type& type) {
  switch (type.kind) {
    case TypeKind::bool_:
    case TypeKind::int_:
    case TypeKind::double_:
    case TypeKind::decimal:
    case TypeKind::string:
    case TypeKind::timestamp: return {to_string(type)};
    case TypeKind::null_:
    case TypeKind::list:
    case TypeKind::object:
    case TypeKind::map: break;
  }
  return {std::string(patterns::kUnsayable), "a stream's field is no list, no object and never only null"};
}

}    // namespace

Stream& Stream::field(std::string_view path, const Type& type) {
  fields_.push_back({std::string(path), type});
  return *this;
}

Stream& Stream::time(std::string_view path) {
  times_.emplace_back(path);
  return *this;
}

Stream& Stream::lateness(std::chrono::milliseconds duration) {
  latenesses_.push_back(duration);
  return *this;
}

Stream& Stream::require(const std::vector<std::string>& paths) {
  required_.insert(required_.end(), paths.begin(), paths.end());
  return *this;
}

std::string Stream::text() const {
  LineWriter lines;
  lines.put("stream");
  lines.put(patterns::name_text(name_));
  lines.put("{");
  lines.end_line();
  lines.indent();
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    lines.put(i == 0 ? "schema" : "      ");
    lines.put(patterns::path_text(fields_[i].name));
    lines.put(type_text(fields_[i].type));
    if (i + 1 < fields_.size()) lines.join(",");
    lines.end_line();
  }
  for (const std::string& path : times_) {
    lines.put("time");
    lines.put(patterns::path_text(path));
    lines.end_line();
  }
  for (const std::chrono::milliseconds duration : latenesses_) {
    lines.put("lateness");
    lines.put(patterns::duration_text(duration));
    lines.end_line();
  }
  for (std::size_t i = 0; i < required_.size(); ++i) {
    i == 0 ? lines.put("require") : lines.join(",");
    lines.put(patterns::path_text(required_[i]));
  }
  if (!required_.empty()) lines.end_line();
  lines.outdent();
  lines.put("}");
  lines.end_line();
  return lines.take();
}

}    // namespace cepheid::inline v0
