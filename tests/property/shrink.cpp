// Greedy: of all ways to make the pair simpler the first that still fails is taken, until none is left.

#include "property/shrink.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cepheid::property {
namespace {

using reference::Element;
using reference::Event;
using reference::Expr;
using reference::Link;
using reference::Modifier;
using reference::Pattern;
using Elements = std::vector<Element>;

void steps_taken(const Elements& elements, std::set<std::string>& names) {
  for (const Element& element : elements) {
    steps_taken(element.group, names);
    steps_taken(element.all_of, names);
    for (const Elements& alternative : element.any_of) steps_taken(alternative, names);
    if (element.is_step() && !element.negated()) names.insert(element.name);
  }
}

bool names_known(const Expr& expr, const std::set<std::string>& names) {
  if (!expr.step.empty() && !names.contains(expr.step)) return false;
  return std::all_of(expr.args.begin(), expr.args.end(), [&](const Expr& arg) { return names_known(arg, names); });
}

bool modifiers_known(const Element& element, const std::set<std::string>& names) {
  return std::all_of(element.modifiers.begin(), element.modifiers.end(), [&](const Modifier& modifier) {
    return names_known(modifier.condition, names) && (modifier.step.empty() || names.contains(modifier.step));
  });
}

bool well_formed(const Elements& elements, const std::set<std::string>& names) {
  if (elements.empty() || elements.front().link != Link::begin) return false;
  return std::all_of(elements.begin(), elements.end(), [&](const Element& element) {
    const bool known = modifiers_known(element, names) &&
                       std::all_of(element.all_of.begin(), element.all_of.end(),
                                   [&](const Element& step) { return modifiers_known(step, names); });
    const bool empty = element.is_step() && element.name.empty();
    const bool fits = (!element.is_group() || well_formed(element.group, names)) && element.any_of.size() != 1 &&
                      element.all_of.size() != 1 &&
                      std::all_of(element.any_of.begin(), element.any_of.end(),
                                  [&](const Elements& alternative) { return well_formed(alternative, names); });
    return known && !empty && fits;
  });
}

/// Whether all steps that its expressions name are there.
bool well_formed(const Pattern& pattern) {
  if (pattern.absence) return true;
  std::set<std::string> names;
  steps_taken(pattern.elements, names);
  return well_formed(pattern.elements, names);
}

class Shrinker {
 public:
  Shrinker(Pair pair, const std::function<bool(const Pair&)>& fails) : best_(std::move(pair)), fails_(fails) {}

  Pair run() {
    while (fewer_events() || simpler_pattern() || simpler_events()) {
    }
    return std::move(best_);
  }

 private:
  bool try_pair(Pair pair) {
    if (!well_formed(pair.pattern) || !fails_(pair)) return false;
    best_ = std::move(pair);
    return true;
  }

  template <typename Change>
  bool try_change(Change change) {
    Pair pair = best_;
    if (!change(pair)) return false;
    return try_pair(std::move(pair));
  }

  bool fewer_events() {
    for (std::size_t size = best_.events.size(); size > 0; size /= 2) {
      for (std::size_t at = 0; at < best_.events.size(); at += size) {
        const bool smaller = try_change([&](Pair& pair) {
          const auto from = pair.events.begin() + static_cast<std::ptrdiff_t>(at);
          pair.events.erase(from, from + static_cast<std::ptrdiff_t>(std::min(size, pair.events.size() - at)));
          return true;
        });
        if (smaller) return true;
      }
    }
    return false;
  }

  bool simpler_events() {
    const auto each = [&](auto change) {
      for (std::size_t i = 0; i < best_.events.size(); ++i) {
        if (try_change([&](Pair& pair) { return change(pair.events[i]); })) return true;
      }
      return false;
    };
    return each([](Event& event) { return event.qty != 0 && (event.qty = 0, true); }) ||
           each([](Event& event) { return event.price != 1.0 && (event.price = 1.0, true); }) ||
           each([](Event& event) { return event.user != "u1" && (event.user = "u1", true); }) ||
           each([](Event& event) { return event.stream != 0 && (event.stream = 0, true); });
  }

  bool simpler_pattern() {
    return try_change([](Pair& p) { return std::exchange(p.pattern.keyed, false); }) ||
           try_change([](Pair& p) { return std::exchange(p.pattern.when, std::nullopt).has_value(); }) ||
           try_change([](Pair& p) { return std::exchange(p.pattern.limit, std::nullopt).has_value(); }) ||
           try_change([](Pair& p) {
             if (!p.pattern.absence || p.pattern.absence->where.empty()) return false;
             p.pattern.absence->where.pop_back();
             return true;
           }) ||
           try_change([](Pair& p) { return std::exchange(p.pattern.within, std::nullopt).has_value(); }) ||
           try_change([](Pair& p) { return std::exchange(p.pattern.on_timeout, false); }) ||
           try_change([](Pair& p) { return std::exchange(p.pattern.or_fail, false); }) || try_change([](Pair& p) {
             return std::exchange(p.pattern.skip, reference::Skip::no_skip) != reference::Skip::no_skip;
           }) ||
           try_change([](Pair& p) { return std::exchange(p.pattern.streams[0].lateness, 0) != 0; }) || one_stream() ||
           simpler_sequence([](Pattern& pattern) -> Elements& { return pattern.elements; });
  }

