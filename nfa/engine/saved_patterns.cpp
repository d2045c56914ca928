#include "nfa/engine/saved_patterns.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "nfa/automaton/pattern_fingerprint.hpp"

namespace cepheid::nfa {
namespace {

struct Read {
  std::string_view name;
  std::uint64_t fingerprint = 0;
  bool merged = false;
};

Error other_patterns(std::string_view name, const char* what) {
  return {"the saved state is of other patterns: `" + std::string(name) + "` " + what};
}

}    // namespace

void write_patterns(ByteWriter& out, const std::vector<SavedPattern>& patterns) {
  out.varint(patterns.size());
  for (const SavedPattern& pattern : patterns) {
    out.text(pattern.spec->name);
    out.fixed64(checksum(fingerprint(*pattern.spec)));
    out.boolean(pattern.merged);
  }
}

Result<void> check_patterns(ByteReader& in, const std::vector<SavedPattern>& patterns) {
  constexpr std::size_t kLeastBytes = 10;    // of a pattern
  std::vector<Read> saved(in.count(kLeastBytes));
  for (Read& pattern : saved) {
    pattern.name = in.text();
    pattern.fingerprint = in.fixed64();
    pattern.merged = in.boolean();
  }
  if (!in.ok()) return Error{"the saved state is damaged"};
  for (const SavedPattern& pattern : patterns) {
    const auto is_it = [&](const Read& one) { return one.name == pattern.spec->name; };
    if (std::none_of(saved.begin(), saved.end(), is_it)) return other_patterns(pattern.spec->name, "is new");
  }
  for (const Read& pattern : saved) {
    const auto is_it = [&](const SavedPattern& one) { return one.spec->name == pattern.name; };
    if (std::none_of(patterns.begin(), patterns.end(), is_it)) return other_patterns(pattern.name, "is gone");
  }
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const PatternSpec& spec = *patterns[i].spec;
    if (i >= saved.size() || saved[i].name != spec.name) return other_patterns(spec.name, "stands in another place");
    if (saved[i].fingerprint != checksum(fingerprint(spec))) return other_patterns(spec.name, "was changed");
    if (saved[i].merged != patterns[i].merged) {
      return Error{"the saved state is of an engine with other options: the partial matches of `" + spec.name + "` " +
                   (saved[i].merged ? "were" : "were not") + " merged"};
    }
  }
  if (saved.size() > patterns.size()) return other_patterns(saved[patterns.size()].name, "stands there once more");
  return {};
}

}    // namespace cepheid::nfa
