#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace cepheid::inline v0 {

/// Why the world refused: a file that cannot be opened, a connection that broke. `message` is a whole sentence
/// fragment for a person ("cannot open `x.jsonl`: No such file or directory"), lower case, without a full stop.
struct Error {
  std::string message;
};

/// A value, or why there is none. The member names are those of `std::expected`.
///
/// Mistakes in a rule file are not results but `Diagnostic`s; a bad row is neither, it is counted.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}        // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}    // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  /// The value. Requires has_value().
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// The error. Requires !has_value().
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

/// Success, or why not.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}    // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  [[nodiscard]] const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}    // namespace cepheid::inline v0

/// Passes an error of `expression` (a Result) up to the caller.
#define CEPHEID_TRY(expression)                                \
  do {                                                         \
    if (auto cepheid_result = (expression); !cepheid_result) { \
      return ::cepheid::Error{cepheid_result.error()};         \
    }                                                          \
  } while (false)
