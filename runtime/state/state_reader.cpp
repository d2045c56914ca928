#include "runtime/state/state_reader.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "runtime/codec/text_datum.hpp"
#include "runtime/state/state_key.hpp"

namespace cepheid::runtime {

struct StateReader::State {
  explicit State(StateView& of_view)
      : view(of_view),
        key(of_view.shape().key.layout, of_view.shape().key.fields),
        value(of_view.shape().value.layout, of_view.shape().value.fields) {}

  /// Appends the lines of a key.
  void append(std::string& lines, StateId id) {
    view.read(id, [&](nfa::Row key_row, nfa::Row value_row) {
      lines += R"({"key":)";
      key.append(lines, key_row);
      lines += R"(,"value":)";
      value.append(lines, value_row);
      lines += "}\n";
    });
  }

  StateView& view;
  JsonRowWriter key;
  JsonRowWriter value;
};

namespace {

std::string names_of(const StateFields& fields) {
  std::string names;
  for (std::size_t i = 0; i < fields.size(); ++i) names += fmt::format("{}`{}`", i == 0 ? "" : ", ", fields[i].name);
  return names;
}

/// The value of a key's field; nothing if none is asked for. An error: more than one is.
Result<const StateKeyPart*> part_of(const std::vector<StateKeyPart>& parts, const std::string& field) {
  const auto found = std::ranges::find(parts, field, &StateKeyPart::field);
  if (found == parts.end()) return static_cast<const StateKeyPart*>(nullptr);
  if (std::find_if(found + 1, parts.end(), [&](const StateKeyPart& other) { return other.field == field; }) !=
      parts.end()) {
    return Error{fmt::format("`{}` is asked for twice", field)};
  }
  return &*found;
}

}    // namespace

StateReader::StateReader(const std::vector<StateView*>& views, PassGate& gate) : gate_(gate) {
  for (StateView* view : views) states_.push_back(std::make_unique<State>(*view));
}

StateReader::~StateReader() = default;

const StateShape& StateReader::shape(std::size_t state) const {
  return states_[state]->view.shape();
}

std::size_t StateReader::count(std::size_t state) {
  std::size_t keys = 0;
  gate_.look([&] { keys = states_[state]->view.keys()->size(); });
  return keys;
}

std::optional<std::size_t> StateReader::find(std::string_view name) const {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (shape(i).name == name) return i;
  }
  return std::nullopt;
}

Result<std::string> StateReader::prefix_of(std::size_t state, const std::vector<StateKeyPart>& parts) const {
  const StateFields& key = shape(state).key;
  for (const StateKeyPart& part : parts) {
    bool known = false;
    for (std::size_t i = 0; i < key.size(); ++i) known = known || key[i].name == part.field;
    if (known) continue;
    if (key.size() == 0)
      return Error{fmt::format("`{}` has no key, so there is no `{}`", shape(state).name, part.field)};
    return Error{
        fmt::format("the key of `{}` has no field `{}`, but {}", shape(state).name, part.field, names_of(key))};
  }
  std::string prefix;
  nfa::Arena arena;
  const std::string* left_out = nullptr;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const Result<const StateKeyPart*> part = part_of(parts, key[i].name);
    if (!part) return part.error();
    if (*part == nullptr) {
      if (left_out == nullptr) left_out = &key[i].name;
      continue;
    }
    if (left_out != nullptr) {
      return Error{fmt::format("`{}` can be asked for only with `{}`, which comes before it in the key", key[i].name,
                               *left_out)};
    }
    const std::optional<std::string>& value = (*part)->value;
    const std::optional<nfa::Datum> datum = value ? datum_of_text(*value, key[i].type, arena) : nfa::Datum();
    if (!datum) {
      return Error{fmt::format("`{}`: `{}` does not convert to {}", key[i].name, *value, to_string(key[i].type))};
    }
    append_state_key(prefix, *datum, key[i].type);
  }
  return prefix;
}

StatePage StateReader::read(std::size_t state, const std::string& prefix, std::optional<std::string> after,
                            std::size_t most) {
  State& asked = *states_[state];
  StatePage page;
  std::size_t left = std::min(most, kMaxStatePageKeys);
  for (bool more = true; more;) {
    const std::size_t wanted = std::min(left, kStatePieceKeys);
    gate_.look([&] {
      // One more, to know whether there is one.
      std::vector<StateKeys::Key> keys = asked.view.keys()->find(prefix, after, wanted + 1);
      more = keys.size() > wanted;
      if (more) keys.pop_back();
      for (const StateKeys::Key& key : keys) asked.append(page.lines, key.id);
      if (!keys.empty()) after = std::move(keys.back().bytes);
    });
    left -= wanted;
    if (!more || left != 0) continue;
    page.next = std::move(after).value_or("");
    return page;
  }
  return page;
}

}    // namespace cepheid::runtime
