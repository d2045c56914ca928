#include "fraud/history.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace cepheid::fraud {
namespace {

/// Few transactions with a time out of all order must not cost their user the history: something leaves only if it is
/// too old for each of so many that arrived last.
constexpr std::size_t kLastArrivals = 4;

/// Free places that a block of a history with so many transactions has when it is new: what a user takes beyond what
/// there is to remember, against how often everything is moved.
std::size_t free_places(std::size_t size) {
  return std::max<std::size_t>(3, size / 16);
}

template <typename T>
T* column(std::byte* block, const HistoryLayout& layout, Column column, std::size_t capacity, std::size_t at) {
  if (!layout.has(column)) return nullptr;
  return reinterpret_cast<T*>(block + layout.offset(column, capacity)) + at;
}

HistoryView view_of(std::byte* block, const HistoryLayout& layout, std::size_t capacity, std::size_t begin,
                    std::size_t size, DurationMs disorder_ms) {
  const auto doubles = [&](Column which) { return column<double>(block, layout, which, capacity, begin); };
  const auto ids = [&](Column which) { return column<std::uint32_t>(block, layout, which, capacity, begin); };
  return {.size = size,
          .disorder_ms = disorder_ms,
          .amounts = doubles(Column::amount),
          .latitudes = doubles(Column::latitude),
          .longitudes = doubles(Column::longitude),
          .merchants = ids(Column::merchant),
          .devices = ids(Column::device),
          .countries = ids(Column::country),
          .time_lows = ids(Column::time_low),
          .time_highs = column<std::uint16_t>(block, layout, Column::time_high, capacity, begin),
          .types = column<std::uint16_t>(block, layout, Column::type, capacity, begin),
          .clocks = column<std::uint8_t>(block, layout, Column::clock, capacity, begin)};
}

/// Copies `count` transactions from place `from` of one block to place `to` of another, or of the same, further on in
/// it.
void copy_columns(const HistoryLayout& layout, const std::byte* source, std::size_t source_capacity, std::size_t from,
                  std::byte* target, std::size_t target_capacity, std::size_t to, std::size_t count) {
  if (count == 0) return;
  for (std::size_t i = 0; i < kColumns; ++i) {
    const auto which = static_cast<Column>(i);
    if (!layout.has(which)) continue;
    const std::size_t width = kColumnWidths[i];
    std::memmove(target + layout.offset(which, target_capacity) + to * width,
                 source + layout.offset(which, source_capacity) + from * width, count * width);
  }
}

/// Calls `take(from, count)` for each run of transactions for which `keep(i)` holds.
template <typename Keep, typename Take>
void for_each_run(std::size_t size, Keep keep, Take take) {
  for (std::size_t i = 0; i < size;) {
    if (!keep(i)) {
      ++i;
      continue;
    }
    const std::size_t from = i;
    while (i < size && keep(i)) ++i;
    take(from, i - from);
  }
}

}    // namespace

HistoryLayout::HistoryLayout(const FraudRules& rules) {
  const auto use = [this](Column column, bool used) { has_[static_cast<std::size_t>(column)] = used; };
  const bool places = rules.location.has_value() || rules.travel.has_value();
  const auto spread_of = [&](FraudSpread::Of of) {
    return rules.spread && std::any_of(rules.spread->windows.begin(), rules.spread->windows.end(),
                                       [of](const FraudSpread::Window& window) { return window.of == of; });
  };
  const auto first_seen = [&](std::optional<double> FraudFirstSeen::*risk) {
    return rules.first_seen && ((*rules.first_seen).*risk).has_value();
  };
  use(Column::amount, rules.amount.has_value() || rules.value.has_value());
  use(Column::latitude, places);
  use(Column::longitude, places);
  use(Column::merchant, first_seen(&FraudFirstSeen::merchant_risk) || spread_of(FraudSpread::Of::merchants));
  use(Column::device, first_seen(&FraudFirstSeen::device_risk) || spread_of(FraudSpread::Of::devices));
  use(Column::country, first_seen(&FraudFirstSeen::country_risk) || spread_of(FraudSpread::Of::countries));
  use(Column::time_low, true);
  use(Column::time_high, true);
  use(Column::type, rules.velocity.has_value() || (rules.behaviour && rules.behaviour->unseen_type_risk) ||
                        (rules.value && rules.value->of_same_type));
  use(Column::clock,
      (rules.behaviour && rules.behaviour->unseen_hour_risk) || (rules.time && rules.time->weekend_risk));
  for (std::size_t i = 0; i < kColumns; ++i) {
    before_[i] = bytes_each_;
    if (has_[i]) bytes_each_ += kColumnWidths[i];
  }
}

