#include "patterns/check/channel_names.hpp"

#include <set>
#include <string_view>

#include <fmt/format.h>

namespace cepheid::patterns {

bool check_channel_names(const std::vector<syntax::Name>& names, std::vector<ChannelId>& to, CheckContext& context) {
  bool ok = true;
  std::set<std::string_view> seen;
  for (const syntax::Name& name : names) {
    if (!seen.insert(name.text).second) {
      context.diagnostics.error(DiagnosticKind::duplicate_name, name.span,
                                fmt::format("channel `{}` twice", name.text));
      ok = false;
      continue;
    }
    const Relations::ChannelTarget target = context.relations.find_channel(name, context.diagnostics);
    ok = ok && target.known;
    if (target.id) to.push_back(*target.id);
  }
  return ok;
}

}    // namespace cepheid::patterns
