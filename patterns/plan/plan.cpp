#include "patterns/plan/plan.hpp"

namespace cepheid::patterns {

const std::vector<std::string_view>& channel_fields() {
  static const std::vector<std::string_view> kFields = {"id",   "alert", "severity", "status", "title",
                                                        "body", "time",  "incident", "row"};
  return kFields;
}

}    // namespace cepheid::patterns
