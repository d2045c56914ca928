// The merged structure of partial matches, run by itself: the bar for a matcher of all combinations.
//
//   bar --steps A,B,C --window MS [--keyed] [--mode update|first|all|skip|count] [--limit K] [--events N]
//       [--repeat N] [--map login=A,view=B] STREAM.jsonl
//
// --steps   steps in order. A step is a set of one-letter types: "B", or "B|C". Before it: nothing = followed_by_any,
//           ":" = next. After it: "+" = one_or_more allow_combinations (not first or last, and not beside ":").
// --window  last event's ts less first event's ts is smaller than this
// --keyed   one run of the pattern for each value of "user"
// --mode    update  keep the structure up to date, note which events complete a match
//           first   list at most K matches for each event that completes one
//           all     list all of them
//           skip    skip_past_last: the match with the earliest start and, step by step, the earliest events; then
//                   forget all
//           count   no structure: the exact number of matches from a sliding product of step matrices; printed as a
//                   floating point number, or inf, where it does not fit into 64 bits
// --map     letters for longer type names; one that is not named is noise
// --repeat  that many runs; the one with the least CPU time is printed
// Reading and parsing come before the clock starts. One line of TSV:
//   bar EVENTS SECONDS EVENTS_PER_S MATCHES PEAK_MB STREAM_MB CPU_SECONDS COMPLETIONS NODES_PEAK CHECKSUM
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include <sys/resource.h>

#include "bench/peers/core/counter.hpp"
#include "bench/peers/core/stream.hpp"

namespace {

using core::Event;
using core::Link;
using core::Step;

// One event taken by every partial match under `prev`. A state's partial matches are a chain over `older`, newest
// first: `start` never rises along it. 16 bytes.
struct Node {
  std::uint32_t prev;     // the chain that this event was added to; 0: this event is the first step
  std::uint32_t older;    // the next chain member, 0: none
  std::uint32_t event;    // position in the stream
  std::uint32_t start;    // largest ts of a first event below this node
};

// Nodes in order of creation. `start` of a node is never later than its own event, so once the window has passed the
// event nothing can reach the node: storage is freed from the old end, without counting references.
class Ring {
 public:
  Ring() : slots_(1u << 12) {}
  Node& operator[](std::uint32_t id) { return slots_[id & (slots_.size() - 1)]; }
  bool holds(std::uint32_t id) const { return id >= tail_; }
  std::uint32_t add(const Node& node) {
    if (head_ - tail_ == slots_.size()) grow();
    slots_[head_ & (slots_.size() - 1)] = node;
    if (head_ == UINT32_MAX) {
      std::fputs("bar: more than 2^32 nodes\n", stderr);
      std::exit(1);
    }
    return head_++;
  }
  void free_before(std::uint32_t first_live_event) {
    while (tail_ != head_ && (*this)[tail_].event < first_live_event) ++tail_;
  }
  std::size_t peak() const { return slots_.size(); }

 private:
  void grow() {
    std::vector<Node> larger(slots_.size() * 2);
    for (std::uint32_t id = tail_; id != head_; ++id) larger[id & (larger.size() - 1)] = (*this)[id];
    slots_.swap(larger);
  }
  std::vector<Node> slots_;
  std::uint32_t tail_ = 1, head_ = 1;
};

struct Totals {
  std::uint64_t matches = 0, completions = 0, checksum = 0;
};

class Matcher {
 public:
  enum class Mode { update, list, skip };
  Matcher(std::vector<Step> steps, const std::vector<Event>& events, std::uint32_t window, Mode mode,
          std::uint64_t limit)
      : steps_(std::move(steps)), events_(events), window_(window), mode_(mode), limit_(limit), taken_(4096) {
    for (const Step& step : steps_) {
      interesting_ |= step.types;
      strict_ = strict_ || step.link == Link::next;
    }
  }
  std::size_t states() const { return steps_.size(); }

