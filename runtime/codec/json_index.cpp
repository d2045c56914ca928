#include "runtime/codec/json_index.hpp"

#include <simdjson.h>

namespace cepheid::runtime {

struct JsonIndex::Stage {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
};

JsonIndex::JsonIndex() : stage_(std::make_unique<Stage>()) {
  // It refuses only more bytes than it can count. Depth is of the second stage.
  if (simdjson::get_active_implementation()->create_dom_parser_implementation(kMaxBytes, 1, stage_->parser)) {
    stage_->parser = nullptr;
  }
}

JsonIndex::~JsonIndex() = default;
JsonIndex::JsonIndex(JsonIndex&&) noexcept = default;
JsonIndex& JsonIndex::operator=(JsonIndex&&) noexcept = default;

bool JsonIndex::build(std::string_view lines) {
  if (stage_->parser == nullptr) return false;
  simdjson::internal::dom_parser_implementation& parser = *stage_->parser;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(lines.data());
  if (parser.stage1(bytes, lines.size(), simdjson::stage1_mode::regular)) return false;
  const auto last = static_cast<std::uint32_t>(lines.size() - 1);
  const std::uint32_t count = parser.n_structural_indexes;
  parser.structural_indexes[count] = last;
  parser.structural_indexes[count + 1] = last;
  return true;
}

const std::uint32_t* JsonIndex::tokens() const {
  return stage_->parser->structural_indexes.get();
}

}    // namespace cepheid::runtime