History::History(const HistoryLayout& layout, std::string_view key)
    : key_size_(static_cast<std::uint32_t>(key.size())) {
  capacity_ = static_cast<std::uint32_t>(free_places(0));
  block_ = std::make_unique_for_overwrite<std::byte[]>(capacity_ * layout.bytes_each() + key.size());
  if (!key.empty()) std::memcpy(block_.get() + capacity_ * layout.bytes_each(), key.data(), key.size());
}

History::History(History&& other) noexcept {
  *this = std::move(other);
}

History& History::operator=(History&& other) noexcept {
  block_ = std::move(other.block_);
  key_size_ = std::exchange(other.key_size_, 0);
  begin_ = std::exchange(other.begin_, 0);
  end_ = std::exchange(other.end_, 0);
  capacity_ = std::exchange(other.capacity_, 0);
  latest_ms_ = other.latest_ms_;
  latest_here_ms_ = other.latest_here_ms_;
  disorder_ms_ = other.disorder_ms_;
  return *this;
}

std::string_view History::key(const HistoryLayout& layout) const {
  return {reinterpret_cast<const char*>(block_.get() + capacity_ * layout.bytes_each()), key_size_};
}

HistoryView History::all(const HistoryLayout& layout) const {
  return view_of(block_.get(), layout, capacity_, begin_, size(), disorder_ms_);
}

HistoryView History::after(const HistoryLayout& layout, TimeMs after_ms, HistoryScratch& scratch) const {
  const HistoryView everything = all(layout);
  std::size_t first = 0;
  if (disorder_ms_ == 0) {
    // Mostly nothing is too old, or what is makes a small part.
    std::size_t count = everything.size;
    if (count > 0 && everything.time_ms(0) > after_ms) count = 0;
    while (count > 0) {
      const std::size_t half = count / 2;
      if (everything.time_ms(first + half) > after_ms) {
        count = half;
      } else {
        first += half + 1;
        count -= half + 1;
      }
    }
  } else {
    while (first < everything.size && everything.time_ms(first) <= after_ms) ++first;
    // Behind a transaction that is younger by the disorder all others are young enough.
    for (std::size_t i = first; i < everything.size; ++i) {
      const TimeMs time_ms = everything.time_ms(i);
      if (time_ms - disorder_ms_ > after_ms) break;
      if (time_ms > after_ms) continue;
      // Some in the middle do not count: a copy of those that do.
      scratch.resize((everything.size * layout.bytes_each() + sizeof(double) - 1) / sizeof(double));
      auto* const copy = reinterpret_cast<std::byte*>(scratch.data());
      std::size_t copied = 0;
      for_each_run(
          everything.size, [&](std::size_t at) { return everything.time_ms(at) > after_ms; },
          [&](std::size_t from, std::size_t count) {
            copy_columns(layout, block_.get(), capacity_, begin_ + from, copy, everything.size, copied, count);
            copied += count;
          });
      return view_of(copy, layout, everything.size, 0, copied, disorder_ms_);
    }
  }
  return view_of(block_.get(), layout, capacity_, begin_ + first, everything.size - first, disorder_ms_);
}

void History::add(const HistoryLayout& layout, const Bounds& bounds, const Remembered& transaction,
                  HistoryTexts& texts) {
  while (bounds.limit != 0 && size() >= bounds.limit) {
    release_texts(all(layout), 0, texts);
    ++begin_;
  }
  if (end_ == capacity_) make_room(layout, bounds, texts);
  const auto put = [&](Column which, auto value) {
    if (auto* place = column<decltype(value)>(block_.get(), layout, which, capacity_, end_)) *place = value;
  };
  put(Column::amount, transaction.amount);
  put(Column::latitude, transaction.latitude);
  put(Column::longitude, transaction.longitude);
  put(Column::merchant, transaction.merchant);
  put(Column::device, transaction.device);
  put(Column::country, transaction.country);
  put(Column::time_low, static_cast<std::uint32_t>(transaction.time_ms));
  put(Column::time_high, static_cast<std::uint16_t>(transaction.time_ms >> 32));
  put(Column::type, static_cast<std::uint16_t>(transaction.type));
  put(Column::clock, transaction.clock);
  if (begin_ == end_) {
    latest_here_ms_ = kFirstTimeMs;
    disorder_ms_ = 0;
  }
  ++end_;
  disorder_ms_ = std::max(disorder_ms_, latest_here_ms_ - transaction.time_ms);
  latest_here_ms_ = std::max(latest_here_ms_, transaction.time_ms);
  set_latest_ms(transaction.time_ms);
}

