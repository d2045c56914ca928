#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "fraud/history.hpp"

namespace cepheid::fraud {

/// The histories of all users, found by key.
///
/// Cost of find: one hash of the key. A history stays in its place until a user is removed. One thread; the object must
/// stay where it is.
class Users {
 public:
  /// The layout is borrowed.
  explicit Users(const HistoryLayout& layout);
  Users(const Users&) = delete;
  Users& operator=(const Users&) = delete;

  /// The history of that user, a new one if there is none.
  [[nodiscard]] History& find(std::string_view key);
  [[nodiscard]] std::size_t size() const { return size_; }
  /// In no order that means anything.
  [[nodiscard]] History& at(std::size_t i) { return slot(i).history; }
  [[nodiscard]] const History& at(std::size_t i) const { return slot(i).history; }
  /// Removes the i-th, in whose place the last one comes.
  void remove(std::size_t i);
  void clear();

  /// Of slots and index, without the histories' blocks.
  [[nodiscard]] std::size_t slot_bytes() const { return pages_.size() * kPageUsers * sizeof(Slot); }
  [[nodiscard]] std::size_t index_bytes() const { return index_.bucket_count() * (sizeof(std::uint32_t) + 1); }

 private:
  struct Slot {
    History history;
    std::size_t hash = 0;
  };
  struct Hash {
    using is_transparent = void;
    const Users* users;
    std::size_t operator()(std::uint32_t i) const { return users->slot(i).hash; }
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>{}(key); }
  };
  struct Equal {
    using is_transparent = void;
    const Users* users;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(std::uint32_t a, std::string_view b) const { return users->at(a).key(users->layout_) == b; }
    bool operator()(std::string_view a, std::uint32_t b) const { return users->at(b).key(users->layout_) == a; }
  };

  // In pages, so that no user is moved when there are more.
  static constexpr std::size_t kPageUsers = 256;
  [[nodiscard]] Slot& slot(std::size_t i) const { return pages_[i / kPageUsers][i % kPageUsers]; }

  const HistoryLayout& layout_;
  std::vector<std::unique_ptr<Slot[]>> pages_;
  std::size_t size_ = 0;
  boost::unordered_flat_set<std::uint32_t, Hash, Equal> index_;
};

}    // namespace cepheid::fraud
