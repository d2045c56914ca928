#include "runtime/aggregate/group_keys.hpp"

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

void GroupKeys::ask(std::span<InputRow> rows, nfa::EvalScratch& scratch) {
  const KeyIndex::View view(index_);
  if (kind_ == Kind::text && field_) {
    // Of many texts few are in the cache.
    for (const InputRow& row : rows) {
      const Datum datum = nfa::read_field(row.row, *field_);
      if (!datum.null) __builtin_prefetch(datum.text);
    }
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Asked& asked = asked_[i];
    asked.null = false;
    if (kind_ == Kind::bytes) {
      encoder_->encode(rows[i].row, rows[i].time_ms, scratch, encoded_[i]);
      asked.bytes = encoded_[i];
      asked.word = nfa::text_hash(asked.bytes);
    } else {
      Datum datum =
          field_ ? nfa::read_field(rows[i].row, *field_)
                 : program_->evaluate(
                       {.row = rows[i].row, .time_ms = rows[i].time_ms, .taken = nullptr, .sides = {}, .items = {}},
                       scratch);
      asked.null = datum.null;
      if (datum.null) continue;
      if (kind_ == Kind::text) {
        asked.bytes = datum.text->view();
        asked.word = nfa::text_hash(asked.bytes);
      } else {
        if (type_.kind == TypeKind::double_ && datum.number == 0) datum.number = 0;    // -0.0 and 0.0 are one key
        asked.word = type_.kind == TypeKind::bool_ ? std::uint64_t{datum.boolean}
                                                   : static_cast<std::uint64_t>(datum.integer);
      }
    }
    asked.hash = KeyIndex::hash(asked.word);
    view.prefetch(asked.hash);
  }
}

void GroupKeys::find(std::span<InputRow> rows, nfa::EvalScratch& scratch) {
  if (kind_ == Kind::none) return;    // all rows have key 0
  ask(rows, scratch);
  const KeyIndex::View view(index_);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (asked_[i].null) continue;
    const std::uint32_t guess = view.guess(asked_[i].hash);
    if (guess >= keys_.size()) continue;    // none, or only find() can say
    __builtin_prefetch(&keys_[guess], 1);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Asked& asked = asked_[i];
    GroupId id = asked.null ? null_key_ : index_.find(asked.hash, [&](GroupId other) { return is(other, asked); });
    if (id == KeyIndex::kNone) id = make(asked);
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
    if (kind_ != Kind::word) bytes_.emplace_back();
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
    if (kind_ != Kind::word) bytes_[id] = asked.bytes;
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
  key.resting = true;
  resting_.push_back(id);
}

void GroupKeys::end_rest(GroupId id) {
  keys_[id].resting = false;
  ++live_;
  if (listener_ != nullptr) listener_->on_key(id);
}

void GroupKeys::sweep() {
  // One that has woken and rests anew may go a sweep early.
  for (const GroupId id : rested_) {
    if (keys_[id].resting) give_place_back(id);
  }
  rested_.clear();
  std::swap(rested_, resting_);
}

void GroupKeys::give_place_back(GroupId id) {
  Key& key = keys_[id];
  if (key.null) {
    null_key_ = KeyIndex::kNone;
  } else {
    index_.remove(KeyIndex::hash(key.word), id);
  }
  key.used = false;
  key.resting = false;
  // Long texts are given back, short ones keep their place.
  if (kind_ != Kind::word && key.size > nfa::kTextHeadBytes) std::string().swap(bytes_[id]);
  free_.push_back(id);
}

std::span<const Datum> GroupKeys::values(GroupId id, nfa::Arena& arena) {
  values_.clear();
  if (kind_ == Kind::none) return values_;
  const Key& key = keys_[id];
  if (kind_ == Kind::bytes) {
    encoder_->decode(bytes_[id], arena, values_);
  } else if (key.null) {
    values_.emplace_back();
  } else if (kind_ == Kind::text) {
    values_.push_back(Datum::of_text(arena.copy_text(bytes_[id])));
  } else if (type_.kind == TypeKind::bool_) {
    values_.push_back(Datum::of_bool(key.word != 0));
  } else {
    values_.push_back(Datum::of_int(static_cast<std::int64_t>(key.word)));
  }
  return values_;
}

}    // namespace cepheid::runtime
