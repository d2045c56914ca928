#include "runtime/bench/match_visitor.hpp"

#include <algorithm>
#include <variant>

namespace cepheid::runtime {

namespace {

bool has_int_id(const patterns::Relation& relation) {
  const auto* pattern = std::get_if<patterns::PatternPlan>(&relation.body);
  if (pattern == nullptr) return true;
  const Schema& schema = pattern->spec.layout->schema();
  const auto field = schema.find("id");
  return field && schema.fields()[*field].type.kind == TypeKind::int_;
}

/// What any program that finds the same matches can compute: independent of their order, and of how events are kept.
std::uint64_t hash_of(std::int64_t first_id, std::int64_t last_id) {
  std::uint64_t z = static_cast<std::uint64_t>(first_id) * 0x9E3779B97F4A7C15U + static_cast<std::uint64_t>(last_id) +
                    0x632BE59BD9B4E019U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

}    // namespace

MatchVisitor::MatchVisitor(const patterns::Plan& plan, MatchWork work, std::uint64_t first)
    : work_(work), first_(first), has_ids_(std::ranges::all_of(plan.relations, has_int_id)) {}

void MatchVisitor::reset() {
  visited_ = 0;
  match_events_ = 0;
  checksum_ = 0;
  of_event_ = 0;
  spec_ = nullptr;
}

void MatchVisitor::report(const std::deque<MatchVisitor>& visitors, std::uint64_t found, BenchRun& run) {
  std::uint64_t visited = 0;
  std::uint64_t checksum = 0;
  run.match_events = 0;
  for (const MatchVisitor& visitor : visitors) {
    visited += visitor.visited_;
    checksum += visitor.checksum_;
    run.match_events += visitor.match_events_;
  }
  const MatchVisitor& any = visitors.front();
  switch (any.work_) {
    case MatchWork::all:
    case MatchWork::count: run.matches = found; break;
    case MatchWork::first: run.matches = visited; break;
    case MatchWork::none: run.matches = 0; break;
  }
  if (any.work_ == MatchWork::all && any.has_ids_) run.checksum = checksum;
}

void MatchVisitor::on_match(const nfa::PatternSpec& spec, const nfa::MatchView& match, std::span<const nfa::Datum>) {
  visit(spec, match);
}

void MatchVisitor::on_engine_match(const nfa::PatternSpec& spec, const nfa::MatchRows& rows,
                                   const nfa::MatchView& match) {
  if (work_ == MatchWork::all) (void)rows.compute(match, scratch_, items_);
  visit(spec, match);
}

void MatchVisitor::visit(const nfa::PatternSpec& spec, const nfa::MatchView& match) {
  if (match.timed_out || work_ == MatchWork::count || work_ == MatchWork::none) return;
  if (spec_ != &spec) {
    spec_ = &spec;
    of_event_ = 0;
    id_ = has_ids_ ? &spec.layout->slot(*spec.layout->schema().find("id")) : nullptr;
  }
  if (work_ == MatchWork::first) {
    if (rank_ != match.rank) of_event_ = 0;
    rank_ = match.rank;
    if (++of_event_ > first_) return;
  }
  ++visited_;
  match_events_ += match.events.size();
  if (match.events.empty() || id_ == nullptr) return;    // an absence before any event
  std::int64_t first_id = 0;
  std::int64_t last_id = 0;
  for (const nfa::TakenEvent& event : match.events) {
    last_id = nfa::read_field(event.row, *id_).integer;
    if (&event == match.events.data()) first_id = last_id;
  }
  checksum_ += hash_of(first_id, last_id);
}

}    // namespace cepheid::runtime
