// One workload, once, for counting its instructions: tests/guard/guard.py runs it under valgrind.
//
//   guard_workloads           lists the workloads
//   guard_workloads NAME      runs one; only its work is counted, not the making of its events and rules
//
// Prints how many events it worked on and how many matches they gave.

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <valgrind/callgrind.h>

#include "bench/pattern_engine.hpp"
#include "bench/shop_events.hpp"
#include "runtime/io/in_memory.hpp"
#include "runtime/stream/job.hpp"

namespace cepheid::bench {
namespace {

/// Callgrind counts as long as one lives.
class Counted {
 public:
  Counted() { CALLGRIND_START_INSTRUMENTATION; }
  ~Counted() { CALLGRIND_STOP_INSTRUMENTATION; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
};

/// Gives the number of matches.
std::uint64_t run_engine(const std::string& rules, const ShopOptions& options) {
  PatternEngine run(load_plan(rules), {.texts_stay = true});
  SymbolTable texts;
  const nfa::Batch rows = to_rows(make_shop_events(options), run.layout(), texts);
  const Counted counted;
  run.push(rows, 0, rows.size());
  run.end();
  return run.matches();
}

/// From JSON lines in memory to matches, as a job does it.
std::uint64_t run_job(const std::string& rules, const ShopOptions& options) {
  const std::shared_ptr<const patterns::Plan> plan = load_plan(rules);
  std::vector<runtime::JobInput> inputs;
  inputs.push_back(
      {.stream = 0, .source = runtime::make_text_source("events", to_json_lines(make_shop_events(options)))});
  runtime::Job job(plan, std::move(inputs), {}, {.now = [] { return TimeMs{0}; }});
  {
    const Counted counted;
    if (!job.run({})) return 0;
  }
  return job.stats().patterns.front().matches;
}

/// Funnels that differ in how dear the purchase must be.
std::string many_rules(int count) {
  std::string rules =
      "stream events { schema id int, user string, type string, ts timestamp, price double, country string time ts }\n";
  for (int i = 1; i <= count; ++i) {
    rules += fmt::format(
        "pattern p{} on events {{ key user begin login where type == \"login\"\n"
        "followed_by view where type == \"view\" one_or_more greedy\n"
        "followed_by purchase where type == \"purchase\" and price > {}\n"
        "within 10m after_match skip_past_last }}\n",
        i, 5 * i);
  }
  return rules;
}

struct Workload {
  std::string_view name;
  ShopOptions options;
  std::function<std::uint64_t(const ShopOptions&)> run;    // gives the number of matches
};

std::vector<Workload> workloads() {
  const auto engine = [](const char* rules) {
    return [rules](const ShopOptions& options) { return run_engine(read_rules(rules), options); };
  };
  return {
      {"keyed_funnel", {.events = 50'000, .users = 2'000}, engine("W1.cep")},
      {"combinations", {.events = 10'000, .users = 100'000}, engine("W5.cep")},
      {"history_condition", {.events = 50'000, .users = 2'000}, engine("W2.cep")},
      {"json_to_matches",
       {.events = 20'000, .users = 2'000},
       [](const ShopOptions& options) { return run_job(read_rules("W1.cep"), options); }},
      {"many_rules",
       {.events = 10'000, .users = 500},
       [](const ShopOptions& options) { return run_engine(many_rules(70), options); }},
  };
}

int run(std::string_view name) {
  for (const Workload& workload : workloads()) {
    if (workload.name != name) continue;
    const std::uint64_t matches = workload.run(workload.options);
    std::printf("%zu events, %" PRIu64 " matches\n", workload.options.events, matches);
    return matches != 0 ? 0 : 1;    // without matches the number of instructions would mean nothing
  }
  std::fputs("no such workload\n", stderr);
  return 2;
}

}    // namespace
}    // namespace cepheid::bench

int main(int argc, char** argv) {
  if (argc == 2) return cepheid::bench::run(argv[1]);
  for (const auto& workload : cepheid::bench::workloads()) std::puts(std::string(workload.name).c_str());
  return 0;
}
