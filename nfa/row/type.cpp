#include "cepheid/type.hpp"

#include <algorithm>

namespace cepheid::inline v0 {

Type Type::list_of(Type element) {
  return {.kind = TypeKind::list, .element = std::make_shared<const Type>(std::move(element))};
}

Type Type::object_of(std::vector<ObjectField> fields) {
  return {.kind = TypeKind::object, .fields = std::make_shared<const std::vector<ObjectField>>(std::move(fields))};
}

Type Type::map_of(Type value) {
  return {.kind = TypeKind::map, .element = std::make_shared<const Type>(std::move(value))};
}

bool operator==(const Type& a, const Type& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case TypeKind::decimal: return a.scale == b.scale;
    case TypeKind::list:
    case TypeKind::map: return *a.element == *b.element;
    case TypeKind::object:
      return std::equal(
          a.fields->begin(), a.fields->end(), b.fields->begin(), b.fields->end(),
          [](const ObjectField& x, const ObjectField& y) { return x.name == y.name && x.type == y.type; });
    default: return true;
  }
}

std::string to_string(const Type& type) {
  switch (type.kind) {
    case TypeKind::null_: return "null";
    case TypeKind::bool_: return "bool";
    case TypeKind::int_: return "int";
    case TypeKind::double_: return "double";
    case TypeKind::decimal: return "decimal(" + std::to_string(type.scale) + ")";
    case TypeKind::string: return "string";
    case TypeKind::timestamp: return "timestamp";
    case TypeKind::map: return "map of " + to_string(*type.element);
    case TypeKind::list: return "list of " + to_string(*type.element);
    case TypeKind::object: {
      std::string text = "{";
      for (const ObjectField& field : *type.fields) {
        if (text.size() > 1) text += ", ";
        text += field.name + ": " + to_string(field.type);
      }
      return text + "}";
    }
  }
  return {};
}

}    // namespace cepheid::inline v0
