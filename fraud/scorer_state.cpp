// How a scorer's state is saved (numbers as ByteWriter writes them):
//
//   text saved_form
//   block:
//     four tables of texts (types, merchants, devices, countries): count, then each text; they are numbered from 1
//     users, then for each: text key, signed latest time, count of transactions, then each of these, by arrival:
//       time as signed difference from the one before, then the fields of the layout: amount, latitude, longitude as
//       doubles, numbers of merchant, device, country and type (0: none), the clock as a byte
#include <fmt/format.h>

#include "fraud/scorer.hpp"
#include "nfa/row/bytes.hpp"

namespace cepheid::fraud {
namespace {

constexpr int kStateVersion = 1;

/// Writes the texts that are held and gives the number of each id.
std::vector<TextId> save_texts(const Texts& texts, nfa::ByteWriter& writer) {
  std::vector<TextId> numbers(texts.end(), 0);
  TextId count = 0;
  for (TextId id = 1; id < texts.end(); ++id) {
    if (texts.holders(id) > 0) numbers[id] = ++count;
  }
  writer.varint(count);
  for (TextId id = 1; id < texts.end(); ++id) {
    if (texts.holders(id) > 0) writer.text(texts.text(id));
  }
  return numbers;
}

/// Holds the texts that were saved, once each, and gives the id of each number.
std::vector<TextId> load_texts(Texts& texts, nfa::ByteReader& reader) {
  std::vector<TextId> ids(1, kNoText);
  const std::size_t count = reader.count(1);
  for (std::size_t i = 0; i < count && reader.ok(); ++i) ids.push_back(texts.hold(reader.text()));
  return ids;
}

/// The id of a number that was saved, with one more holder.
TextId load_id(Texts& texts, const std::vector<TextId>& ids, nfa::ByteReader& reader) {
  const auto number = static_cast<std::size_t>(reader.varint(ids.size() - 1));
  texts.hold_again(ids[number]);
  return ids[number];
}

}    // namespace

std::string Scorer::saved_form() const {
  std::string form = fmt::format("fraud {} zone {} columns ", kStateVersion, rules_.zone);
  for (std::size_t i = 0; i < kColumns; ++i) form += layout_.has(static_cast<Column>(i)) ? '1' : '0';
  return form;
}

void Scorer::save(std::string& bytes) const {
  nfa::ByteWriter writer(bytes);
  writer.text(saved_form());
  const std::size_t block = writer.begin_block();
  const std::vector<TextId> types = save_texts(texts_.types, writer);
  const std::vector<TextId> merchants = save_texts(texts_.merchants, writer);
  const std::vector<TextId> devices = save_texts(texts_.devices, writer);
  const std::vector<TextId> countries = save_texts(texts_.countries, writer);
  writer.varint(users_.size());
  for (std::size_t user = 0; user < users_.size(); ++user) {
    const History& history = users_.at(user);
    const HistoryView view = history.all(layout_);
    writer.text(history.key(layout_));
    writer.signed_varint(history.latest_ms());
    writer.varint(view.size);
    TimeMs before_ms = 0;
    for (std::size_t i = 0; i < view.size; ++i) {
      writer.signed_varint(view.time_ms(i) - before_ms);
      before_ms = view.time_ms(i);
      if (view.amounts != nullptr) writer.number(view.amounts[i]);
      if (view.latitudes != nullptr) writer.number(view.latitudes[i]);
      if (view.longitudes != nullptr) writer.number(view.longitudes[i]);
      if (view.merchants != nullptr) writer.varint(merchants[view.merchants[i]]);
      if (view.devices != nullptr) writer.varint(devices[view.devices[i]]);
      if (view.countries != nullptr) writer.varint(countries[view.countries[i]]);
      if (view.types != nullptr) writer.varint(types[view.types[i]]);
      if (view.clocks != nullptr) writer.byte(view.clocks[i]);
    }
  }
  writer.end_block(block);
}

Result<void> Scorer::load(std::string_view bytes) {
  forget_everything();
  nfa::ByteReader outer(bytes);
  const std::string_view form = outer.text();
  if (!outer.ok()) return Error{"no saved fraud state"};
  if (form != saved_form()) {
    return Error{fmt::format("the fraud state was saved as `{}`, the rules need `{}`", form, saved_form())};
  }
  nfa::ByteReader reader = outer.block();
  const std::vector<TextId> types = load_texts(texts_.types, reader);
  const std::vector<TextId> merchants = load_texts(texts_.merchants, reader);
  const std::vector<TextId> devices = load_texts(texts_.devices, reader);
  const std::vector<TextId> countries = load_texts(texts_.countries, reader);
  const std::size_t users = reader.count(1);
  for (std::size_t user = 0; user < users && reader.ok(); ++user) {
    const std::string_view key = reader.text();
    const TimeMs latest_ms = reader.signed_varint();
    const std::size_t size = reader.count(1);
    if (!reader.ok()) break;
    const std::size_t users_before = users_.size();
    History& history = users_.find(key);
    if (users_.size() == users_before) {
      reader.fail();    // a user twice
      break;
    }
    TimeMs time_ms = 0;
    for (std::size_t i = 0; i < size && reader.ok(); ++i) {
      Remembered transaction;
      time_ms = add_saturated(time_ms, reader.signed_varint());
      if (time_ms < kFirstTimeMs || time_ms > kLastTimeMs) reader.fail();
      transaction.time_ms = time_ms;
      if (layout_.has(Column::amount)) transaction.amount = reader.number();
      if (layout_.has(Column::latitude)) transaction.latitude = reader.number();
      if (layout_.has(Column::longitude)) transaction.longitude = reader.number();
      if (layout_.has(Column::merchant)) transaction.merchant = load_id(texts_.merchants, merchants, reader);
      if (layout_.has(Column::device)) transaction.device = load_id(texts_.devices, devices, reader);
      if (layout_.has(Column::country)) transaction.country = load_id(texts_.countries, countries, reader);
      if (layout_.has(Column::type)) transaction.type = load_id(texts_.types, types, reader);
      if (layout_.has(Column::clock)) transaction.clock = reader.byte();
      if (reader.ok()) history.add(layout_, bounds_, transaction, texts_);
    }
    history.set_latest_ms(latest_ms);
    block_bytes_ += history.block_bytes(layout_);
    transactions_ += history.size();
  }
  // The tables held each text once.
  const auto release = [](Texts& texts, const std::vector<TextId>& ids) {
    for (const TextId id : ids) texts.release(id);
  };
  release(texts_.types, types);
  release(texts_.merchants, merchants);
  release(texts_.devices, devices);
  release(texts_.countries, countries);
  if (!reader.ok() || reader.remaining() != 0 || outer.remaining() != 0) {
    forget_everything();
    return Error{"the saved fraud state is damaged"};
  }
  return {};
}

}    // namespace cepheid::fraud
