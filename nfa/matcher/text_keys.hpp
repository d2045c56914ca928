#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "nfa/matcher/deadlines.hpp"
#include "nfa/row/text_head.hpp"

namespace cepheid::nfa {

/// The texts of keys that are one text each, with the keys' numbers. A text is looked up where it lies: nothing is
/// copied or allocated for one that is not kept. Not thread-safe.
class TextKeys {
 public:
  static constexpr KeyId kNone = ~KeyId{0};

  TextKeys() : places_(0, Hash(), Equal{&texts_}) {}
  TextKeys(const TextKeys&) = delete;
  TextKeys& operator=(const TextKeys&) = delete;

  /// Of texts of up to kTextHeadBytes bytes no two of one size have the same.
  [[nodiscard]] static std::uint64_t hash_of(std::string_view text) {
    const std::uint64_t hash = mix(text_head(text));
    return text.size() <= kTextHeadBytes ? hash : hash_rest(hash, text);
  }

  /// `hash` is the text's.
  [[nodiscard]] KeyId find(std::string_view text, std::uint64_t hash) const {
    const auto found = places_.find(Sought{hash, text});
    return found == places_.end() ? kNone : found->id;
  }
  /// Keeps a text that is not there yet.
  void put(KeyId id, std::string_view text, std::uint64_t hash);
  /// Forgets a text that is there. Its memory is kept for the next one of that number.
  void remove(KeyId id, std::uint64_t hash);
  [[nodiscard]] std::string_view text(KeyId id) const { return texts_[id]; }
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct Place {
    std::uint64_t hash;
    std::uint32_t size;    // of the text, its lower 32 bits
    KeyId id;
  };
  struct Sought {
    std::uint64_t hash;
    std::string_view text;
  };
  struct Hash {
    using is_transparent = void;        // NOLINT(readability-identifier-naming): the library asks for this name
    using is_avalanching = void;        // NOLINT(readability-identifier-naming): and for this one
    std::size_t operator()(const Place& place) const { return place.hash; }
    std::size_t operator()(const Sought& sought) const { return sought.hash; }
  };
  struct Equal {
    using is_transparent = void;    // NOLINT(readability-identifier-naming): the library asks for this name
    const std::vector<std::string>* texts;
    bool operator()(const Place& a, const Place& b) const { return a.id == b.id; }
    bool operator()(const Sought& sought, const Place& place) const {
      if (sought.hash != place.hash || static_cast<std::uint32_t>(sought.text.size()) != place.size) return false;
      return sought.text.size() <= kTextHeadBytes || sought.text == (*texts)[place.id];
    }
    bool operator()(const Place& place, const Sought& sought) const { return (*this)(sought, place); }
  };

  /// One to one: different words have different hashes.
  [[nodiscard]] static std::uint64_t mix(std::uint64_t word) {
    word = (word ^ (word >> 32)) * 0xd6e8feb86659fd93;
    word = (word ^ (word >> 32)) * 0xd6e8feb86659fd93;
    return word ^ (word >> 32);
  }
  [[nodiscard]] static std::uint64_t hash_rest(std::uint64_t hash, std::string_view text);

  std::vector<std::string> texts_;    // by key
  std::size_t long_bytes_ = 0;        // of texts beside their strings
  boost::unordered_flat_set<Place, Hash, Equal> places_;
};

}    // namespace cepheid::nfa
