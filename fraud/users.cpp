#include "fraud/users.hpp"

#include <utility>

namespace cepheid::fraud {

Users::Users(const HistoryLayout& layout) : layout_(layout), index_(0, Hash{this}, Equal{this}) {}

History& Users::find(std::string_view key) {
  if (const auto found = index_.find(key); found != index_.end()) return at(*found);
  if (size_ == pages_.size() * kPageUsers) pages_.push_back(std::make_unique<Slot[]>(kPageUsers));
  Slot& fresh = slot(size_);
  fresh.history = History(layout_, key);
  fresh.hash = std::hash<std::string_view>{}(key);
  index_.insert(static_cast<std::uint32_t>(size_));
  ++size_;
  return fresh.history;
}

void Users::remove(std::size_t i) {
  const std::size_t last = size_ - 1;
  index_.erase(static_cast<std::uint32_t>(i));
  if (i != last) {
    index_.erase(static_cast<std::uint32_t>(last));
    slot(i) = std::move(slot(last));
    index_.insert(static_cast<std::uint32_t>(i));
  }
  slot(last) = Slot();
  size_ = last;
  if (size_ + kPageUsers <= (pages_.size() - 1) * kPageUsers) pages_.pop_back();
}

void Users::clear() {
  index_.clear();
  pages_.clear();
  size_ = 0;
}

}    // namespace cepheid::fraud
