#include "bench/shop_events.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace cepheid::bench {
namespace {

constexpr std::array<const char*, 10> kCountries{"KR", "US", "JP", "DE", "BR", "IN", "GB", "FR", "VN", "NG"};
constexpr TimeMs kStartMs = 1'700'000'000'000;
constexpr std::uint64_t kUserGapUs = 120'000'000;

const char* type_of(std::uint64_t percent) {
  if (percent < 15) return "login";
  if (percent < 60) return "view";
  if (percent < 75) return "purchase";
  return percent < 80 ? "logout" : "other";
}

std::uint64_t cents_of(std::uint64_t percent, Random& random) {
  if (percent < 40) return 100 + random.below(900);
  if (percent < 80) return 1'000 + random.below(49'000);
  if (percent < 99) return 50'000 + random.below(750'000);
  return 800'000 + random.below(200'001);
}

}    // namespace

std::uint64_t Random::below(std::uint64_t n) {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(z ^ (z >> 31)) * n) >> 64);
}

std::vector<ShopEvent> make_shop_events(const ShopOptions& options) {
  Random random(options.seed);
  const std::uint64_t mean_us = std::max<std::uint64_t>(1, kUserGapUs / options.users);
  TimeMs clock_us = kStartMs * 1000;
  std::vector<ShopEvent> events(options.events);
  for (std::size_t i = 0; i < events.size(); ++i) {
    clock_us += static_cast<TimeMs>(random.below(2 * mean_us + 1));
    ShopEvent& event = events[i];
    event.id = i;
    event.ts_ms = clock_us / 1000;
    event.user = random.below(options.users);
    event.type = type_of(random.below(100));
    event.cents = cents_of(random.below(100), random);
    event.country = kCountries[random.below(kCountries.size())];
  }
  return events;
}

std::string to_json_lines(std::span<const ShopEvent> events) {
  std::string text;
  for (const ShopEvent& event : events) {
    fmt::format_to(std::back_inserter(text),
                   "{{\"id\":{},\"user\":\"u{}\",\"type\":\"{}\",\"ts\":{},\"price\":{}.{:02},\"country\":\"{}\"}}\n",
                   event.id, event.user, event.type, event.ts_ms, event.cents / 100, event.cents % 100, event.country);
  }
  return text;
}

std::string to_csv(std::span<const ShopEvent> events) {
  std::string text = "id,user,type,ts,price,country\n";
  for (const ShopEvent& event : events) {
    fmt::format_to(std::back_inserter(text), "{},u{},{},{},{}.{:02},{}\n", event.id, event.user, event.type,
                   event.ts_ms, event.cents / 100, event.cents % 100, event.country);
  }
  return text;
}

Schema shop_schema() {
  return Schema({{"id", Type::int64()},
                 {"user", Type::string()},
                 {"type", Type::string()},
                 {"ts", Type::timestamp()},
                 {"price", Type::float64()},
                 {"country", Type::string()}});
}

nfa::Batch to_rows(std::span<const ShopEvent> events, std::shared_ptr<const nfa::RowLayout> layout,
                   SymbolTable& texts) {
  nfa::Batch rows(std::move(layout));
  for (const ShopEvent& event : events) {
    std::uint64_t* const row = rows.append(event.ts_ms, event.id);
    const auto set = [&](std::uint32_t field, const nfa::Datum& value) { rows.layout().set(row, field, value); };
    const auto text = [&texts](std::string_view value) { return nfa::Datum::of_text(texts.intern(value).text()); };
    set(0, nfa::Datum::of_int(static_cast<std::int64_t>(event.id)));
    set(1, text(fmt::format("u{}", event.user)));
    set(2, text(event.type));
    set(3, nfa::Datum::of_int(event.ts_ms));
    set(4, nfa::Datum::of_double(static_cast<double>(event.cents) / 100));
    set(5, text(event.country));
  }
  return rows;
}

}    // namespace cepheid::bench
