#include "property/random_pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "reference/read.hpp"
#include "reference/rejected.hpp"

namespace cepheid::property {
namespace {

using reference::Element;
using reference::Link;
using reference::Modifier;
using reference::Pattern;
using reference::Skip;
using Kind = Modifier::Kind;

bool may_be_left_out(const Element& element) {
  return std::any_of(element.modifiers.begin(), element.modifiers.end(), [](const Modifier& modifier) {
    return modifier.kind == Kind::optional || modifier.kind == Kind::zero_or_more ||
           (modifier.kind == Kind::times && modifier.from == 0);
  });
}

bool has(const Element& element, Kind kind) {
  return std::any_of(element.modifiers.begin(), element.modifiers.end(),
                     [&](const Modifier& modifier) { return modifier.kind == kind; });
}

class Generator {
 public:
  Generator(Random& random, bool careless) : random_(random), careless_(careless) {}

  Pattern pattern() {
    Pattern pattern;
    pattern.keyed = random_.chance(35);
    if (random_.chance(12)) pattern.streams.push_back({"others"});
    several_streams_ = pattern.streams.size() > 1;
    for (reference::Stream& stream : pattern.streams) {
      if (random_.chance(35)) stream.lateness = random_.between(1, 15);
    }
    if (random_.chance(60)) within_ = pattern.within = random_.between(12, 60);
    if (!careless_ && random_.chance(7)) return absence(std::move(pattern));
    pattern.elements = sequence(random_.between(1, 4), 0);
    when(pattern);
    pattern.on_timeout = random_.chance(45);
    skip(pattern);
    limit(pattern);
    return pattern;
  }

 private:
  Pattern absence(Pattern pattern) {
    when(pattern);
    pattern.within.reset();
    reference::Absence absence{"s1", {}, random_.between(2, 14)};
    if (random_.chance(85)) absence.where.push_back(reference::read_expression(condition()));
    if (random_.chance(20)) absence.where.push_back(reference::read_expression("qty < 4"));
    pattern.absence = std::move(absence);
    return pattern;
  }

  void when(Pattern& pattern) {
    if (!random_.chance(12)) return;
    pattern.when = reference::read_expression(random_.pick(std::vector<std::string>{
        "name != \"d\"", "price is not null", "price < 9 or qty > 0", "name != \"z\" and qty < 5"}));
  }

  /// Only where the engine counts single partial matches, as the naive matcher does.
  void limit(Pattern& pattern) {
    using Then = reference::Limit::Then;
    if (pattern.skip == Skip::skip_to_next || pattern.skip == Skip::skip_past_last || !random_.chance(20)) return;
    static constexpr Then kThen[] = {Then::drop_oldest, Then::drop_newest, Then::block_start};
    pattern.limit = {static_cast<std::size_t>(random_.between(1, 5)), kThen[random_.weighted({1, 1, 1})]};
  }

  std::vector<Element> sequence(std::int64_t size, int depth) {
    std::vector<Element> elements;
    while (size > 0) {
      --size;
      Element element;
      if (!elements.empty()) element.link = link(elements.back(), size == 0, depth);
      const std::vector<std::string> before = known_;
      if (!element.negated() && depth < 2 && random_.chance(depth == 0 ? 28 : 20)) {
        element.group = sequence(random_.between(1, 3), depth + 1);
        group_modifiers(element, before);
      } else if (!careless_ && !element.negated() && depth < 2 && random_.chance(11)) {
        for (std::int64_t n = random_.between(2, 3); n > 0; --n) {
          element.any_of.push_back(sequence(random_.between(1, 2), depth + 1));
        }
        group_modifiers(element, before);
      } else if (!careless_ && !element.negated() && random_.chance(9)) {
        set(element);
        bound(element, before);
      } else {
        element.name = fmt::format("s{}", ++steps_);
        step_modifiers(element, elements.empty() ? nullptr : &elements.back());
      }
      elements.push_back(std::move(element));
    }
    return elements;
  }

  void set(Element& element) {
    for (std::int64_t n = random_.between(2, 3); n > 0; --n) {
      Element step;
      step.name = fmt::format("s{}", ++steps_);
      if (several_streams_ && random_.chance(25)) step.of = random_.chance(50) ? "events" : "others";
      if (!random_.chance(5)) add_condition(step, Kind::where, condition());
      if (random_.chance(15)) add_condition(step, Kind::where, iterative(step.name));
      known_.push_back(step.name);
      element.all_of.push_back(std::move(step));
    }
    if (random_.chance(20)) add(element, Kind::optional);
    inner_contiguity(element, true);
  }

  /// `steps`: those before the element.
  void bound(Element& element, const std::vector<std::string>& steps) {
    if (careless_ || steps.empty() || !random_.chance(16)) return;
    Modifier modifier{Kind::within_of};
    modifier.duration = random_.between(3, within_.value_or(30));
    modifier.step = random_.chance(60) ? steps.back() : random_.pick(steps);
    element.modifiers.push_back(std::move(modifier));
  }

