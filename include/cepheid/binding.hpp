#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "cepheid/result.hpp"
#include "cepheid/row_words.hpp"
#include "cepheid/rules.hpp"
#include "cepheid/stream.hpp"
#include "cepheid/symbol.hpp"
#include "cepheid/value.hpp"

namespace cepheid::inline v0 {

/// How a user's own struct is a row: specialised by the user, with a constexpr tuple of members.
///
///   template <>
///   struct cepheid::Binding<Click> {
///     static constexpr auto fields = std::tuple(cepheid::member("user_id", &Click::user),
///                                               cepheid::member("at", &Click::at));
///   };
///
/// Members may be bool, integers (int), float and double (double), std::string and std::string_view (string, copied
/// when the row is), Symbol (string, not copied), Timestamp and std::chrono::sys_time (timestamp), Fixed<n>
/// (decimal(n)), and std::optional of any of them, which is null without a value. A double that is not finite and an
/// integer beyond 64 bits with sign are null too. A name may be a path (`location.latitude`).
template <typename T>
struct Binding;

/// A decimal of `scale` digits after the point, as a member of a bound struct.
template <int scale>
struct Fixed {
  Int128 units = 0;    // value * 10^scale
};

template <typename T, typename M>
struct Member {
  std::string_view name;
  M T::*pointer;
};
template <typename T, typename M>
constexpr Member<T, M> member(std::string_view name, M T::*pointer) {
  return {name, pointer};
}

namespace binding {

template <typename M>
struct IsTime : std::false_type {};
template <typename D>
struct IsTime<std::chrono::sys_time<D>> : std::true_type {};
template <typename M>
struct FixedScale : std::integral_constant<int, -1> {};
template <int scale>
struct FixedScale<Fixed<scale>> : std::integral_constant<int, scale> {};
template <typename M>
struct Unwrapped {
  using type = M;
};
template <typename M>
struct Unwrapped<std::optional<M>> {
  using type = M;
};

template <typename M>
constexpr bool is_text = std::is_same_v<M, std::string> || std::is_same_v<M, std::string_view>;

/// The rule language's type of a member.
template <typename M>
Type type_of() {
  using Held = typename Unwrapped<M>::type;
  if constexpr (std::is_same_v<Held, bool>) {
    return Type::boolean();
  } else if constexpr (std::is_integral_v<Held>) {
    return Type::int64();
  } else if constexpr (std::is_floating_point_v<Held>) {
    return Type::float64();
  } else if constexpr (is_text<Held> || std::is_same_v<Held, Symbol>) {
    return Type::string();
  } else if constexpr (std::is_same_v<Held, Timestamp> || IsTime<Held>::value) {
    return Type::timestamp();
  } else {
    static_assert(FixedScale<Held>::value >= 0, "a bound member must have one of the types that Binding names");
    return Type::decimal(FixedScale<Held>::value);
  }
}

/// Does a struct bind strings, not only symbols?
template <typename T>
constexpr bool has_text() {
  return std::apply([]<typename... M>(const Member<T, M>&...) { return (is_text<typename Unwrapped<M>::type> || ...); },
                    Binding<T>::fields);
}

/// Bytes for the copy of a member's text, with its size, rounded up to whole words.
template <typename M>
std::size_t text_bytes(const M& value) {
  if constexpr (is_text<M>) {
    return (sizeof(Text) + value.size() + 7) & ~std::size_t{7};
  } else if constexpr (!std::is_same_v<typename Unwrapped<M>::type, M>) {
    return value ? text_bytes(*value) : 0;
  } else {
    return 0;
  }
}

/// Writes a member's value where the row has it. `texts`: where the copy of a text goes, moved behind it.
template <typename M>
void write(const M& value, std::uint64_t* row, const FieldSlot& slot, char*& texts) {
  const auto put = [&](auto word) {
    static_assert(sizeof word == 8);
    std::memcpy(row + slot.word, &word, sizeof word);
  };
  if constexpr (!std::is_same_v<typename Unwrapped<M>::type, M>) {
    if (!value) return;
    write(*value, row, slot, texts);
    return;
  } else if constexpr (std::is_same_v<M, bool>) {
    put(static_cast<std::uint64_t>(value));
  } else if constexpr (std::is_integral_v<M>) {
    if (!std::in_range<std::int64_t>(value)) return;
    put(static_cast<std::int64_t>(value));
  } else if constexpr (std::is_floating_point_v<M>) {
    if (!std::isfinite(value)) return;
    put(static_cast<double>(value));
  } else if constexpr (is_text<M>) {
    auto* text = reinterpret_cast<Text*>(texts);
    text->size = value.size();
    std::memcpy(text->bytes, value.data(), value.size());
    texts += text_bytes(value);
    put(static_cast<const Text*>(text));
  } else if constexpr (std::is_same_v<M, Symbol>) {
    if (!value.has_value()) return;
    put(value.text());
  } else if constexpr (std::is_same_v<M, Timestamp>) {
    put(value.ms);
  } else if constexpr (IsTime<M>::value) {
    put(std::int64_t{std::chrono::floor<std::chrono::milliseconds>(value).time_since_epoch().count()});
  } else {
    std::memcpy(row + slot.word, &value.units, sizeof value.units);
  }
  row[slot.null_word] &= ~slot.null_mask;
}

/// Where the members of a struct go in a stream's rows.
struct Target {
  StreamId stream{};
  std::vector<FieldSlot> slots;        // by member; of one that the stream does not have: behind the row
  std::vector<std::uint64_t> nulls;    // a row all of whose fields are null, and room behind it for what it has not
};
/// An error if there is no such stream, if one of its fields is not among the members, or has another type there.
[[nodiscard]] CEPHEID_API Result<Target> find_target(const Rules& rules, std::string_view stream,
                                                     const std::vector<Field>& members);

template <typename T>
std::vector<Field> fields_of() {
  std::vector<Field> fields;
  std::apply(
      [&]<typename... M>(const Member<T, M>&... members) {
        (fields.push_back({std::string(members.name), type_of<M>()}), ...);
      },
      Binding<T>::fields);
  return fields;
}

}    // namespace binding

/// The way of a user's struct into one stream: where its members go in the stream's rows, and the memory of one row.
/// Not thread-safe; one for each engine, or thread.
template <typename T>
class Input {
 public:
  /// `symbols_only`: of the engine that it is for.
  [[nodiscard]] static Result<Input> make(const Rules& rules, std::string_view stream, bool symbols_only = false) {
    if (symbols_only && binding::has_text<T>()) {
      return Error{"the struct binds strings, and the engine takes symbols only"};
    }
    Result<binding::Target> target = binding::find_target(rules, stream, binding::fields_of<T>());
    if (!target) return target.error();
    return Input(std::move(target).value());
  }
  [[nodiscard]] StreamId stream() const { return target_.stream; }

