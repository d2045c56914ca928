#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cepheid/decimal.hpp"
#include "cepheid/time.hpp"

namespace cepheid::inline v0 {

struct Value;
struct Timestamp {
  TimeMs ms = 0;
  friend bool operator==(const Timestamp&, const Timestamp&) = default;
};
struct DecimalValue {
  Decimal decimal;
  int scale = 0;
};
using ValueList = std::vector<Value>;
using ValueObject = std::vector<std::pair<std::string, Value>>;

/// One value or null, owned. For constants, tests and the edges of the library; never made per event.
struct Value {
  std::variant<std::monostate, bool, std::int64_t, double, DecimalValue, std::string, Timestamp, ValueList, ValueObject>
      state;

  [[nodiscard]] bool is_null() const { return state.index() == 0; }
};

}    // namespace cepheid::inline v0
