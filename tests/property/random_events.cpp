#include "property/random_events.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <string>
#include <utility>

#include "reference/evaluate.hpp"

namespace cepheid::property {
namespace {

using reference::Element;
using reference::Event;
using reference::Link;
using reference::Pattern;
using reference::Shape;

class Walk {
 public:
  Walk(Random& random, const Pattern& pattern, std::int64_t from) : random_(random), pattern_(pattern), time_(from) {
    user_ = random_.chance(60) ? "u1" : "u2";
    step_ms_ = random_.between(1, 4);
  }

  std::vector<Event> events() {
    sequence(pattern_.elements);
    if (pattern_.absence) beats(*pattern_.absence);
    if (pattern_.within && random_.chance(30)) {    // so that time runs out
      time_ += *pattern_.within;
      emit(noise());
    }
    return {events_.begin(), events_.end()};
  }
  [[nodiscard]] std::int64_t time() const { return time_; }

 private:
  void sequence(const std::vector<Element>& elements) {
    for (const Element& element : elements) {
      if (element.negated()) {
        if (random_.chance(12)) emit(fitting({reference::shape_of(element).where}, element));
        continue;
      }
      this->element(element);
    }
  }

  void beats(const reference::Absence& absence) {
    for (std::int64_t n = random_.between(1, 9); n > 0; --n) {
      emit(random_.chance(60) ? fitting(absence.where, {}) : noise());
      if (random_.chance(25)) time_ += random_.between(0, absence.duration);
    }
  }

  void element(const Element& element) {
    const Shape shape = reference::shape_of(element);
    if (shape.optional && random_.chance(40)) return;
    const std::int64_t most = shape.to.value_or(shape.from + 2);
    const std::int64_t rounds = random_.between(shape.from, std::max(shape.from, most));
    for (std::int64_t n = 0; n < rounds && events_.size() < 24; ++n) {
      const bool strict = n == 0 ? element.link == Link::next : shape.inner == Shape::Inner::consecutive;
      if (random_.chance(strict ? 4 : 22)) emit(noise());
      if (element.is_group()) {
        sequence(element.group);
      } else if (!element.any_of.empty()) {
        sequence(random_.pick(element.any_of));
      } else if (!element.all_of.empty()) {
        set(element.all_of, strict);
      } else {
        step(element);
      }
    }
    if (shape.until && random_.chance(50)) emit(fitting({*shape.until}, element));
  }

  void set(const std::vector<Element>& steps, bool strict) {
    std::vector<const Element*> missing;    // the path keeps views of the steps' names
    for (const Element& one : steps) missing.push_back(&one);
    while (!missing.empty()) {
      const auto at = random_.between(0, static_cast<std::int64_t>(missing.size()) - 1);
      step(*missing[static_cast<std::size_t>(at)]);
      missing.erase(missing.begin() + at);
      if (!strict && random_.chance(15)) emit(noise());
    }
  }

  void step(const Element& step) {
    Event event = fitting(reference::shape_of(step).where, step);
    emit(event);
    path_.push_back({step.name, &events_.back(), events_.size()});
  }

  Event noise() {
    Event event;
    event.name = random_.pick(std::vector<std::string>{"a", "b", "c", "d", "z", "z", "z"});
    event.user = random_.chance(88) ? user_ : "u3";
    if (!random_.chance(6)) event.price = 0.5 * static_cast<double>(random_.between(0, 18));
    event.qty = random_.between(0, 5);
    if (pattern_.streams.size() > 1) event.stream = static_cast<std::size_t>(random_.between(0, 1));
    return event;
  }

  /// An event for which the conditions hold on this walk, if one is found soon.
  Event fitting(const std::vector<reference::Expr>& conditions, const Element& element) {
    Event event;
    for (int attempt = 0; attempt < 40; ++attempt) {
      event = noise();
      event.user = user_;
      if (!element.of.empty()) event.stream = element.of == pattern_.streams[0].name ? 0 : 1;
      if (reference::all_true(conditions, event, path_)) break;
    }
    return event;
  }

  void emit(Event event) {
    if (!random_.chance(18)) time_ += random_.between(1, step_ms_);
    event.ts = time_;
    events_.push_back(std::move(event));
  }

  Random& random_;
  const Pattern& pattern_;
  std::int64_t time_;
  std::int64_t step_ms_;
  std::string user_;
  std::deque<Event> events_;    // which path_ points into
  reference::Path path_;
};

/// Puts them out of order, some so far that they are late.
void delay(Random& random, const Pattern& pattern, std::vector<Event>& events) {
  std::vector<std::pair<std::int64_t, Event>> arrivals;
  for (Event& event : events) {
    std::int64_t delay = 0;
    if (random.chance(30)) delay = random.between(0, pattern.streams[event.stream].lateness + 3);
    arrivals.emplace_back(event.ts + delay, std::move(event));
  }
  std::stable_sort(arrivals.begin(), arrivals.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < events.size(); ++i) events[i] = std::move(arrivals[i].second);
}

}    // namespace

std::vector<Event> random_events(Random& random, const Pattern& pattern) {
  std::vector<Event> events;
  const std::int64_t walks = random.between(1, 4);
  std::int64_t from = random.chance(8) ? -20 : 1000;
  for (std::int64_t n = 0; n < walks; ++n) {
    Walk walk(random, pattern, from);
    const std::vector<Event> more = walk.events();
    events.insert(events.end(), more.begin(), more.end());
    from = random.chance(65) ? walk.time() + random.between(0, 4) : random.between(from, walk.time());
  }
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.ts < b.ts; });
  if (events.size() > 36) events.resize(36);
  if (random.chance(30)) delay(random, pattern, events);
  std::int64_t id = 0;
  for (Event& event : events) event.id = ++id;
  return events;
}

}    // namespace cepheid::property
