#include "cepheid/symbol.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include "nfa/row/arena.hpp"

namespace cepheid::inline v0 {

struct SymbolTable::Impl {
  nfa::Arena texts;
  boost::unordered_flat_map<std::string_view, const Text*> by_text;    // the keys lie in `texts`
};

SymbolTable::SymbolTable() : impl_(std::make_unique<Impl>()) {}
SymbolTable::~SymbolTable() = default;
SymbolTable::SymbolTable(SymbolTable&&) noexcept = default;
SymbolTable& SymbolTable::operator=(SymbolTable&&) noexcept = default;

Symbol SymbolTable::intern(std::string_view text) {
  const auto found = impl_->by_text.find(text);
  if (found != impl_->by_text.end()) return Symbol(found->second);
  const Text* kept = impl_->texts.copy_text(text);
  impl_->by_text.emplace(kept->view(), kept);
  return Symbol(kept);
}

std::size_t SymbolTable::size() const {
  return impl_->by_text.size();
}

std::size_t SymbolTable::memory_bytes() const {
  constexpr std::size_t kEntryBytes = sizeof(std::pair<std::string_view, const Text*>) + 1;
  return impl_->texts.capacity() + impl_->by_text.bucket_count() * kEntryBytes;
}

}    // namespace cepheid::inline v0