  // roots[q]: the partial matches whose last taken step is q.
  void take(std::uint32_t position, std::uint32_t* roots, Totals& totals) {
    const Event event = events_[position];
    if ((event.type_bit & interesting_) == 0 && !strict_) return;
    first_live_start_ = event.ts + 1 > window_ ? event.ts + 1 - window_ : 0;
    while (events_[first_live_event_].ts < first_live_start_) ++first_live_event_;
    ring_.free_before(first_live_event_);
    const std::size_t last = steps_.size() - 1;
    for (std::size_t q = last + 1; q-- > 0;) {    // last step first: an event is not taken twice by one match
      const Step& step = steps_[q];
      const bool takes = (event.type_bit & step.types) != 0;
      if (q == 0) {
        if (takes) roots[0] = ring_.add({0, roots[0], position, event.ts});
        break;
      }
      const std::uint32_t before = live(roots[q - 1]);
      if (step.link == Link::next) roots[q - 1] = 0;
      if (!takes) continue;
      if (step.loop) {
        if (const std::uint32_t own = live(roots[q])) roots[q] = ring_.add({own, own, position, ring_[own].start});
      }
      if (before == 0) continue;
      if (q == last) {
        ++totals.completions;
        if (complete(before, position, totals)) {
          std::fill(roots, roots + steps_.size(), 0);
          return;
        }
      } else {
        roots[q] = ring_.add({before, roots[q], position, ring_[before].start});
      }
    }
  }
  std::size_t nodes_peak() const { return ring_.peak(); }

 private:
  std::uint32_t live(std::uint32_t id) {
    return id != 0 && ring_.holds(id) && ring_[id].start >= first_live_start_ ? id : 0;
  }

  // True: the skip strategy forgets every partial match.
  bool complete(std::uint32_t chain, std::uint32_t position, Totals& totals) {
    if (mode_ == Mode::update) return false;
    if (mode_ == Mode::skip) {
      first_of(chain, position, totals);
      return true;
    }
    std::uint64_t left = limit_;
    std::size_t depth = 0;
    taken_[depth++] = position;
    stack_.clear();
    stack_.emplace_back(chain, depth);
    while (!stack_.empty()) {
      const auto [id, at] = stack_.back();
      stack_.pop_back();
      const Node node = ring_[id];
      if (const std::uint32_t older = live(node.older)) stack_.emplace_back(older, at);
      if (at == taken_.size()) taken_.resize(2 * at);
      taken_[at] = node.event;
      if (node.prev != 0) {
        stack_.emplace_back(node.prev, at + 1);
      } else {
        emit(at + 1, totals);
        if (--left == 0) break;
      }
    }
    return false;
  }

  // The earliest start: the last live member of each chain on the way down. What is walked here is forgotten right
  // after, so over the whole stream this costs at most one visit for each node.
  void first_of(std::uint32_t chain, std::uint32_t position, Totals& totals) {
    std::size_t depth = 0;
    taken_[depth++] = position;
    while (chain != 0) {
      for (std::uint32_t older; (older = live(ring_[chain].older)) != 0;) chain = older;
      taken_[depth++] = ring_[chain].event;
      chain = ring_[chain].prev;
    }
    emit(depth, totals);
  }

  void emit(std::size_t size, Totals& totals) {
    ++totals.matches;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum = sum * 31 + taken_[i];
    totals.checksum += sum;
  }

  std::vector<Step> steps_;
  const std::vector<Event>& events_;
  std::uint32_t window_;
  Mode mode_;
  std::uint64_t limit_;
  std::uint32_t interesting_ = 0;
  bool strict_ = false;
  std::uint32_t first_live_start_ = 0, first_live_event_ = 0;
  Ring ring_;
  std::vector<std::uint32_t> taken_;
  std::vector<std::pair<std::uint32_t, std::size_t>> stack_;
};

// Key -> one block of state roots; open addressing, keys are never removed here.
class Keys {
 public:
  explicit Keys(std::size_t states) : states_(states), slots_(1u << 10) {}
  std::uint32_t* find(std::uint32_t key) {
    for (std::size_t at = (key * 0x9E3779B97F4A7C15U) >> 20;; ++at) {
      Slot& slot = slots_[at & (slots_.size() - 1)];
      if (slot.block != 0 && slot.key == key) return &roots_[(slot.block - 1) * states_];
      if (slot.block == 0) {
        if (++used_ * 2 > slots_.size()) {
          grow();
          --used_;
          return find(key);
        }
        slot = {key, static_cast<std::uint32_t>(used_)};
        roots_.resize(used_ * states_, 0);
        return &roots_[(used_ - 1) * states_];
      }
    }
  }

 private:
  struct Slot {
    std::uint32_t key = 0, block = 0;
  };
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.block == 0) continue;
      std::size_t at = (slot.key * 0x9E3779B97F4A7C15U) >> 20;
      while (slots_[at & (slots_.size() - 1)].block != 0) ++at;
      slots_[at & (slots_.size() - 1)] = slot;
    }
  }
  std::size_t states_, used_ = 0;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> roots_;
};

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

long peak_rss_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

}    // namespace

