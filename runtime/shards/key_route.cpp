#include "runtime/shards/key_route.hpp"

#include <bit>
#include <string_view>

#include "nfa/row/text_head.hpp"

namespace cepheid::runtime {

namespace {

// Keys are spread by words as they lie in memory.
static_assert(std::endian::native == std::endian::little);

/// As in MurmurHash3's end: every bit of the word comes to the upper half, which chooses the shard.
std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 32)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 29);
}

std::uint64_t mix_text(std::uint64_t hash, std::string_view text) {
  hash = mix(hash, text.size());
  for (; text.size() > nfa::kTextHeadBytes; text.remove_prefix(nfa::kTextHeadBytes)) {
    hash = mix(hash, nfa::text_head(text));
  }
  if (!text.empty()) hash = mix(hash, nfa::text_head(text));
  return hash;
}

}    // namespace

std::uint64_t hash_key_value(std::uint64_t seed, const nfa::Datum& datum, TypeKind kind) {
  constexpr std::uint64_t kNull = 0x9E3779B97F4A7C15;
  if (datum.null) return mix(seed, kNull);
  switch (kind) {
    case TypeKind::string: return mix_text(seed, datum.text->view());
    case TypeKind::bool_: return mix(seed, datum.boolean ? 1 : 0);
    case TypeKind::double_: return mix(seed, std::bit_cast<std::uint64_t>(datum.number == 0 ? 0.0 : datum.number));
    case TypeKind::decimal:
      return mix(mix(seed, static_cast<std::uint64_t>(datum.units)), static_cast<std::uint64_t>(datum.units >> 64));
    default: return mix(seed, static_cast<std::uint64_t>(datum.integer));
  }
}

KeyRoute::KeyRoute(const nfa::PatternSpec& spec, const std::vector<std::shared_ptr<const nfa::RowLayout>>& inputs,
                   std::uint32_t shards, Options options)
    : texts_stay_(options.texts_stay), shards_(shards) {
  for (const nfa::TypedExpr& value : spec.key) {
    Part& part = parts_.emplace_back(nfa::compile_expression(value, {.row = spec.layout.get()}));
    if (value.kind == nfa::TypedExpr::Kind::field) part.slot = spec.layout->slot(value.field);
  }
  only_text_ =
      !spec.stream_field && parts_.size() == 1 && parts_.front().slot && parts_.front().slot->kind == TypeKind::string;
  if (!spec.stream_field) return;
  for (std::uint32_t input = 0; input < inputs.size(); ++input) {
    RowMapping& mapping = mappings_.emplace_back(inputs[input], spec.layout, spec.inputs[input].fields);
    mapping.set_constant(*spec.stream_field, nfa::Datum::of_int(input));
  }
}

void KeyRoute::append_values(std::uint32_t input, nfa::Row row, TimeMs time_ms) {
  if (!mappings_.empty()) row = mappings_[input].apply(row);
  for (const Part& part : parts_) {
    values_.push_back(part.slot ? nfa::read_field(row, *part.slot)
                                : part.program.evaluate({.row = row, .time_ms = time_ms}, scratch_));
  }
}

ShardId KeyRoute::shard_of_hash(std::uint64_t hash) const {
  // The upper half, scaled to the shards: no division.
  return static_cast<ShardId>(((hash >> 32) * shards_) >> 32);
}

void KeyRoute::find_by_text(const nfa::Batch& batch, std::size_t begin, std::size_t end,
                            std::vector<ShardId>& shards) const {
  const nfa::FieldSlot& slot = *parts_.front().slot;
  if (!texts_stay_) {
    for (std::size_t i = begin; i < end; ++i) __builtin_prefetch(nfa::read_field(batch.row(i), slot).text);
  }
  shards.resize(end - begin);
  for (std::size_t i = begin; i < end; ++i) shards[i - begin] = shard_of_text(batch.row(i));
}

ShardId KeyRoute::shard_of_text(nfa::Row row) const {
  const nfa::Datum text = nfa::read_field(row, *parts_.front().slot);
  if (!texts_stay_) return shard_of_hash(hash_key_value(0, text, TypeKind::string));
  return shard_of_hash(mix(0, text.null ? 0 : reinterpret_cast<std::uintptr_t>(text.text)));
}

ShardId KeyRoute::shard_of_values(const nfa::Datum* values) const {
  std::uint64_t hash = 0;
  for (const Part& part : parts_) hash = hash_key_value(hash, *values++, part.program.type().kind);
  return shard_of_hash(hash);
}

ShardId KeyRoute::shard_of(std::uint32_t input, nfa::Row row, TimeMs time_ms) {
  if (only_text_) return shard_of_text(row);
  values_.clear();
  append_values(input, row, time_ms);
  return shard_of_values(values_.data());
}

void KeyRoute::find_shards(std::uint32_t input, const nfa::Batch& batch, std::size_t begin, std::size_t end,
                           std::vector<ShardId>& shards) {
  if (only_text_) {
    find_by_text(batch, begin, end, shards);
    return;
  }
  values_.clear();
  for (std::size_t i = begin; i < end; ++i) {
    append_values(input, batch.row(i), batch.time_ms(i));
  }
  shards.clear();
  for (std::size_t i = 0; i < end - begin; ++i) shards.push_back(shard_of_values(&values_[i * parts_.size()]));
}

}    // namespace cepheid::runtime
