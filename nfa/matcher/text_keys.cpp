#include "nfa/matcher/text_keys.hpp"

namespace cepheid::nfa {

std::uint64_t TextKeys::hash_rest(std::uint64_t hash, std::string_view text) {
  // The last word may overlap the one before.
  for (std::size_t at = kTextHeadBytes; at + kTextHeadBytes < text.size(); at += kTextHeadBytes) {
    hash = mix(hash + text_head(text.substr(at)));
  }
  return mix(hash + text_head(text.substr(text.size() - kTextHeadBytes)));
}

void TextKeys::put(KeyId id, std::string_view text, std::uint64_t hash) {
  if (id >= texts_.size()) texts_.resize(std::size_t{id} + 1);
  std::string& kept = texts_[id];
  long_bytes_ -= kept.capacity();
  kept = text;
  long_bytes_ += kept.capacity();
  places_.insert(Place{hash, static_cast<std::uint32_t>(text.size()), id});
}

void TextKeys::remove(KeyId id, std::uint64_t hash) {
  places_.erase(places_.find(Sought{hash, texts_[id]}));
}

std::size_t TextKeys::memory_bytes() const {
  return places_.bucket_count() * (sizeof(Place) + 1) + texts_.capacity() * sizeof(std::string) + long_bytes_;
}

}    // namespace cepheid::nfa
