#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace cepheid::runtime {

/// Where the tokens of some lines of JSON begin: simdjson's first stage, for many lines at once. Tokens are the
/// characters `{}[]:,` outside strings, strings, and runs of all else but white space. Reused; not thread-safe.
class JsonIndex {
 public:
  /// Bytes that are indexed at once, at most.
  static constexpr std::size_t kMaxBytes = 32 << 10;

  JsonIndex();
  ~JsonIndex();
  JsonIndex(JsonIndex&&) noexcept;
  JsonIndex& operator=(JsonIndex&&) noexcept;

  /// Indexes whole lines: 1 to kMaxBytes bytes, the last one a line end. False: a line among them is not UTF-8, has a
  /// string that does not end in it, or a control character in a string. Otherwise what is found is just what would be
  /// found in each line alone: no string goes over a line end.
  bool build(std::string_view lines);

  /// Of the last build: positions in the lines, rising. Behind them stands the position of the last line end, twice.
  [[nodiscard]] const std::uint32_t* tokens() const;

 private:
  struct Stage;
  std::unique_ptr<Stage> stage_;
};

}    // namespace cepheid::runtime
