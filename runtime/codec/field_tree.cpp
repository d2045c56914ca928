#include "runtime/codec/field_tree.hpp"

#include <algorithm>
#include <numeric>

namespace cepheid::runtime {

namespace {

FieldNode& node_at(FieldNode& root, std::string_view path) {
  FieldNode* node = &root;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    const std::string_view part = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    const auto found = std::ranges::find(node->members, part, &FieldNode::name);
    if (found != node->members.end()) {
      node = &*found;
    } else {
      node = &node->members.emplace_back();
      node->name = part;
    }
  }
  return *node;
}

}    // namespace

FieldNode make_field_tree(const Schema& schema, const std::vector<std::uint32_t>& fields) {
  FieldNode root;
  for (const std::uint32_t i : fields) {
    const Field& field = schema.fields()[i];
    if (!field.presence) node_at(root, field.name).field = i;
  }
  // After the others: a presence field stands where the fields below it do.
  for (const std::uint32_t i : fields) {
    const Field& field = schema.fields()[i];
    if (field.presence) node_at(root, field.name).presence = i;
  }
  return root;
}

FieldNode make_field_tree(const Schema& schema) {
  std::vector<std::uint32_t> all(schema.size());
  std::iota(all.begin(), all.end(), 0u);
  return make_field_tree(schema, all);
}

}    // namespace cepheid::runtime
