#include "loaded_rules.hpp"

#include <stdexcept>

namespace cepheid::patterns {

std::vector<std::string> LoadedRules::messages() const {
  std::vector<std::string> messages;
  for (const Diagnostic& diagnostic : diagnostics->sorted()) messages.push_back(diagnostic.message);
  return messages;
}

std::string LoadedRules::marked() const {
  const auto sorted = diagnostics->sorted();
  if (sorted.size() != 1) return "(not one diagnostic)\n" + diagnostics->render();
  return std::string(source->text(sorted.front().span));
}

const Relation& LoadedRules::relation(std::string_view name) const {
  if (!plan) throw std::logic_error(diagnostics->render());
  for (const Relation& relation : plan->relations) {
    if (relation.name == name) return relation;
  }
  throw std::logic_error("no relation of that name");
}

LoadedRules load(std::string text, const std::map<std::string, std::string>& variables) {
  LoadedRules loaded;
  loaded.source = std::make_unique<SourceFile>("rules.cep", std::move(text));
  loaded.diagnostics = std::make_unique<Diagnostics>(*loaded.source);
  Environment environment;
  environment.variable = [&variables](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string(name));
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  environment.file = [](std::string_view) -> std::optional<std::string> { return std::nullopt; };
  loaded.plan = load_rules(*loaded.source, environment, *loaded.diagnostics);
  return loaded;
}

std::string events_stream() {
  return "stream events { from stdin schema b bool, i int, j int, x double, p decimal(2), q decimal(4), s string, "
         "ts timestamp, u timestamp, data.amount double, data.user.id int time ts }\n";
}

LoadedRules load_pattern(const std::string& body) {
  return load(events_stream() + "pattern p on events {\n" + body + "\n}\n");
}

std::string fields_of(const nfa::RowLayout& layout) {
  std::string text;
  for (const Field& field : layout.schema().fields()) {
    if (!text.empty()) text += ", ";
    text += (field.presence ? "?" : "") + field.name + " " + to_string(field.type);
  }
  return text;
}

}    // namespace cepheid::patterns
