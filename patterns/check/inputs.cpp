#include "patterns/check/inputs.hpp"

#include <fmt/format.h>

#include "patterns/check/layouts.hpp"

namespace cepheid::patterns {

std::optional<Inputs> check_inputs(const std::vector<syntax::Name>& names, const syntax::Name& reader,
                                   CheckContext& context) {
  std::vector<Relations::Target> targets;
  bool ok = true;
  for (const syntax::Name& name : names) {
    auto target = context.relations.find(name, context.diagnostics);
    ok = ok && target.has_value();
    if (target) targets.push_back(std::move(*target));
  }
  if (!ok || targets.empty()) return std::nullopt;

  JoinedLayout joined = join_layouts(targets);
  for (const JoinedLayout::Clash& clash : joined.clashes) {
    const Field& field = targets[clash.input].layout->schema().fields()[clash.field];
    context.diagnostics.error(DiagnosticKind::wrong_type, names[clash.input].span,
                              fmt::format("`{}` is {} in `{}` and {} in a stream before it", field.name,
                                          to_string(field.type), names[clash.input].text, to_string(clash.earlier)));
  }
  if (!joined.clashes.empty()) return std::nullopt;
  Inputs inputs;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    inputs.mappings.push_back({targets[i].id, std::move(joined.positions[i])});
  }
  const bool single = targets.size() == 1;
  inputs.layout =
      single ? targets.front().layout : std::make_shared<const nfa::RowLayout>(Schema(std::move(joined.fields)));
  inputs.where =
      single ? fmt::format("stream `{}`", names.front().text) : fmt::format("the streams that `{}` reads", reader.text);
  return inputs;
}

}    // namespace cepheid::patterns