void History::make_room(const HistoryLayout& layout, const Bounds& bounds, HistoryTexts& texts) {
  const HistoryView view = all(layout);
  TimeMs youngest_use_ms = kLastTimeMs;
  for (std::size_t i = view.size - std::min(view.size, kLastArrivals); i < view.size; ++i) {
    youngest_use_ms = std::min(youngest_use_ms, view.time_ms(i));
  }
  const TimeMs old_ms = subtract_saturated(youngest_use_ms, bounds.keep_ms);
  const auto is_kept = [&](std::size_t i) { return view.time_ms(i) > old_ms; };
  std::size_t kept = 0;
  for (std::size_t i = 0; i < view.size; ++i) {
    if (is_kept(i)) {
      ++kept;
    } else {
      release_texts(view, i, texts);
    }
  }
  const std::size_t wanted = kept + 1 + free_places(kept);
  const bool stays = capacity_ >= wanted && capacity_ <= wanted + wanted / 8;
  std::unique_ptr<std::byte[]> fresh;
  std::byte* target = block_.get();
  std::size_t target_capacity = capacity_;
  if (!stays) {
    target_capacity = wanted;
    fresh = std::make_unique_for_overwrite<std::byte[]>(wanted * layout.bytes_each() + key_size_);
    target = fresh.get();
    const std::string_view name = key(layout);
    if (!name.empty()) std::memcpy(target + wanted * layout.bytes_each(), name.data(), name.size());
  }
  // Which are kept is known by their times, which moving within one block would write over: runs first.
  std::vector<std::pair<std::size_t, std::size_t>> runs;
  for_each_run(view.size, is_kept, [&](std::size_t from, std::size_t count) { runs.emplace_back(from, count); });
  std::size_t moved = 0;
  for (const auto& [from, count] : runs) {
    copy_columns(layout, block_.get(), capacity_, begin_ + from, target, target_capacity, moved, count);
    moved += count;
  }
  if (!stays) block_ = std::move(fresh);
  capacity_ = static_cast<std::uint32_t>(target_capacity);
  begin_ = 0;
  end_ = static_cast<std::uint32_t>(moved);
  measure_order(layout);
}

void History::measure_order(const HistoryLayout& layout) {
  const HistoryView view = all(layout);
  latest_here_ms_ = kFirstTimeMs;
  disorder_ms_ = 0;
  for (std::size_t i = 0; i < view.size; ++i) {
    const TimeMs time_ms = view.time_ms(i);
    if (i > 0) disorder_ms_ = std::max(disorder_ms_, latest_here_ms_ - time_ms);
    latest_here_ms_ = std::max(latest_here_ms_, time_ms);
  }
}

void History::release_texts(const HistoryView& view, std::size_t i, HistoryTexts& texts) const {
  if (view.types != nullptr) texts.types.release(view.types[i]);
  if (view.merchants != nullptr) texts.merchants.release(view.merchants[i]);
  if (view.devices != nullptr) texts.devices.release(view.devices[i]);
  if (view.countries != nullptr) texts.countries.release(view.countries[i]);
}

void History::forget_all(const HistoryLayout& layout, HistoryTexts& texts) {
  const HistoryView view = all(layout);
  for (std::size_t i = 0; i < view.size; ++i) release_texts(view, i, texts);
  if (capacity_ > free_places(0)) {
    const TimeMs latest_ms = latest_ms_;
    *this = History(layout, std::string(key(layout)));
    latest_ms_ = latest_ms;
  }
  begin_ = 0;
  end_ = 0;
  latest_here_ms_ = kFirstTimeMs;
  disorder_ms_ = 0;
}

std::size_t History::block_bytes(const HistoryLayout& layout) const {
  // What malloc takes for it: 8 bytes of its own, rounded up to 16.
  constexpr std::size_t kMallocBytes = 8;
  constexpr std::size_t kMallocUnit = 16;
  const std::size_t bytes = capacity_ * layout.bytes_each() + key_size_ + kMallocBytes;
  return (bytes + kMallocUnit - 1) / kMallocUnit * kMallocUnit;
}

}    // namespace cepheid::fraud
