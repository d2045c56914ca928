#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

/// A `schema` clause: the fields declared, and presence fields where paths need some.
struct CheckedSchema {
  Schema schema;
  std::set<std::string, std::less<>> wrong_fields;    // declared, but wrongly: not unknown
  bool ok = true;
};

/// `statement` is "stream" or "table"; a schema that is missing is reported at its name, unless it is `broken`.
[[nodiscard]] CheckedSchema check_schema(const std::vector<syntax::SchemaField>& schema, std::string_view statement,
                                         const syntax::Name& name, bool broken, CheckContext& context);

}    // namespace cepheid::patterns
