#include "runtime/tables/table.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "nfa/expr/program.hpp"
#include "runtime/codec/row_format.hpp"
#include "runtime/tables/value_bytes.hpp"

namespace cepheid::runtime {

namespace {

constexpr DurationMs kLogFailureEveryMs = 1000;

StateShape shape_of(const patterns::TablePlan& plan) {
  StateShape shape{.name = plan.name,
                   .key = {.layout = plan.layout, .fields = plan.key},
                   .value = {.layout = plan.layout, .fields = {}}};
  const std::vector<Field>& fields = plan.layout->schema().fields();
  for (std::uint32_t field = 0; field < fields.size(); ++field) {
    if (fields[field].presence || std::ranges::find(plan.key, field) != plan.key.end()) continue;
    shape.value.fields.push_back(field);
  }
  return shape;
}

}    // namespace

Table::Table(const patterns::TablePlan& plan, bool keeps_versions, Log log)
    : StateView(shape_of(plan)),
      plan_(plan),
      keeps_versions_(keeps_versions),
      log_(std::move(log)),
      answer_decoder_(make_json_decoder({.layout = plan.layout, .time_field = std::nullopt, .required = {}})),
      answer_(plan.layout),
      words_(plan.layout->words()) {
  nfa::EvalScratch scratch;
  plan_.layout->clear(words_.data());
  std::vector<nfa::ExprProgram> programs;    // own the values of constants
  for (const auto& [field, value] : plan.defaults) {
    const nfa::ExprProgram& program = programs.emplace_back(nfa::compile_expression(value, {}));
    const Type& type = plan.layout->schema().fields()[field].type;
    const std::optional<nfa::Datum> datum = equal_value(program.evaluate({}, scratch), program.type(), type);
    if (datum) plan_.layout->set(words_.data(), field, *datum);
  }
  default_row_ = OwnedRow(*plan_.layout, words_.data());
  for (const auto& [field, value] : plan.defaults) {
    defaults_.emplace_back(field, nfa::read_field(default_row_.get(), plan_.layout->slot(field)));
  }
}

void Table::put(nfa::Row row, TimeMs time_ms, std::uint64_t sequence) {
  if (!encode_key_of(row)) {
    counters_.skipped.add(1);
    return;
  }
  put_own(row, time_ms, sequence);
}

void Table::put_own(nfa::Row row, TimeMs time_ms, std::uint64_t sequence) {
  const Entry* made = put_entry(entries_, row, time_ms, sequence);
  if (made == nullptr) return;
  counters_.rows.set(entries_.size());
  if (keys() != nullptr) note_key(key_of(row), reinterpret_cast<StateId>(made));
}

Table::Entry* Table::put_entry(Entries& entries, nfa::Row row, TimeMs time_ms, std::uint64_t sequence) {
  const auto [found, is_new] = entries.try_emplace(key_bytes_);
  Entry& entry = found->second;
  Version version{.row = with_defaults(row), .time_ms = time_ms, .sequence = sequence};
  if (keeps_versions_) {
    const auto later = std::ranges::upper_bound(entry.by_time, time_ms, {}, &Version::time_ms);
    entry.by_time.insert(later, version);
  }
  if (!is_new && !plan_.latest_from.empty()) {
    if (entry.earlier.empty()) changed_.push_back(&entry);
    entry.earlier.push_back(std::move(entry.latest));
  }
  entry.latest = std::move(version);
  return is_new ? &entry : nullptr;
}

void Table::read(StateId id, const Visit& visit) {
  const nfa::Row row = reinterpret_cast<const Entry*>(id)->latest.row.get();
  visit(row, row);
}

void Table::begin_pass() {
  for (Entry* entry : changed_) {
    entry->earlier.clear();
    if (entry->by_time.size() > kMaxVersionsOfKey) {
      const auto beyond = static_cast<std::ptrdiff_t>(entry->by_time.size() - kMaxVersionsOfKey);
      entry->by_time.erase(entry->by_time.begin(), entry->by_time.begin() + beyond);
    }
  }
  changed_.clear();
}

nfa::Row Table::find(std::span<const nfa::Datum> key, std::uint64_t sequence) {
  if (!encode_key(key)) return default_row_.get();
  const auto found = entries_.find(key_bytes_);
  if (found == entries_.end()) {
    const nfa::Row row = missing_ == nullptr ? nullptr : ask_missing(key);
    return row == nullptr ? default_row_.get() : row;
  }
  const Entry& entry = found->second;
  if (entry.latest.sequence <= sequence) return entry.latest.row.get();
  for (std::size_t i = entry.earlier.size(); i-- > 0;) {
    if (entry.earlier[i].sequence <= sequence) return entry.earlier[i].row.get();
  }
  return default_row_.get();
}

nfa::Row Table::find_as_of(std::span<const nfa::Datum> key, TimeMs time_ms, std::uint64_t sequence) {
  if (!encode_key(key)) return default_row_.get();
  const auto found = entries_.find(key_bytes_);
  if (found == entries_.end()) return default_row_.get();
  const std::vector<Version>& versions = found->second.by_time;
  auto next = std::ranges::upper_bound(versions, time_ms, {}, &Version::time_ms);
  // Only rows of this pass can have come later than `sequence`.
  while (next != versions.begin()) {
    --next;
    if (next->sequence <= sequence) return next->row.get();
  }
  return default_row_.get();
}

Table::Rows Table::make_rows() {
  return Rows(*this);
}

void Table::replace(Rows&& rows) {
  changed_.clear();
  entries_ = std::move(rows.entries_);
  if (rows.keys_) replace_keys(std::move(rows.keys_));
  counters_.rows.set(entries_.size());
}

void Table::Rows::add(nfa::Row row) {
  if (!table_->encode_key_of(row)) {
    table_->count_skipped(1);
    return;
  }
  const Entry* made = table_->put_entry(entries_, row, kBeginOfTime, 0);
  if (made != nullptr && keys_) keys_->put(table_->encode(table_->key_of(row)), reinterpret_cast<StateId>(made));
}

OwnedRow Table::with_defaults(nfa::Row row) {
  if (defaults_.empty()) return {*plan_.layout, row};
  std::memcpy(words_.data(), row, words_.size() * sizeof(std::uint64_t));
  for (const auto& [field, datum] : defaults_) {
    if (nfa::read_field(row, plan_.layout->slot(field)).null) plan_.layout->set(words_.data(), field, datum);
  }
  return {*plan_.layout, words_.data()};
}

std::span<const nfa::Datum> Table::key_of(nfa::Row row) {
  key_.clear();
  for (const std::uint32_t field : plan_.key) key_.push_back(nfa::read_field(row, plan_.layout->slot(field)));
  return key_;
}

bool Table::encode_key_of(nfa::Row row) {
  key_bytes_.clear();
  for (const std::uint32_t field : plan_.key) {
    const nfa::Datum datum = nfa::read_field(row, plan_.layout->slot(field));
    if (datum.null) return false;
    append_value(key_bytes_, datum, plan_.layout->schema().fields()[field].type);
  }
  return true;
}

bool Table::encode_key(std::span<const nfa::Datum> key) {
  key_bytes_.clear();
  for (std::size_t i = 0; i < key.size(); ++i) {
    const Type& type = plan_.layout->schema().fields()[plan_.key[i]].type;
    if (equals_nothing(key[i], type)) return false;
    append_value(key_bytes_, key[i], type);
  }
  return true;
}

bool Table::is_known_absent() {
  const auto known = absent_.find(key_bytes_);
  if (known == absent_.end()) return false;
  if (now_ms_ < known->second) return true;
  absent_.erase(known);
  return false;
}

nfa::Row Table::ask_missing(std::span<const nfa::Datum> key) {
  if (is_known_absent()) return nullptr;
  std::vector<MissingColumn> columns;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const Field& field = plan_.layout->schema().fields()[plan_.key[i]];
    MissingColumn& column = columns.emplace_back();
    column.name = field.name;
    append_plain(column.value, key[i], field.type);
  }
  counters_.asked.add(1);
  const Result<std::optional<std::string>> answer = missing_->ask(columns);
  if (!answer) {
    counters_.failed.add(1);
    log_failure(answer.error().message);
    return nullptr;
  }
  const nfa::Row row = *answer ? row_of_answer(**answer, key) : nullptr;
  if (row == nullptr) {
    if (absent_.size() >= kMaxAbsentKeys) absent_.clear();
    absent_[key_bytes_] = plan_.refresh_ms ? add_saturated(now_ms_, *plan_.refresh_ms) : kEndOfTime;
    return nullptr;
  }
  put_own(row, kBeginOfTime, 0);
  return entries_.find(key_bytes_)->second.latest.row.get();
}

void Table::log_failure(const std::string& message) {
  if (!log_ || now_ms_ < add_saturated(logged_ms_, kLogFailureEveryMs)) return;
  logged_ms_ = now_ms_;
  log_(fmt::format("table `{}`: {}", plan_.name, message));
}

nfa::Row Table::row_of_answer(const std::string& answer, std::span<const nfa::Datum> key) {
  answer_.clear();
  std::string padded = answer;
  std::ranges::replace(padded, '\n', ' ');    // in JSON it is white space; to the decoder it ends a record
  padded.resize(answer.size() + kDecodePadding);
  answer_decoder_->decode({padded.data(), answer.size()}, true, 1, answer_);
  if (answer_.rows.size() == 0) {
    counters_.failed.add(1);
    log_failure(fmt::format("an answer that is no row: {}",
                            answer_.invalid.empty() ? "it is empty" : answer_.invalid.front().reason));
    return nullptr;
  }
  // Asked for by its key, it need not say it again.
  for (std::size_t i = 0; i < key.size(); ++i) plan_.layout->set(answer_.rows.words(0), plan_.key[i], key[i]);
  return answer_.rows.row(0);
}

}    // namespace cepheid::runtime