int main(int argc, char** argv) {
  std::string steps_text, mode = "update", stream, map;
  std::uint32_t window = UINT32_MAX;
  std::uint64_t limit = UINT64_MAX, max_events = UINT64_MAX, repeat = 1;
  bool keyed = false;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    auto value = [&] { return i + 1 < argc ? argv[++i] : ""; };
    if (name == "--steps")
      steps_text = value();
    else if (name == "--window")
      window = static_cast<std::uint32_t>(std::strtoul(value(), nullptr, 10));
    else if (name == "--mode")
      mode = value();
    else if (name == "--map")
      map = value();
    else if (name == "--limit")
      limit = std::strtoull(value(), nullptr, 10);
    else if (name == "--events")
      max_events = std::strtoull(value(), nullptr, 10);
    else if (name == "--repeat")
      repeat = std::max(1ull, std::strtoull(value(), nullptr, 10));
    else if (name == "--keyed")
      keyed = true;
    else if (name[0] != '-')
      stream = name;
    else {
      std::fprintf(stderr, "unknown option %s\n", name.c_str());
      return 2;
    }
  }
  const auto steps = core::parse_steps(steps_text);
  bool bad_loop = steps.front().loop || steps.back().loop, any_loop = false, any_other_link = false;
  for (const Step& step : steps) {
    any_loop |= step.loop;
    any_other_link |= step.link != Link::any;
  }
  bad_loop |= any_loop && any_other_link;
  if (mode != "update" && mode != "first" && mode != "all" && mode != "skip" && mode != "count") {
    std::fprintf(stderr, "unknown mode %s\n", mode.c_str());
    return 2;
  }
  if (mode == "count" && (keyed || any_other_link)) {
    std::fputs("count is without keys and for followed_by_any only\n", stderr);
    return 2;
  }
  if (stream.empty() || steps.size() < 2 || bad_loop || limit == 0) {
    std::fputs("usage: bar --steps A,B,C --window MS [options] STREAM.jsonl (the head of bar.cpp tells more)\n",
               stderr);
    return 2;
  }
  const auto events = core::read_stream(stream.c_str(), max_events, map);
  const long stream_mb = peak_rss_mb();

  Totals totals;
  std::size_t nodes_peak = 0;
  double seconds = 0, cpu = 0;
  long rss_mb = 0;
  for (std::uint64_t run = 0; run < repeat; ++run) {
    Totals found;
    const double cpu_before = cpu_seconds();
    const auto start = std::chrono::steady_clock::now();
    if (mode == "count") {
      core::Counter<std::uint64_t> counter(steps, events, window);
      for (std::uint32_t i = 0; i < events.size(); ++i) {
        const std::uint64_t completed = counter.add(i);
        found.matches += completed;
        found.completions += completed != 0 ? 1 : 0;
      }
    } else {
      const auto kind = mode == "update" ? Matcher::Mode::update
                        : mode == "skip" ? Matcher::Mode::skip
                                         : Matcher::Mode::list;
      Matcher matcher(steps, events, window, kind, limit);
      if (keyed) {
        Keys keys(matcher.states());
        for (std::uint32_t i = 0; i < events.size(); ++i) matcher.take(i, keys.find(events[i].key), found);
      } else {
        std::vector<std::uint32_t> roots(matcher.states(), 0);
        for (std::uint32_t i = 0; i < events.size(); ++i) matcher.take(i, roots.data(), found);
      }
      nodes_peak = matcher.nodes_peak();
    }
    const double this_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double this_cpu = cpu_seconds() - cpu_before;
    if (run == 0) {
      rss_mb = peak_rss_mb();
      totals = found;
    }
    if (run == 0 || this_cpu < cpu) {
      seconds = this_seconds;
      cpu = this_cpu;
    }
  }
  double about = 0;
  if (mode == "count") {
    core::Counter<double> counter(steps, events, window);
    for (std::uint32_t i = 0; i < events.size(); ++i) about += counter.add(i);
  }
  char matches[32];
  if (about < 1.8e19)
    std::snprintf(matches, sizeof matches, "%llu", static_cast<unsigned long long>(totals.matches));
  else if (about < 1e308)
    std::snprintf(matches, sizeof matches, "%.6e", about);
  else
    std::snprintf(matches, sizeof matches, "inf");    // also where inf * 0 has become a NaN
  std::printf("bar\t%zu\t%.6f\t%.0f\t%s\t%ld\t%ld\t%.6f\t%llu\t%zu\t%llx\n", events.size(), seconds,
              static_cast<double>(events.size()) / seconds, matches, rss_mb, stream_mb, cpu,
              static_cast<unsigned long long>(totals.completions), nodes_peak,
              static_cast<unsigned long long>(totals.checksum));
  return 0;
}
