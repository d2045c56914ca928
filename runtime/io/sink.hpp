#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cepheid/result.hpp"

namespace cepheid::runtime {

/// Bytes that go out. Used by one thread. After an error no further call is made.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Takes the bytes; they may wait in a buffer.
  virtual Result<void> write(std::string_view bytes) = 0;
  /// Hands everything taken so far to the operating system.
  virtual Result<void> flush() = 0;
  /// The path as it was given, or `stdout`: for messages.
  [[nodiscard]] virtual const std::string& name() const = 0;
};

/// Makes the missing folders, empties the file if it is there, and opens it; it exists from here on, with rows or
/// without. `shown` is the name in messages.
[[nodiscard]] Result<std::unique_ptr<Sink>> open_file_sink(const std::string& path, std::string shown);
/// Standard output, not closed at the end.
[[nodiscard]] std::unique_ptr<Sink> make_stdout_sink();

}    // namespace cepheid::runtime
