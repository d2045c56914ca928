#include "runtime/aggregate/group_keys.hpp"

#include <bit>

#include "nfa/matcher/text_hash.hpp"

namespace cepheid::runtime {

using nfa::Datum;
using nfa::KeyIndex;

GroupKeys::GroupKeys(const std::vector<nfa::NamedExpr>& key, const nfa::RowLayout& layout) : asked_(kBlock) {
  if (key.empty()) {
    keys_.emplace_back();
    return;
  }
  const nfa::TypedExpr& first = key.front().value;
  type_ = first.type;
  const bool is_word = type_.kind == TypeKind::int_ || type_.kind == TypeKind::timestamp ||
                       type_.kind == TypeKind::double_ || type_.kind == TypeKind::bool_;
  if (key.size() > 1 || (!is_word && type_.kind != TypeKind::string)) {
    kind_ = Kind::bytes;
    encoded_.resize(kBlock);
    std::vector<nfa::TypedExpr> expressions;
    for (const nfa::NamedExpr& item : key) expressions.push_back(item.value);
    encoder_.emplace(expressions, layout);
    return;
  }
  kind_ = is_word ? Kind::word : Kind::text;
  if (first.kind == nfa::TypedExpr::Kind::field) {
    field_ = layout.slot(first.field);
  } else {
    program_ = nfa::compile_expression(first, {.row = &layout, .taken = nullptr, .sides = {}});
  }
}

void GroupKeys::ask_value(Asked& asked, const Datum& datum) const {
  asked.null = datum.null;
  if (datum.null) return;
  switch (type_.kind) {
    case TypeKind::string:
      asked.bytes = datum.text->view();
      asked.word = nfa::text_hash(asked.bytes);
      break;
    case TypeKind::bool_: asked.word = std::uint64_t{datum.boolean}; break;
    case TypeKind::double_:
      asked.word = std::bit_cast<std::uint64_t>(datum.number == 0 ? 0.0 : datum.number);    // -0.0 and 0.0 are one key
      break;
    default: asked.word = static_cast<std::uint64_t>(datum.integer);
  }
}

void GroupKeys::ask(std::span<InputRow> rows, nfa::EvalScratch& scratch) {
  if (kind_ == Kind::bytes) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      encoder_->encode(rows[i].row, rows[i].time_ms, scratch, encoded_[i]);
      asked_[i].bytes = encoded_[i];
      asked_[i].word = nfa::text_hash(encoded_[i]);
    }
  } else if (field_) {
    for (std::size_t i = 0; i < rows.size(); ++i) ask_value(asked_[i], nfa::read_field(rows[i].row, *field_));
  } else {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ask_value(asked_[i], program_->evaluate({.row = rows[i].row, .time_ms = rows[i].time_ms}, scratch));
    }
  }
}

void GroupKeys::find(std::span<InputRow> rows, nfa::EvalScratch& scratch) {
  if (kind_ == Kind::none) return;    // all rows have key 0
  ask(rows, scratch);
  const std::span<Asked> all = std::span(asked_).first(rows.size());
  const KeyIndex::View view(index_);
  for (Asked& asked : all) {
    asked.hash = hash_of(asked.word);
    view.prefetch(asked.hash);
  }
  for (Asked& asked : all) {
    asked.guess = asked.null ? KeyIndex::kMany : view.guess(asked.hash);
    if (asked.guess < keys_.size()) __builtin_prefetch(&keys_[asked.guess], 1);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Asked& asked = all[i];
    GroupId id = asked.guess;
    // Whatever was made since, a key that the index named and that is the right one is it.
    if (id >= keys_.size() || !is(id, asked)) {
      id = asked.null ? null_key_ : index_.find(asked.hash, [&](GroupId other) { return is(other, asked); });
      if (id == KeyIndex::kNone) id = make(asked);
    }
    rows[i].key = id;
  }
}

GroupId GroupKeys::make(const Asked& asked) {
  GroupId id = 0;
  if (!free_.empty()) {
    id = free_.back();
    free_.pop_back();
  } else {
    id = static_cast<GroupId>(keys_.size());
    keys_.emplace_back();
  }
  Key& key = keys_[id];
  key.used = true;
  key.null = asked.null;
  ++live_;
  if (asked.null) {
    null_key_ = id;
  } else {
    key.word = asked.word;
    key.size = static_cast<std::uint32_t>(asked.bytes.size());
    if (key.size > nfa::kTextHeadBytes) {
      if (id >= long_bytes_.size()) long_bytes_.resize(keys_.size());
      long_bytes_[id] = asked.bytes;
    }
    index_.add(asked.hash, id);
  }
  if (listener_ != nullptr) listener_->on_key(id);
  return id;
}

void GroupKeys::release(GroupId id) {
  if (listener_ != nullptr) listener_->on_key_gone(id);
  --live_;
  give_place_back(id);
}

void GroupKeys::rest_unused(GroupId id) {
  Key& key = keys_[id];
  if (kind_ == Kind::none || key.newest != kNoBlock) return;
  if (listener_ != nullptr) listener_->on_key_gone(id);
  --live_;
  key.rest = rest_;
  resting_.push_back(id);
}

void GroupKeys::end_rest(GroupId id) {
  keys_[id].rest = kAwake;
  ++live_;
  if (listener_ != nullptr) listener_->on_key(id);
}

void GroupKeys::end_rests() {
  // A few are taken out of a large index one by one.
  constexpr std::size_t kFewPlaces = 16;
  const std::size_t lying = rested_.size() + resting_.size();
  if (live_ != 0 || kFewPlaces * lying < index_.places()) {
    for (int i = 0; i < 2; ++i) sweep([] {});
    return;
  }
  // There is nothing but keys that rest.
  rested_.clear();
  resting_.clear();
  free_.clear();
  keys_.clear();
  long_bytes_.clear();
  index_.clear();
  null_key_ = KeyIndex::kNone;
}

void GroupKeys::give_place_back(GroupId id) {
  Key& key = keys_[id];
  if (key.null) {
    null_key_ = KeyIndex::kNone;
  } else {
    index_.remove(hash_of(key.word), id);
  }
  key.used = false;
  key.rest = kAwake;
  if (key.size > nfa::kTextHeadBytes) std::string().swap(long_bytes_[id]);
  free_.push_back(id);
}

std::string_view GroupKeys::bytes_of(GroupId id) {
  const Key& key = keys_[id];
  if (key.size > nfa::kTextHeadBytes) return long_bytes_[id];
  nfa::write_text_of_hash(key.word, key.size, short_bytes_.data());
  return {short_bytes_.data(), key.size};
}

std::span<const Datum> GroupKeys::values(GroupId id, nfa::Arena& arena) {
  values_.clear();
  if (kind_ == Kind::none) return values_;
  const Key& key = keys_[id];
  if (kind_ == Kind::bytes) {
    encoder_->decode(bytes_of(id), arena, values_);
  } else if (key.null) {
    values_.emplace_back();
  } else if (kind_ == Kind::text) {
    values_.push_back(Datum::of_text(arena.copy_text(bytes_of(id))));
  } else if (type_.kind == TypeKind::bool_) {
    values_.push_back(Datum::of_bool(key.word != 0));
  } else {
    values_.push_back(Datum::of_int(static_cast<std::int64_t>(key.word)));
  }
  return values_;
}

}    // namespace cepheid::runtime
