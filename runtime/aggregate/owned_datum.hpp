#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "nfa/expr/compare.hpp"
#include "nfa/expr/value_hash.hpp"
#include "nfa/matcher/key_index.hpp"
#include "nfa/matcher/text_hash.hpp"
#include "nfa/row/datum.hpp"
#include "nfa/row/deep_copy.hpp"

namespace cepheid::runtime {

/// A value with the memory of its text or items.
class OwnedDatum {
 public:
  OwnedDatum() = default;
  OwnedDatum(const nfa::Datum& datum, const Type& type) { assign(datum, type); }
  OwnedDatum(const OwnedDatum&) = delete;
  OwnedDatum& operator=(const OwnedDatum&) = delete;
  OwnedDatum(OwnedDatum&& from) noexcept
      : datum_(from.datum_), memory_(std::move(from.memory_)), capacity_(from.capacity_) {
    from.capacity_ = 0;
  }
  OwnedDatum& operator=(OwnedDatum&& from) noexcept {
    datum_ = from.datum_;
    memory_ = std::move(from.memory_);
    capacity_ = from.capacity_;
    from.capacity_ = 0;
    return *this;
  }
  ~OwnedDatum() = default;

  /// Copies `datum`, which does not point into this one. Allocates only if what it holds is too small.
  void assign(const nfa::Datum& datum, const Type& type) {
    const std::size_t size = nfa::deep_size(datum, type);
    if (size > capacity_) {
      memory_ = std::make_unique_for_overwrite<char[]>(size);
      capacity_ = size;
    }
    char* to = memory_.get();
    datum_ = nfa::deep_copy(datum, type, to);
  }
  [[nodiscard]] const nfa::Datum& get() const { return datum_; }

 private:
  nfa::Datum datum_;
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;
};

/// A hash of a value that is not null, for memory only; equal values (same_value) have equal ones.
[[nodiscard]] inline std::uint64_t memory_hash(const nfa::Datum& datum, const Type& type) {
  switch (type.kind) {
    case TypeKind::int_:
    case TypeKind::timestamp: return nfa::KeyIndex::hash(static_cast<std::uint64_t>(datum.integer));
    case TypeKind::string: return nfa::KeyIndex::hash(nfa::text_hash(datum.text->view()));
    default: break;
  }
  nfa::ValueHasher hasher;
  hasher.add(datum, type);
  return nfa::KeyIndex::hash(static_cast<std::uint64_t>(hasher.result()));
}

/// For sets of values of one type.
struct HashOfDatum {
  using is_transparent = void;
  using is_avalanching = void;
  const Type* type;

  std::size_t operator()(const nfa::Datum& datum) const { return memory_hash(datum, *type); }
  std::size_t operator()(const OwnedDatum& datum) const { return memory_hash(datum.get(), *type); }
};

struct SameDatum {
  using is_transparent = void;
  const Type* type;

  bool operator()(const OwnedDatum& a, const OwnedDatum& b) const { return same_value(a.get(), b.get(), *type); }
  bool operator()(const nfa::Datum& a, const OwnedDatum& b) const { return same_value(a, b.get(), *type); }
  bool operator()(const OwnedDatum& a, const nfa::Datum& b) const { return same_value(a.get(), b, *type); }
};

struct DatumBefore {
  using is_transparent = void;
  const Type* type;

  [[nodiscard]] bool before(const nfa::Datum& a, const nfa::Datum& b) const {
    return nfa::compare_values(a, *type, b, *type) == nfa::kLess;
  }
  bool operator()(const OwnedDatum& a, const OwnedDatum& b) const { return before(a.get(), b.get()); }
  bool operator()(const nfa::Datum& a, const OwnedDatum& b) const { return before(a, b.get()); }
  bool operator()(const OwnedDatum& a, const nfa::Datum& b) const { return before(a.get(), b); }
};

}    // namespace cepheid::runtime
