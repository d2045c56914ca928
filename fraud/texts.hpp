#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

namespace cepheid::fraud {

/// Stands for a text while somebody holds it. Small and dense, given again once nobody holds the text.
using TextId = std::uint32_t;
/// The id of no text.
inline constexpr TextId kNoText = 0;

/// Texts, each held once, with a count of its holders: histories remember a merchant by its id.
///
/// One thread. Cost of hold: one hash of the text; of the others: O(1). The object must stay where it is.
class Texts {
 public:
  /// Ids are from 1 to `largest`.
  explicit Texts(TextId largest);
  Texts(const Texts&) = delete;
  Texts& operator=(const Texts&) = delete;

  /// The text's id, with one more holder. kNoText if all ids are held by other texts.
  TextId hold(std::string_view text);
  /// One more holder of an id that is held. Of kNoText: nothing.
  void hold_again(TextId id);
  /// One holder less. Of kNoText: nothing.
  void release(TextId id);
  void clear();

  /// The text of an id that is held.
  [[nodiscard]] std::string_view text(TextId id) const { return entries_[id].text; }
  /// Ids are below this; those that nobody holds have holders() 0.
  [[nodiscard]] TextId end() const { return static_cast<TextId>(entries_.size()); }
  [[nodiscard]] std::uint32_t holders(TextId id) const { return entries_[id].holders; }
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct Entry {
    std::string text;
    std::size_t hash = 0;
    std::uint32_t holders = 0;
  };
  struct Hash {
    using is_transparent = void;
    const std::vector<Entry>* entries;
    std::size_t operator()(TextId id) const { return (*entries)[id].hash; }
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Equal {
    using is_transparent = void;
    const std::vector<Entry>* entries;
    bool operator()(TextId a, TextId b) const { return a == b; }
    bool operator()(TextId a, std::string_view b) const { return (*entries)[a].text == b; }
    bool operator()(std::string_view a, TextId b) const { return a == (*entries)[b].text; }
  };

  TextId largest_;
  std::vector<Entry> entries_;    // by id; the first is not used
  std::vector<TextId> free_;
  boost::unordered_flat_set<TextId, Hash, Equal> index_;
  std::size_t heap_bytes_ = 0;    // of texts that std::string does not hold in itself
};

}    // namespace cepheid::fraud
