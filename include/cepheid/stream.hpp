#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "cepheid/export.hpp"
#include "cepheid/schema.hpp"
#include "cepheid/type.hpp"

namespace cepheid::inline v0 {

/// A stream of rows that the program pushes in, built in C++: writes the `stream` statement of a rule file.
///
///   Stream("clicks").field("user_id", Type::string()).field("ts", Type::timestamp()).time("ts").lateness(5s)
///
/// A value. Nothing is checked while it is built; Rules::make reports all that is wrong. What a name, type or duration
/// cannot be said as in rule text is `?` in the text, with a comment that says why, and does not load.
class CEPHEID_API Stream {
 public:
  explicit Stream(std::string_view name) : name_(name) {}

  /// A field of its rows, perhaps nested (`location.latitude`): bool, int, double, decimal, string or timestamp.
  Stream& field(std::string_view path, const Type& type);
  /// The field that is a row's time. Without: what is pushed says how old it is.
  Stream& time(std::string_view path);
  /// How far behind the largest time seen a row may be and still be in time. Without: 0.
  Stream& lateness(std::chrono::milliseconds duration);
  /// Rows in which one of these is null are invalid. Adds to those given before.
  Stream& require(const std::vector<std::string>& paths);

  /// The statement, one clause a line. Linear in the text.
  [[nodiscard]] std::string text() const;

 private:
  std::string name_;
  std::vector<Field> fields_;
  std::vector<std::string> times_;
  std::vector<std::chrono::milliseconds> latenesses_;
  std::vector<std::string> required_;
};

}    // namespace cepheid::inline v0
