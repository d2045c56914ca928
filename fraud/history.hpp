#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "cepheid/fraud_rules.hpp"
#include "fraud/texts.hpp"

namespace cepheid::fraud {

/// What is remembered of one transaction: what the rules ask for.
struct Remembered {
  TimeMs time_ms = 0;
  double amount = std::numeric_limits<double>::quiet_NaN();       // NaN: none
  double latitude = std::numeric_limits<double>::quiet_NaN();     // NaN: no place
  double longitude = std::numeric_limits<double>::quiet_NaN();    // NaN: no place
  TextId type = kNoText;                                          // at most kMaxTypeId
  TextId merchant = kNoText;
  TextId device = kNoText;
  TextId country = kNoText;
  std::uint8_t clock = 0;    // hour of the day, and kWeekend
};
inline constexpr std::uint8_t kHourBits = 31;
inline constexpr std::uint8_t kWeekend = 32;
inline constexpr TextId kMaxTypeId = std::numeric_limits<std::uint16_t>::max();

/// Times are kept in 6 bytes: these are the first and the last.
inline constexpr TimeMs kFirstTimeMs = -(TimeMs{1} << 47);
inline constexpr TimeMs kLastTimeMs = (TimeMs{1} << 47) - 1;

/// The texts that histories hold.
struct HistoryTexts {
  Texts types{kMaxTypeId};
  Texts merchants{std::numeric_limits<TextId>::max() - 1};
  Texts devices{std::numeric_limits<TextId>::max() - 1};
  Texts countries{std::numeric_limits<TextId>::max() - 1};
};

enum class Column : std::uint8_t {
  amount,
  latitude,
  longitude,
  merchant,
  device,
  country,
  time_low,
  time_high,
  type,
  clock,
};
inline constexpr std::size_t kColumns = 10;
/// Bytes of a value, widest first, so that each column of a block lies aligned behind the one before.
inline constexpr std::array<std::size_t, kColumns> kColumnWidths{8, 8, 8, 4, 4, 4, 4, 2, 2, 1};

/// Which columns histories have, and where they lie in a block for so many transactions.
class HistoryLayout {
 public:
  /// Those that the rules ask for.
  explicit HistoryLayout(const FraudRules& rules);

  [[nodiscard]] bool has(Column column) const { return has_[static_cast<std::size_t>(column)]; }
  /// Of one transaction.
  [[nodiscard]] std::size_t bytes_each() const { return bytes_each_; }
  /// Where the column begins in a block for `capacity` transactions.
  [[nodiscard]] std::size_t offset(Column column, std::size_t capacity) const {
    return before_[static_cast<std::size_t>(column)] * capacity;
  }

 private:
  std::array<bool, kColumns> has_{};
  std::array<std::size_t, kColumns> before_{};
  std::size_t bytes_each_ = 0;
};

/// Transactions in the order of their arrival, by columns; those that the layout lacks are null.
struct HistoryView {
  std::size_t size = 0;
  /// No transaction arrived when one so much later in time was there already: everything before transaction i has a
  /// time of at most `time_ms(i) + disorder_ms`.
  DurationMs disorder_ms = 0;
  const double* amounts = nullptr;
  const double* latitudes = nullptr;
  const double* longitudes = nullptr;
  const std::uint32_t* merchants = nullptr;
  const std::uint32_t* devices = nullptr;
  const std::uint32_t* countries = nullptr;
  const std::uint32_t* time_lows = nullptr;
  const std::uint16_t* time_highs = nullptr;
  const std::uint16_t* types = nullptr;
  const std::uint8_t* clocks = nullptr;

  [[nodiscard]] TimeMs time_ms(std::size_t i) const {
    const auto high = static_cast<std::int64_t>(static_cast<std::int16_t>(time_highs[i]));
    return static_cast<TimeMs>(static_cast<std::uint64_t>(high) << 32 | time_lows[i]);
  }
};

/// Memory that a look at a history may need. Reused.
using HistoryScratch = std::vector<double>;

/// What one user did before, with the user's key, in one block of memory.
///
/// Transactions lie in the order of their arrival; nearly always that is the order of time too, and `disorder_ms` says
/// how far from it they are, so that whoever looks for recent ones can stop early. Old ones leave when the block is
/// full and only when they can be of no more use, so what leaves never changes a score.
class History {
 public:
  /// What tells which transactions are of no more use.
  struct Bounds {
    DurationMs keep_ms;     // the history's duration and how late transactions may come
    std::uint32_t limit;    // of transactions; 0: none
  };

  History() = default;
  History(const HistoryLayout& layout, std::string_view key);
  History(History&& other) noexcept;
  History& operator=(History&& other) noexcept;

  [[nodiscard]] std::string_view key(const HistoryLayout& layout) const;
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  /// The latest time of all transactions that ever arrived. Requires that one did.
  [[nodiscard]] TimeMs latest_ms() const { return latest_ms_; }
  /// At least the latest time of those that are here; kFirstTimeMs if none is.
  [[nodiscard]] TimeMs latest_here_ms() const { return latest_here_ms_; }
  [[nodiscard]] bool ever_used() const { return latest_ms_ != kBeginOfTime; }

  /// The transactions with a time after `after_ms`. Valid until the history or the scratch changes. Cost: O(log n) if
  /// they arrived in order, otherwise at most O(n).
  [[nodiscard]] HistoryView after(const HistoryLayout& layout, TimeMs after_ms, HistoryScratch& scratch) const;
  /// All of them.
  [[nodiscard]] HistoryView all(const HistoryLayout& layout) const;

  /// Remembers one, whose texts are held for it; releases those of what leaves for good. Cost: amortised O(1).
  void add(const HistoryLayout& layout, const Bounds& bounds, const Remembered& transaction, HistoryTexts& texts);
  /// Forgets all transactions, but not that there were some.
  void forget_all(const HistoryLayout& layout, HistoryTexts& texts);
  /// For loading: the latest time of transactions that are here no more.
  void set_latest_ms(TimeMs latest_ms) { latest_ms_ = std::max(latest_ms_, latest_ms); }

  /// Memory of the block.
  [[nodiscard]] std::size_t block_bytes(const HistoryLayout& layout) const;

 private:
  void make_room(const HistoryLayout& layout, const Bounds& bounds, HistoryTexts& texts);
  void release_texts(const HistoryView& view, std::size_t i, HistoryTexts& texts) const;
  void measure_order(const HistoryLayout& layout);

  std::unique_ptr<std::byte[]> block_;    // the columns, then the key
  std::uint32_t key_size_ = 0;
  std::uint32_t begin_ = 0;
  std::uint32_t end_ = 0;
  std::uint32_t capacity_ = 0;
  TimeMs latest_ms_ = kBeginOfTime;    // that: none ever
  TimeMs latest_here_ms_ = kFirstTimeMs;
  DurationMs disorder_ms_ = 0;
};

}    // namespace cepheid::fraud
