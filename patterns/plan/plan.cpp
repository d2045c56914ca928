#include "patterns/plan/plan.hpp"

namespace cepheid::patterns {

const std::vector<std::string_view>& channel_fields() {
  static const std::vector<std::string_view> kFields = {"id",     "title",  "body",    "severity", "count",
                                                        "alerts", "alert",  "status",  "time",     "time_iso",
                                                        "row",    "values", "incident"};
  return kFields;
}

}    // namespace cepheid::patterns
