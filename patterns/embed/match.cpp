#include "cepheid/match.hpp"

#include <algorithm>

#include "patterns/embed/match_impl.hpp"

namespace cepheid::inline v0 {

PatternId Match::pattern_id() const {
  return impl_.pattern;
}
std::string_view Match::pattern() const {
  return impl_.rules->of(impl_.pattern).name;
}

std::size_t Match::key_size() const {
  return impl_.match->key.size();
}
ValueView Match::key(std::size_t i) const {
  return nfa::view_of(impl_.match->key[i], impl_.spec().key[i].type);
}

TimeMs Match::start_ms() const {
  return impl_.match->start_ms;
}
TimeMs Match::end_ms() const {
  return impl_.match->end_ms;
}
TimeMs Match::time_ms() const {
  return impl_.match->time_ms;
}
bool Match::timed_out() const {
  return impl_.match->timed_out;
}

std::size_t Match::size() const {
  return impl_.match->events.size();
}
MatchEvent Match::event(std::size_t i) const {
  const nfa::TakenEvent& taken = impl_.match->events[i];
  return {.step = impl_.spec().step_names[taken.step],
          .stream = impl_.group->streams[taken.input],
          .time_ms = taken.time_ms,
          .row = impl_.spec().layout->view(taken.row)};
}
RowRange Match::events(std::string_view step) const {
  const nfa::PatternSpec& spec = impl_.spec();
  const auto found = std::ranges::find(spec.step_names, step);
  std::span<const nfa::Row> rows;
  if (found != spec.step_names.end()) {
    rows = impl_.match->taken->events(static_cast<nfa::StepId>(found - spec.step_names.begin()));
  }
  return {rows.data(), rows.size(), spec.layout->schema(), spec.layout->slots()};
}

std::size_t Match::emit_size() const {
  return impl_.emit_items().size();
}
std::string_view Match::emit_name(std::size_t i) const {
  return impl_.emit_items()[i].name;
}
ValueView Match::emit(std::size_t i) const {
  if (!impl_.computed) {
    impl_.scratch.clear();
    impl_.emitted = impl_.rules->of(impl_.pattern).rows.compute(*impl_.match, impl_.scratch, impl_.items);
    impl_.computed = true;
  }
  return nfa::view_of(impl_.emitted[i], impl_.emit_items()[i].value.type);
}
ValueView Match::operator[](std::string_view item) const {
  static const Type kNoType = Type::null();
  const std::vector<nfa::NamedExpr>& items = impl_.emit_items();
  const auto found = std::ranges::find(items, item, &nfa::NamedExpr::name);
  if (found == items.end()) return {nullptr, true, kNoType};
  return emit(static_cast<std::size_t>(found - items.begin()));
}

}    // namespace cepheid::inline v0
