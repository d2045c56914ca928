#include "property/clauses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace cepheid::property {
namespace {

using reference::Element;
using reference::Expr;
using reference::Link;
using reference::Modifier;
using reference::Pattern;
using reference::Skip;
using Kind = Modifier::Kind;
using Names = std::set<std::string>;

bool looks_back(const Expr& expr) {
  return expr.kind == Expr::Kind::step_field || expr.kind == Expr::Kind::aggregate ||
         std::any_of(expr.args.begin(), expr.args.end(), looks_back);
}

bool has(const Element& element, Kind kind) {
  return std::any_of(element.modifiers.begin(), element.modifiers.end(),
                     [&](const Modifier& modifier) { return modifier.kind == kind; });
}

void add_modifiers(const Element& element, Names& names) {
  const bool has_rounds = !element.is_step() && element.all_of.empty();
  const std::string where = element.negated() ? " of a not-step" : has_rounds ? " of a group" : "";
  for (const Modifier& modifier : element.modifiers) {
    const std::string iterative = looks_back(modifier.condition) ? "iterative " : "";
    switch (modifier.kind) {
      case Kind::where: names.insert(iterative + "where" + where); break;
      case Kind::until: names.insert(iterative + "until" + where); break;
      case Kind::one_or_more: names.insert("one_or_more" + where); break;
      case Kind::zero_or_more: names.insert("zero_or_more" + where); break;
      case Kind::times:
        names.insert((!modifier.to ? "times(n)" : modifier.from == 0 ? "times(0, n)" : "times(n, m)") + where);
        break;
      case Kind::times_or_more: names.insert("times_or_more" + where); break;
      case Kind::optional: names.insert("optional" + where); break;
      case Kind::greedy: names.insert(has(element, Kind::until) ? "greedy until" : "greedy"); break;
      case Kind::consecutive: names.insert("consecutive" + where); break;
      case Kind::allow_combinations: names.insert("allow_combinations" + where); break;
      case Kind::within_of_previous: names.insert("of_previous" + where); break;
      case Kind::within_of: names.insert("within_of" + where); break;
    }
  }
}

void add_sequence(const std::vector<Element>& elements, int depth, Names& names) {
  static constexpr const char* kLinks[] = {"begin",           "next",     "followed_by",
                                           "followed_by_any", "not_next", "not_followed_by"};
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const Element& element = elements[i];
    const bool last = i + 1 == elements.size();
    std::string link = kLinks[static_cast<std::size_t>(element.link)];
    if (element.negated() && last) link += " at the end";
    names.insert(link);
    if (element.negated() && depth > 0) names.insert("not-step in a group");
    if (element.negated() && elements[i - 1].negated()) names.insert("not-steps in a row");
    if (element.link == Link::not_followed_by && i > 0 && elements[i - 1].modifiers.size() > 1) {
      names.insert("not_followed_by after a loop");
    }
    if (element.is_group()) {
      names.insert(depth > 0 ? "group in a group" : i == 0 ? "group first" : "group");
      add_sequence(element.group, depth + 1, names);
    }
    for (const std::vector<Element>& alternative : element.any_of) add_sequence(alternative, depth + 1, names);
    if (!element.any_of.empty()) names.insert(element.modifiers.empty() ? "any_of" : "any_of with modifiers");
    for (const Element& step : element.all_of) add_modifiers(step, names);
    if (!element.all_of.empty()) names.insert("all_of");
    if (!element.of.empty()) names.insert("of");
    add_modifiers(element, names);
  }
}

void add_events(const Pair& pair, Names& names) {
  std::vector<std::int64_t> highest(pair.pattern.streams.size(), std::numeric_limits<std::int64_t>::min());
  std::set<std::int64_t> times;
  for (const reference::Event& event : pair.events) {
    std::int64_t& largest = highest[event.stream];
    if (!times.insert(event.ts).second) names.insert("equal times");
    if (event.ts < largest) {
      names.insert(event.ts < largest - pair.pattern.streams[event.stream].lateness ? "late event" : "out of order");
    }
    largest = std::max(largest, event.ts);
    if (!event.price) names.insert("null");
    if (event.ts <= 0) names.insert("times before 1970");
  }
}

}    // namespace

Names clauses_of(const Pair& pair) {
  static constexpr const char* kSkips[] = {"no_skip", "skip_to_next", "skip_past_last", "skip_to_first",
                                           "skip_to_last"};
  Names names;
  const Pattern& pattern = pair.pattern;
  add_sequence(pattern.elements, 0, names);
  if (pattern.keyed) names.insert("key");
  if (pattern.when) names.insert("when");
  if (pattern.within) names.insert("within");
  if (pattern.on_timeout && pattern.within) names.insert("on_timeout");
  if (pattern.streams.size() > 1) names.insert("several streams");
  if (!pattern.absence) {
    names.insert(kSkips[static_cast<std::size_t>(pattern.skip)] + std::string(pattern.or_fail ? " or_fail" : ""));
  }
  if (pattern.absence) names.insert("absent");
  if (pattern.limit) names.insert("limit");
  add_events(pair, names);
  return names;
}

void ClauseCounts::add(const Pair& pair, bool matched) {
  ++pairs_;
  for (const std::string& clause : clauses_of(pair)) {
    Count& count = counts_[clause];
    ++count.pairs;
    if (matched) ++count.matched;
  }
}

std::string ClauseCounts::table() const {
  std::string text = fmt::format("{:36} {:>8} {:>8}   of {} pairs\n", "clause", "pairs", "matched", pairs_);
  for (const auto& [clause, count] : counts_) {
    text += fmt::format("{:36} {:8} {:8}   {:5.1f} %\n", clause, count.pairs, count.matched,
                        100.0 * static_cast<double>(count.pairs) / static_cast<double>(pairs_));
  }
  return text;
}

std::vector<std::string> ClauseCounts::neglected() const {
  std::vector<std::string> names;
  for (const auto& [clause, count] : counts_) {
    if (count.pairs * 100 < pairs_ * 2 || count.matched * 100 < count.pairs * 2) names.push_back(clause);
  }
  return names;
}

}    // namespace cepheid::property
