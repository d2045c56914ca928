#include "conformance/compare_matches.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "cepheid/decimal.hpp"

namespace cepheid::conformance {

namespace {

using Kind = JsonTree::Kind;

double number_of(const JsonTree& number) {
  double value = 0;
  std::from_chars(number.text.data(), number.text.data() + number.text.size(), value);
  return value;
}

bool is_decimal(const JsonTree& wanted) {
  return wanted.kind == Kind::object && wanted.members.size() == 1 && wanted.members.front().first == "decimal";
}

bool same_decimal(std::string_view wanted, std::string_view printed) {
  constexpr int kScale = 18;    // digits enough for what cases have; beyond it they must be written alike
  const std::optional<Decimal> a = parse_decimal(wanted, kScale, false);
  const std::optional<Decimal> b = parse_decimal(printed, kScale, false);
  return a && b ? a->units == b->units : wanted == printed;
}

/// Is `printed` the value that a case expects?
bool same_value(const JsonTree& wanted, const JsonTree& printed) {
  if (is_decimal(wanted)) {
    return printed.kind == Kind::number && same_decimal(wanted.members.front().second.text, printed.text);
  }
  if (wanted.kind != printed.kind) return false;
  switch (wanted.kind) {
    case Kind::number: {
      if (wanted.is_whole()) return wanted.text == printed.text;
      const double want = number_of(wanted);
      const double have = number_of(printed);
      return std::abs(have - want) <= std::max(1e-9 * std::max(std::abs(have), std::abs(want)), 1e-11);
    }
    case Kind::list: return std::ranges::equal(wanted.items, printed.items, same_value);
    case Kind::object:
      return wanted.members.size() == printed.members.size() &&
             std::ranges::all_of(wanted.members, [&printed](const auto& member) {
               const JsonTree* have = printed.find(member.first);
               return have != nullptr && same_value(member.second, *have);
             });
    default: return wanted.text == printed.text;
  }
}

/// By what matches are told apart: pattern, time-out, key if it counts, and the ids of the events of each step.
std::string identity(const JsonTree& match, const std::map<std::string, std::string>& ids_by_step, bool with_key) {
  std::string text = match.find("pattern")->text;
  const JsonTree* timeout = match.find("timeout");
  if (timeout != nullptr && timeout->text == "true") text += " timed out";
  if (with_key) text += " key " + to_json(*match.find("key"));
  for (const auto& [step, ids] : ids_by_step) text += fmt::format(" {}{}", step, ids);
  return text;
}

std::map<std::string, std::string> wanted_ids(const JsonTree& match) {
  std::map<std::string, std::string> ids;
  for (const auto& [step, events] : match.find("match")->members) ids[step] = to_json(events);
  return ids;
}

std::string wanted_identity(const JsonTree& match) {
  return identity(match, wanted_ids(match), match.find("key") != nullptr);
}

std::map<std::string, std::string> printed_ids(const JsonTree& match) {
  std::map<std::string, std::string> ids;
  for (const auto& [step, events] : match.find("match")->members) {
    JsonTree list{.kind = Kind::list};
    for (const JsonTree& event : events.items) list.items.push_back(*event.find("id"));
    ids[step] = to_json(list);
  }
  return ids;
}

bool times_are_those_of_the_events(const JsonTree& match) {
  if (match.find("timeout") != nullptr) return true;
  std::vector<long long> times;
  for (const auto& [step, events] : match.find("match")->members) {
    for (const JsonTree& event : events.items) times.push_back(std::stoll(event.find("ts")->text));
  }
  if (times.empty()) return true;
  const auto [first, last] = std::ranges::minmax_element(times);
  return match.find("start")->text == std::to_string(*first) && match.find("end")->text == std::to_string(*last);
}

bool is_match(const JsonTree& tree) {
  for (const std::string_view name : {"pattern", "key", "start", "end", "match"}) {
    if (tree.find(name) == nullptr) return false;
  }
  return true;
}

/// Matches with the same identity: what each of them emits.
using Emitted = std::map<std::string, std::vector<JsonTree>>;

/// Takes what `wanted` emits out of `printed`; false: nothing there is the same.
bool take_emitted(const JsonTree& wanted, std::vector<JsonTree>& printed) {
  const auto found = std::ranges::find_if(printed, [&](const JsonTree& have) { return same_value(wanted, have); });
  if (found == printed.end()) return false;
  printed.erase(found);
  return true;
}

}    // namespace

std::string difference(const JsonTree& expected, std::string_view printed) {
  std::string lines;
  std::map<std::string, bool> keyed;    // by pattern: do the expected matches tell the key?
  for (const JsonTree& match : expected.items) keyed[match.find("pattern")->text] = match.find("key") != nullptr;

  std::map<std::string, int> missing;    // negative: too many
  for (const JsonTree& match : expected.items) ++missing[wanted_identity(match)];

  Emitted emitted;
  while (!printed.empty()) {
    const std::size_t end = std::min(printed.find('\n'), printed.size());
    const std::string_view line = printed.substr(0, end);
    printed.remove_prefix(std::min(end + 1, printed.size()));
    const std::optional<JsonTree> match = parse_json(line);
    if (!match || !is_match(*match)) {
      lines += fmt::format("no match object: {}\n", line);
      continue;
    }
    if (!times_are_those_of_the_events(*match)) lines += fmt::format("start or end is wrong: {}\n", line);
    const std::string key = identity(*match, printed_ids(*match), keyed[match->find("pattern")->text]);
    --missing[key];
    const JsonTree* emit = match->find("emit");
    emitted[key].push_back(emit == nullptr ? JsonTree() : *emit);
  }
  for (const auto& [key, count] : missing) {
    if (count > 0) lines += fmt::format("missing ({} times): {}\n", count, key);
    if (count < 0) lines += fmt::format("not expected ({} times): {}\n", -count, key);
  }
  if (!lines.empty()) return lines;

  for (const JsonTree& match : expected.items) {
    const JsonTree* emit = match.find("emit");
    if (emit == nullptr) continue;
    const std::string key = wanted_identity(match);
    if (take_emitted(*emit, emitted[key])) continue;
    lines += fmt::format("{}: expected {}\n", key, to_json(*emit));
    for (const JsonTree& have : emitted[key]) lines += fmt::format("  printed {}\n", to_json(have));
  }
  return lines;
}

}    // namespace cepheid::conformance
