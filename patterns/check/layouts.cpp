#include "patterns/check/layouts.hpp"

#include <map>
#include <set>
#include <utility>

namespace cepheid::patterns {

JoinedLayout join_layouts(const std::vector<Relations::Target>& inputs) {
  JoinedLayout joined;
  using Key = std::pair<std::string, bool>;    // name, presence
  std::map<Key, std::vector<std::uint32_t>> places;
  for (std::size_t input = 0; input < inputs.size(); ++input) {
    auto& positions = joined.positions.emplace_back();
    const auto& fields = inputs[input].layout->schema().fields();
    for (std::uint32_t i = 0; i < fields.size(); ++i) {
      auto& same_name = places[Key{fields[i].name, fields[i].presence}];
      std::optional<std::uint32_t> place;
      for (const std::uint32_t candidate : same_name) {
        if (joined.fields[candidate].type == fields[i].type) place = candidate;
      }
      if (!place) {
        if (!same_name.empty()) joined.clashes.push_back({input, i, joined.fields[same_name.front()].type});
        place = static_cast<std::uint32_t>(joined.fields.size());
        joined.fields.push_back(fields[i]);
        same_name.push_back(*place);
      }
      positions.push_back(*place);
    }
  }
  return joined;
}

std::string find_nesting_clash(const Schema& schema) {
  std::set<std::string, std::less<>> names;
  for (const Field& field : schema.fields()) {
    if (!field.presence) names.insert(field.name);
  }
  for (const std::string& name : names) {
    for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
      if (names.contains(name.substr(0, dot))) return name.substr(0, dot);
    }
  }
  return {};
}

}    // namespace cepheid::patterns