  Link link(const Element& before, bool last, int depth) {
    static constexpr Link kLinks[] = {Link::next, Link::followed_by, Link::followed_by_any, Link::not_next,
                                      Link::not_followed_by};
    const bool negative_fits = careless_ || !may_be_left_out(before);
    const bool wait_fits = careless_ || !last || (depth == 0 && within_ && before.link != Link::not_followed_by);
    const bool next_fits = careless_ || !last || before.link != Link::not_followed_by;
    const int often = before.negated() ? 3 : 1;    // several in a row
    return kLinks[random_.weighted({28, 36, 14, negative_fits && next_fits ? 11 * often : 0,
                                    negative_fits && wait_fits ? (last ? 24 : 13 * often) : 0})];
  }

  void add(Element& element, Kind kind, std::int64_t from = 0, std::optional<std::int64_t> to = {}) {
    Modifier modifier{kind};
    modifier.from = from;
    modifier.to = to;
    element.modifiers.push_back(modifier);
  }
  void add_condition(Element& element, Kind kind, const std::string& text) {
    element.modifiers.push_back({kind, reference::read_expression(text)});
  }

  void step_modifiers(Element& element, const Element* before) {
    if (several_streams_ && random_.chance(35)) element.of = random_.chance(50) ? "events" : "others";
    if (element.negated()) {
      add_condition(element, Kind::where, negative_condition());
      if (random_.chance(20)) add_condition(element, Kind::where, iterative(element.name));
      if (random_.chance(18)) of_previous(element);
      if (careless_ && random_.chance(15)) add(element, Kind::optional);
      if (careless_ && random_.chance(10)) add(element, Kind::one_or_more);
      return;
    }
    const std::vector<std::string> steps = known_;
    known_.push_back(element.name);
    if (!random_.chance(8)) add_condition(element, Kind::where, condition());
    if (random_.chance(24)) add_condition(element, Kind::where, iterative(element.name));
    const bool may_be_optional = careless_ || before == nullptr || !has(*before, Kind::greedy);
    const bool loops = quantifier(element, may_be_optional, 45);
    inner_contiguity(element, loops);
    if (careless_ ? random_.chance(15) : loops && !has(element, Kind::allow_combinations) && random_.chance(35)) {
      add(element, Kind::greedy);
    }
    if (random_.chance(15)) of_previous(element);
    bound(element, steps);
    shuffle(element);
  }

  void group_modifiers(Element& element, const std::vector<std::string>& before) {
    const bool loops = quantifier(element, true, 35);
    inner_contiguity(element, loops);
    if (careless_ && random_.chance(6)) add(element, Kind::greedy);
    if (careless_ && random_.chance(6)) add_condition(element, Kind::where, condition());
    bound(element, before);
    shuffle(element);
  }

  /// Whether the element loops after it.
  bool quantifier(Element& element, bool may_be_optional, int none) {
    const int weight = may_be_optional ? 1 : 0;
    bool open_ended = true;
    switch (random_.weighted({none, 15, 8 * weight, 9, 11, 7, 10})) {
      case 0: open_ended = false; break;
      case 1: add(element, Kind::one_or_more); break;
      case 2: add(element, Kind::zero_or_more); break;
      case 3: add(element, Kind::times, random_.between(careless_ ? 0 : 1, 3)); break;
      case 4: times_range(element); break;
      case 5: add(element, Kind::times, 0, random_.between(1, 3)); break;
      case 6: add(element, Kind::times_or_more, random_.between(careless_ ? 0 : 1, 3)); break;
      default: break;
    }
    const bool loops = open_ended;
    if (loops) open_ended = !has(element, Kind::times);
    if (careless_ && random_.chance(8)) add(element, Kind::one_or_more);
    if (careless_ ? random_.chance(20) : may_be_optional && !may_be_left_out(element) && random_.chance(14)) {
      add(element, Kind::optional);
    }
    if ((open_ended && random_.chance(32)) || (careless_ && random_.chance(8))) {
      add_condition(element, Kind::until, random_.chance(33) ? iterative(known_.back()) : condition());
    }
    return loops;
  }

  void times_range(Element& element) {
    const std::int64_t from = random_.between(1, 3);
    add(element, Kind::times, from, from + random_.between(careless_ ? -1 : 0, 2));
  }

  void inner_contiguity(Element& element, bool loops) {
    if (!loops && !careless_) return;
    const std::size_t choice = random_.weighted({careless_ ? 85 : 60, 22, 18});
    if (choice == 1) add(element, Kind::consecutive);
    if (choice == 2) add(element, Kind::allow_combinations);
    if (careless_ && random_.chance(5)) add(element, Kind::consecutive);
  }

