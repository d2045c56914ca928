#include "cepheid/binding.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "patterns/embed/rules_impl.hpp"
#include "patterns/source/diagnostics.hpp"

namespace cepheid::inline v0::binding {

Result<Target> find_target(const Rules& rules, std::string_view stream, const std::vector<Field>& members) {
  const std::optional<StreamId> id = rules.find_stream(stream);
  if (!id) {
    std::vector<std::string_view> names;
    for (const Rules::Impl::StreamRules& known : rules.impl()->streams) names.push_back(known.name);
    const std::string_view near = patterns::nearest_name(stream, names);
    return Error{near.empty() ? fmt::format("no stream `{}` in the rules", stream)
                              : fmt::format("no stream `{}` in the rules: did you mean `{}`?", stream, near)};
  }
  const nfa::RowLayout& layout = *rules.impl()->of(*id).layout;
  const std::vector<Field>& fields = layout.schema().fields();
  constexpr std::size_t kRoomBehind = 3;    // a word of null bits, and the largest value
  Target target{.stream = *id, .slots = {}, .nulls = std::vector<std::uint64_t>(layout.words() + kRoomBehind)};
  layout.clear(target.nulls.data());
  for (std::uint32_t i = 0; i < fields.size(); ++i) {
    if (fields[i].presence) {
      layout.set(target.nulls.data(), i, nfa::Datum::of_bool(true));    // a struct's objects are always there
    } else if (std::ranges::find(members, fields[i].name, &Field::name) == members.end()) {
      return Error{
          fmt::format("stream `{}` has a field `{}` that the struct's binding does not name", stream, fields[i].name)};
    }
  }
  for (const Field& member : members) {
    const std::optional<std::uint32_t> position = layout.schema().find(member.name);
    if (!position) {
      target.slots.push_back(
          {.null_word = layout.words(), .word = layout.words() + 1, .null_mask = 1, .kind = member.type.kind});
      continue;
    }
    if (!(fields[*position].type == member.type)) {
      return Error{fmt::format("field `{}` of stream `{}` is {}, but the struct binds it as {}", member.name, stream,
                               to_string(fields[*position].type), to_string(member.type))};
    }
    target.slots.push_back(layout.slot(*position));
  }
  return target;
}

}    // namespace cepheid::inline v0::binding
