#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cepheid/export.hpp"
#include "cepheid/pattern.hpp"
#include "cepheid/result.hpp"
#include "cepheid/schema.hpp"
#include "cepheid/stream.hpp"
#include "cepheid/time.hpp"

namespace cepheid::inline v0 {

/// A stream of some Rules, by its position there.
enum class StreamId : std::uint32_t {};
/// A pattern of some Rules, by its position there.
enum class PatternId : std::uint32_t {};

/// Streams and patterns, parsed, checked and typed: what an Engine is made of. Immutable and cheap to copy; all copies
/// share one plan, and any number of engines and threads may use it.
///
/// It makes no difference whether rules were written as text or built: built ones are written as text first (text()
/// gives it), so both make the same plan and have the same fingerprints.
///
/// Of a whole rule file, the engine runs the patterns that read streams of rows. What other statements say (sinks,
/// alerts, windows …) is work of the `cepheid` program; a pattern that reads what such a statement makes is an error
/// here.
class Rules {
 public:
  struct Options {
    /// What diagnostics call the text.
    std::string name = "rules";
    /// The values of `${NAME}` in strings. Absent: none is known, only `${NAME:-default}` has a value.
    std::function<std::optional<std::string>(std::string_view name)> variable = nullptr;
  };

  /// Rules from the text of a rule file. The error holds all diagnostics, with their places. Linear in the text.
  [[nodiscard]] static CEPHEID_API Result<Rules> from_text(std::string_view text, const Options& options);
  [[nodiscard]] static Result<Rules> from_text(std::string_view text) { return from_text(text, Options{}); }
  /// Rules from what was built in C++. The error holds all diagnostics, which point into the text().
  [[nodiscard]] static CEPHEID_API Result<Rules> make(const std::vector<Stream>& streams,
                                                      const std::vector<Pattern>& patterns);

  /// The rules as text.
  [[nodiscard]] CEPHEID_API const std::string& text() const;
  /// What the checker warns of, with places; empty if of nothing.
  [[nodiscard]] CEPHEID_API const std::string& warnings() const;

  [[nodiscard]] CEPHEID_API std::size_t streams() const;
  /// The stream of that name.
  [[nodiscard]] CEPHEID_API std::optional<StreamId> find_stream(std::string_view name) const;
  [[nodiscard]] CEPHEID_API std::string_view name(StreamId stream) const;
  /// The fields of its rows, in their order.
  [[nodiscard]] CEPHEID_API const Schema& schema(StreamId stream) const;
  /// How far behind the largest time seen its rows may be.
  [[nodiscard]] CEPHEID_API DurationMs lateness(StreamId stream) const;

  [[nodiscard]] CEPHEID_API std::size_t patterns() const;
  [[nodiscard]] CEPHEID_API std::optional<PatternId> find_pattern(std::string_view name) const;
  [[nodiscard]] CEPHEID_API std::string_view name(PatternId pattern) const;
  /// 16 hexadecimal digits, equal for patterns that mean the same, in every run and machine: name, streams and their
  /// fields, conditions, quantifiers, all clauses. State can be loaded only into the same patterns.
  [[nodiscard]] CEPHEID_API std::string fingerprint(PatternId pattern) const;

  struct Impl;    // the library's own
  [[nodiscard]] const std::shared_ptr<const Impl>& impl() const { return impl_; }

 private:
  explicit Rules(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}    // namespace cepheid::inline v0