  void of_previous(Element& element) {
    Modifier modifier{Kind::within_of_previous};
    const std::int64_t longest = within_ && !careless_ ? *within_ : 40;
    modifier.duration = random_.between(3, longest);
    element.modifiers.push_back(modifier);
  }

  void shuffle(Element& element) {
    if (!random_.chance(30)) return;    // the order of modifiers has no meaning
    std::vector<Modifier>& modifiers = element.modifiers;
    for (std::size_t i = modifiers.size(); i > 1; --i) {
      const std::int64_t other = random_.between(0, static_cast<std::int64_t>(i) - 1);
      std::swap(modifiers[i - 1], modifiers[static_cast<std::size_t>(other)]);
    }
  }

  std::string letter() { return random_.pick(std::vector<std::string>{"a", "a", "b", "b", "c", "d"}); }

  std::string condition() {
    switch (random_.weighted({60, 10, 8, 7, 5, 5})) {
      case 0: return fmt::format("name == \"{}\"", letter());
      case 1: return fmt::format("name in (\"{}\", \"{}\")", letter(), letter());
      case 2: return fmt::format("name != \"{}\"", letter());
      case 3: return fmt::format("price {} {}", random_.chance(50) ? "<" : ">=", random_.between(2, 8));
      case 4: return fmt::format("qty % 2 == {}", random_.between(0, 1));
      default: return fmt::format("name == \"{}\" and (price > {} or qty < 3)", letter(), random_.between(1, 6));
    }
  }

  std::string negative_condition() {
    switch (random_.weighted({45, 20, 20, 15})) {
      case 0: return fmt::format("name == \"{}\"", random_.chance(60) ? "d" : "c");
      case 1: return fmt::format("name == \"{}\"", letter());
      case 2: return fmt::format("price > {}", random_.between(5, 8));
      default: return fmt::format("qty == {}", random_.between(0, 4));
    }
  }

  /// A condition that looks at what the partial match has taken: mostly its own step or the one before.
  std::string iterative(const std::string& own) {
    if (known_.empty()) return "qty < 4";
    const bool is_known = known_.back() == own;
    const std::size_t before = known_.size() - (is_known && known_.size() > 1 ? 2 : 1);
    std::string step = known_.back();
    if (!random_.chance(45)) step = random_.chance(60) ? known_[before] : random_.pick(known_);
    const std::string text = random_.pick(std::vector<std::string>{
        "price > {0}.price or {0}.price is null", "qty == {0}.qty or count({0}) < 2", "qty != {0}.qty or qty > 2",
        "{0}.price is null or {0}.price <= price + 1", "count({0}) < 3", "count({0}) >= 1 or qty > 1",
        "sum({0}.qty) + qty <= 9", "coalesce(avg({0}.price), 0) <= price + 2", "sum({0}.price) < 20",
        "price + 3 > max({0}.price) or count({0}) == 0", "not (min({0}.price) > price + 3)",
        "qty + 2 >= coalesce(first({0}.qty), 0)", "last({0}.price) != price or count({0}) == 0",
        "coalesce({0}[0].qty, 0) <= qty + 2", "coalesce({0}[-1].price, -1) != price", "{0}[1].qty is null or qty > 0",
        "qty != coalesce({0}[-2].qty, -1)", "price between coalesce(first({0}.price), 0) - 3 and 9"});
    return fmt::format(fmt::runtime(text), step);
  }

  void skip(Pattern& pattern) {
    static constexpr Skip kSkips[] = {Skip::no_skip, Skip::skip_to_next, Skip::skip_past_last, Skip::skip_to_first,
                                      Skip::skip_to_last};
    pattern.skip = kSkips[random_.weighted({40, 14, 18, 14, 14})];
    if (pattern.skip < Skip::skip_to_first) return;
    std::vector<std::string> names;
    for (const Element& element : pattern.elements) {
      if (element.is_step()) names.push_back(element.name);
      if (element.is_group() && careless_) names.push_back(element.group[0].name);
    }
    if (names.empty()) {
      pattern.skip = Skip::skip_past_last;
      return;
    }
    pattern.skip_step = random_.pick(names);
    if (pattern.skip_step.empty()) pattern.skip_step = "s1";
    pattern.or_fail = random_.chance(40);
  }

  Random& random_;
  bool careless_;
  bool several_streams_ = false;
  std::optional<std::int64_t> within_;
  int steps_ = 0;
  std::vector<std::string> known_;    // steps before, that take events
};

}    // namespace

Pattern random_pattern(Random& random) {
  if (random.chance(12)) return Generator(random, true).pattern();
  while (true) {
    Pattern pattern = Generator(random, false).pattern();
    if (!reference::rejected(pattern)) return pattern;
  }
}

}    // namespace cepheid::property