  /// The row of a value, valid until the next call and as long as the value and its symbols.
  [[nodiscard]] const std::uint64_t* write(const T& value) {
    row_ = target_.nulls;
    std::apply([&](const auto&... members) { write_members(value, members...); }, Binding<T>::fields);
    return row_.data();
  }

 private:
  explicit Input(binding::Target target) : target_(std::move(target)) {}

  template <typename... M>
  void write_members(const T& value, const Member<T, M>&... members) {
    const std::size_t bytes = (binding::text_bytes(value.*members.pointer) + ... + 0);
    if (bytes > texts_.size() * sizeof(std::uint64_t)) texts_.resize(bytes / sizeof(std::uint64_t) * 2);
    char* texts = reinterpret_cast<char*>(texts_.data());
    const FieldSlot* slot = target_.slots.data();
    (binding::write(value.*members.pointer, row_.data(), *slot++, texts), ...);
  }

  binding::Target target_;
  std::vector<std::uint64_t> row_;
  std::vector<std::uint64_t> texts_;
};

/// A stream whose fields are the members of a bound struct.
template <typename T>
[[nodiscard]] Stream stream_of(std::string_view name) {
  Stream stream{std::string(name)};
  for (const Field& field : binding::fields_of<T>()) stream.field(field.name, field.type);
  return stream;
}

}    // namespace cepheid::inline v0