  bool one_stream() {
    return best_.pattern.streams.size() > 1 && try_change([](Pair& pair) {
             pair.pattern.streams.resize(1);
             for (Event& event : pair.events) event.stream = 0;
             clear_of(pair.pattern.elements);
             return true;
           });
  }
  static void clear_of(Elements& elements) {
    for (Element& element : elements) {
      element.of.clear();
      clear_of(element.group);
      clear_of(element.all_of);
      for (Elements& alternative : element.any_of) clear_of(alternative);
    }
  }

  using Find = std::function<Elements&(Pattern&)>;

  bool simpler_sequence(const Find& find) {
    const std::size_t size = find(best_.pattern).size();
    for (std::size_t i = 0; i < size; ++i) {
      if (try_change([&](Pair& pair) { return without(find(pair.pattern), i); })) return true;
      if (try_change([&](Pair& pair) { return without_brackets(find(pair.pattern), i); })) return true;
      if (simpler_choice(find, i) || simpler_set(find, i)) return true;
      if (try_change([&](Pair& pair) { return plain_link(find(pair.pattern)[i]); })) return true;
      if (simpler_modifiers(find, i)) return true;
      const Find inner = [find, i](Pattern& pattern) -> Elements& { return find(pattern)[i].group; };
      if (find(best_.pattern)[i].is_group() && simpler_sequence(inner)) return true;
    }
    return false;
  }

  static bool without(Elements& elements, std::size_t i) {
    elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(i));
    if (!elements.empty()) elements.front().link = Link::begin;
    return true;
  }
  static bool without_brackets(Elements& elements, std::size_t i) {
    if (!elements[i].is_group()) return false;
    Elements group = std::move(elements[i].group);
    group.front().link = elements[i].link;
    const auto at = elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(i));
    elements.insert(at, group.begin(), group.end());
    return true;
  }
  bool simpler_choice(const Find& find, std::size_t i) {
    const std::size_t count = find(best_.pattern)[i].any_of.size();
    for (std::size_t a = 0; a < count; ++a) {
      const auto at = static_cast<std::ptrdiff_t>(a);
      const bool smaller = try_change([&](Pair& pair) {
        Element& element = find(pair.pattern)[i];
        element.group = std::move(element.any_of[a]);
        element.any_of.clear();
        return true;
      });
      if (smaller) return true;
      const bool fewer = try_change([&](Pair& pair) {
        std::vector<Elements>& alternatives = find(pair.pattern)[i].any_of;
        alternatives.erase(alternatives.begin() + at);
        return true;
      });
      const Find inner = [find, i, a](Pattern& pattern) -> Elements& { return find(pattern)[i].any_of[a]; };
      if (fewer || simpler_sequence(inner)) return true;
    }
    return false;
  }

  bool simpler_set(const Find& find, std::size_t i) {
    const std::size_t count = find(best_.pattern)[i].all_of.size();
    for (std::size_t s = 0; s < count; ++s) {
      const auto at = static_cast<std::ptrdiff_t>(s);
      const bool fewer = try_change([&](Pair& pair) {
        Elements& steps = find(pair.pattern)[i].all_of;
        steps.erase(steps.begin() + at);
        return true;
      });
      const Find inner = [find, i](Pattern& pattern) -> Elements& { return find(pattern)[i].all_of; };
      if (fewer || simpler_modifiers(inner, s)) return true;
    }
    return false;
  }

  static bool plain_link(Element& element) {
    if (element.link != Link::followed_by_any) return false;
    element.link = Link::followed_by;
    return true;
  }

  bool simpler_modifiers(const Find& find, std::size_t i) {
    const std::size_t count = find(best_.pattern)[i].modifiers.size();
    for (std::size_t m = 0; m < count; ++m) {
      const bool smaller = try_change([&](Pair& pair) {
        std::vector<Modifier>& modifiers = find(pair.pattern)[i].modifiers;
        modifiers.erase(modifiers.begin() + static_cast<std::ptrdiff_t>(m));
        return true;
      });
      if (smaller || try_change([&](Pair& pair) { return simpler(find(pair.pattern)[i].modifiers[m]); })) return true;
    }
    return false;
  }
  static bool simpler(Modifier& modifier) {
    if (modifier.condition.word == "and") {
      modifier.condition = Expr(modifier.condition.args[0]);
      return true;
    }
    if (modifier.to && *modifier.to > modifier.from + 1) {
      modifier.to = *modifier.to - 1;
      return true;
    }
    if (modifier.from <= 1) return false;
    --modifier.from;
    if (modifier.to) --*modifier.to;
    return true;
  }

  Pair best_;
  const std::function<bool(const Pair&)>& fails_;
};

}    // namespace

Pair shrink(Pair pair, const std::function<bool(const Pair&)>& fails) {
  return Shrinker(std::move(pair), fails).run();
}

}    // namespace cepheid::property
