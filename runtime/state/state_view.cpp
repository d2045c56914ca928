#include "runtime/state/state_view.hpp"

#include "runtime/state/state_key.hpp"

namespace cepheid::runtime {

const std::string& StateView::encode(std::span<const nfa::Datum> key) {
  bytes_.clear();
  for (std::size_t i = 0; i < key.size(); ++i) append_state_key(bytes_, key[i], shape_.key[i].type);
  return bytes_;
}

}    // namespace cepheid::runtime
