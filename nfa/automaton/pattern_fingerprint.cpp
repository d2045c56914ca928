// Each struct is taken apart by a structured binding: a field added to it breaks the build here, and whoever adds it
// says what it means for saved state.

#include "nfa/automaton/pattern_fingerprint.hpp"

#include <optional>
#include <type_traits>
#include <vector>

#include "nfa/row/bytes.hpp"

namespace cepheid::nfa {
namespace {

/// Writes what has a size with its size before it, so that no text can look like what follows it.
class Fingerprint {
 public:
  explicit Fingerprint(std::string& text) : out_(text) {}

  void add(const PatternSpec& spec) {
    const auto& [name, layout, inputs, stream_field, key, when, sequence, step_names, within, after_match, absence,
                 limit, has_emit, has_timeout_emit, emit, timeout_emit] = spec;
    add(name);
    add(layout->schema().fields());
    add(inputs);
    add(stream_field);
    add(key);
    add(when);
    add(sequence);
    add(step_names);
    add(within);
    add(after_match);
    add(absence);
    add(limit);
    add(has_emit);
    add(has_timeout_emit);
    add(emit);
    add(timeout_emit);
  }

 private:
  void add(bool value) { out_.boolean(value); }
  void add(std::uint16_t value) { out_.varint(value); }
  void add(std::uint32_t value) { out_.varint(value); }
  void add(std::uint64_t value) { out_.varint(value); }
  void add(std::int64_t value) { out_.signed_varint(value); }
  void add(const std::string& text) { out_.text(text); }
  void add(const TypedExpr& expression) { out_.text(fingerprint(expression)); }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  void add(Enum value) { out_.byte(static_cast<std::uint8_t>(value)); }
  template <typename T>
  void add(const std::vector<T>& items) {
    out_.varint(items.size());
    for (const T& item : items) add(item);
  }
  template <typename T>
  void add(const std::optional<T>& value) {
    out_.boolean(value.has_value());
    if (value) add(*value);
  }

  void add(const Field& field) {
    const auto& [name, type, presence] = field;
    add(name);
    add(to_string(type));
    add(presence);
  }
  void add(const PatternSpec::Input& input) {
    const auto& [stream, fields] = input;
    add(stream);
    add(fields);
  }
  void add(const Sequence& sequence) {
    const auto& [elements] = sequence;
    add(elements);
  }
  void add(const Element& element) {
    const auto& [link, name, group, any_of, all_of, step, where, until, quantifier, within_previous, within_of] =
        element;
    add(link);
    add(name);
    out_.boolean(group != nullptr);
    if (group != nullptr) add(*group);
    add(any_of);
    add(all_of);
    if (element.is_step() && !element.negated()) add(step);    // others have none
    add(where);
    add(until);
    add(quantifier);
    add(within_previous);
    add(within_of);
  }
  void add(const Quantifier& quantifier) {
    const auto& [kind, from, to, optional, greedy, inner] = quantifier;
    add(kind);
    if (kind != Quantifier::Kind::one) add(from);
    if (kind == Quantifier::Kind::times) add(to);
    add(optional);
    add(greedy);
    add(inner);
  }
  void add(const WithinOf& within_of) {
    const auto& [step, duration] = within_of;
    add(step);
    add(duration);
  }
  void add(const AfterMatch& after_match) {
    const auto& [strategy, step, or_fail] = after_match;
    add(strategy);
    add(step);
    add(or_fail);
  }
  void add(const Absence& absence) {
    const auto& [name, where, duration] = absence;
    add(name);
    add(where);
    add(duration);
  }
  void add(const PartialMatchLimit& limit) {
    // `is_default` is for a warning only: who writes the default down has changed nothing.
    const auto& [most, per_key, then, is_default] = limit;
    add(most);
    add(per_key);
    add(then);
    (void)is_default;
  }
  void add(const NamedExpr& named) {
    const auto& [name, value] = named;
    add(name);
    add(value);
  }

  ByteWriter out_;
};

}    // namespace

std::string fingerprint(const PatternSpec& spec) {
  std::string text;
  Fingerprint(text).add(spec);
  return text;
}

}    // namespace cepheid::nfa
