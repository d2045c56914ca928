#include "runtime/codec/json_fields.hpp"

#include <algorithm>
#include <utility>

#include "runtime/codec/field_tree.hpp"

namespace cepheid::runtime {

namespace {

void set_name(JsonMember& member, const std::string& name) {
  member.name = name;
  const std::string quoted = name + '"';
  const std::size_t size = std::min(quoted.size(), sizeof member.head);
  __builtin_memcpy(&member.head, quoted.data(), size);
  __builtin_memset(&member.head_mask, 0xff, size);
  member.tail = quoted.substr(size);
}

std::int32_t add_node(const FieldNode& tree, const std::string& path, const nfa::RowLayout& layout,
                      std::vector<JsonNode>& nodes) {
  const auto at = static_cast<std::int32_t>(nodes.size());
  nodes.emplace_back();
  JsonNode node;
  node.path = path;
  node.presence = tree.presence;
  if (tree.presence) node.below.push_back(*tree.presence);
  for (const FieldNode& child : tree.members) {
    JsonMember& member = node.members.emplace_back();
    set_name(member, child.name);
    if (child.field) {
      member.field = *child.field;
      member.type = layout.schema().fields()[*child.field].type;
      member.slot = layout.slot(*child.field);
      node.below.push_back(*child.field);
    } else {
      member.object = add_node(child, path.empty() ? child.name : path + "." + child.name, layout, nodes);
      const JsonNode& object = nodes[static_cast<std::size_t>(member.object)];
      node.below.insert(node.below.end(), object.below.begin(), object.below.end());
    }
  }
  nodes[static_cast<std::size_t>(at)] = std::move(node);
  return at;
}

}    // namespace

std::vector<JsonNode> make_json_nodes(const nfa::RowLayout& layout) {
  std::vector<JsonNode> nodes;
  add_node(make_field_tree(layout.schema()), "", layout, nodes);
  return nodes;
}

}    // namespace cepheid::runtime
