#include "fraud/texts.hpp"

namespace cepheid::fraud {
namespace {

std::size_t heap_bytes_of(const std::string& text) {
  static const std::size_t held_inside = std::string().capacity();
  return text.capacity() > held_inside ? text.capacity() + 1 : 0;
}

}    // namespace

Texts::Texts(TextId largest) : largest_(largest), entries_(1), index_(0, Hash{&entries_}, Equal{&entries_}) {}

TextId Texts::hold(std::string_view text) {
  if (const auto found = index_.find(text); found != index_.end()) {
    ++entries_[*found].holders;
    return *found;
  }
  TextId id = kNoText;
  if (!free_.empty()) {
    id = free_.back();
    free_.pop_back();
  } else if (entries_.size() <= largest_) {
    id = static_cast<TextId>(entries_.size());
    entries_.emplace_back();
  } else {
    return kNoText;
  }
  Entry& entry = entries_[id];
  entry.text.assign(text);
  entry.hash = std::hash<std::string_view>{}(text);
  entry.holders = 1;
  heap_bytes_ += heap_bytes_of(entry.text);
  index_.insert(id);
  return id;
}

void Texts::hold_again(TextId id) {
  if (id != kNoText) ++entries_[id].holders;
}

void Texts::release(TextId id) {
  if (id == kNoText || --entries_[id].holders != 0) return;
  index_.erase(id);
  heap_bytes_ -= heap_bytes_of(entries_[id].text);
  entries_[id] = Entry();
  free_.push_back(id);
}

void Texts::clear() {
  index_.clear();
  entries_.resize(1);
  free_.clear();
  heap_bytes_ = 0;
}

std::size_t Texts::memory_bytes() const {
  // The index has a byte more for each slot.
  return entries_.capacity() * sizeof(Entry) + free_.capacity() * sizeof(TextId) +
         index_.bucket_count() * (sizeof(TextId) + 1) + heap_bytes_;
}

}    // namespace cepheid::fraud
