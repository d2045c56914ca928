#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cepheid/symbol.hpp"
#include "cepheid/time.hpp"
#include "nfa/row/batch.hpp"

namespace cepheid::bench {

/// Numbers that look random and are the same everywhere: splitmix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  /// Less than `n` (> 0), all equally likely.
  std::uint64_t below(std::uint64_t n);

 private:
  std::uint64_t state_;
};

/// An event of the stream `events { schema id int, user string, type string, ts timestamp, price double, country string
/// time ts }`.
struct ShopEvent {
  std::uint64_t id = 0;
  std::uint64_t user = 0;
  const char* type = "";
  TimeMs ts_ms = 0;
  std::uint64_t cents = 0;
  const char* country = "";
};

struct ShopOptions {
  std::size_t events = 0;
  std::uint64_t users = 1;
  std::uint64_t seed = 1;
};

/// Events as those of bench/peers/generate.cpp: users equally likely, a user's events 2 minutes apart on average, in
/// time order; 15% login, 45% view, 15% purchase, 5% logout, 20% other. A function of the options alone.
[[nodiscard]] std::vector<ShopEvent> make_shop_events(const ShopOptions& options);

/// A JSON object a line.
[[nodiscard]] std::string to_json_lines(std::span<const ShopEvent> events);
/// A line of names, then a line an event.
[[nodiscard]] std::string to_csv(std::span<const ShopEvent> events);

/// The schema of that stream.
[[nodiscard]] Schema shop_schema();
/// Rows of that schema. Their text is kept by `texts`, equal texts as one pointer.
[[nodiscard]] nfa::Batch to_rows(std::span<const ShopEvent> events, std::shared_ptr<const nfa::RowLayout> layout,
                                 SymbolTable& texts);

}    // namespace cepheid::bench
