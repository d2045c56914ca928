// How long `/state` takes to answer while the job works at full speed.
//
//   bench_state_latency [KEYS [SECONDS [CONNECTIONS [SIZE [STEP]]]]]
//
// A running total by region and user, KEYS of them (1,000,000 if not given), fed with JSON lines from memory as fast as
// they go; with SIZE (`5s`) a tumbling window of the time of arrival, with STEP a sliding one, so that all keys'
// windows end together. When all keys are there, CONNECTIONS (1) clients ask for SECONDS (10), each on one open
// connection, in turn for one key and for the keys of one region (100 keys). Two lines of TSV, for one key and for a
// prefix: keys, connections, questions, milliseconds p50, p99, maximum, events/s of the job meanwhile, events/s of the
// job alone.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "patterns/plan/load.hpp"
#include "runtime/http/http_client.hpp"
#include "runtime/serve/job_server.hpp"
#include "runtime/stream/job.hpp"

namespace {

using namespace cepheid;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kUsersOfRegion = 100;

constexpr std::string_view kRules = R"(
stream payments {{
    from stdin
    schema region string, user string, amount decimal(2)
}}
aggregate totals on payments {{
    key region, user
    window {}
    select region, user, count = count(), total = sum(amount)
}}
)";

std::string region_of(std::size_t key) {
  return fmt::format("region-{:05}", key / kUsersOfRegion);
}
std::string user_of(std::size_t key) {
  return fmt::format("user-{:07}", key);
}

/// A line for each key, in no order.
std::string lines_of(std::size_t keys) {
  std::vector<std::size_t> order(keys);
  for (std::size_t i = 0; i < keys; ++i) order[i] = i;
  std::ranges::shuffle(order, std::mt19937_64(1));
  std::string lines;
  for (const std::size_t key : order) {
    lines +=
        fmt::format("{{\"region\":\"{}\",\"user\":\"{}\",\"amount\":{}.25}}\n", region_of(key), user_of(key), key % 97);
  }
  return lines;
}

/// The same bytes over and over, until it is stopped.
class EndlessSource final : public runtime::Source {
 public:
  EndlessSource(const std::string& bytes, const std::atomic<bool>& ends) : bytes_(bytes), ends_(ends) {}
  Result<std::size_t> read(char* to, std::size_t size) override {
    if (ends_) return std::size_t{0};
    const std::size_t count = std::min(size, bytes_.size() - next_);
    std::memcpy(to, bytes_.data() + next_, count);
    next_ = (next_ + count) % bytes_.size();
    return count;
  }
  [[nodiscard]] bool ready() const override { return true; }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  const std::string& bytes_;
  const std::atomic<bool>& ends_;
  std::size_t next_ = 0;
  std::string name_ = "memory";
};

/// How long questions took, in milliseconds.
struct Asked {
  std::vector<double> one_key;
  std::vector<double> prefix;
};

Asked ask(const std::string& base, std::size_t keys, bool all_there, Clock::time_point until, std::uint64_t seed) {
  Asked asked;
  runtime::HttpClient client({.asks_proxy = false});
  std::mt19937_64 random(seed);
  for (bool one = true; Clock::now() < until; one = !one) {
    const std::size_t key = random() % keys;
    std::string url = fmt::format("{}/state/totals?region={}", base, region_of(key));
    if (one) url += "&user=" + user_of(key);
    const Clock::time_point begin = Clock::now();
    const Result<runtime::HttpAnswer> answer = client.get(url);
    const double ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    const auto lines = answer ? static_cast<std::size_t>(std::ranges::count(answer->body, '\n')) : 0;
    if (!answer || answer->status != 200 || (all_there && lines != (one ? 1 : kUsersOfRegion))) {
      fmt::print(stderr, "error: {}\n", answer ? answer->body : answer.error().message);
      std::exit(1);
    }
    (one ? asked.one_key : asked.prefix).push_back(ms);
  }
  return asked;
}

double at(std::vector<double>& sorted, double part) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(part * static_cast<double>(sorted.size())))];
}

TimeMs now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::uint64_t events_of(const runtime::Job& job) {
  return job.stats().streams.front().events;
}

}    // namespace

int main(int argc, char** argv) {
  const auto number = [&](int position, std::size_t otherwise) {
    return argc > position ? static_cast<std::size_t>(std::atoll(argv[position])) : otherwise;
  };
  const std::size_t keys = number(1, 1'000'000) / kUsersOfRegion * kUsersOfRegion;
  const std::chrono::seconds time(number(2, 10));
  const std::size_t connections = number(3, 1);
  std::string window = argc > 4 ? std::string("tumbling ") + argv[4] : "none";
  if (argc > 5) window = fmt::format("sliding {} every {}", argv[4], argv[5]);
  if (keys == 0 || connections == 0) {
    fmt::print(stderr, "usage: bench_state_latency [KEYS [SECONDS [CONNECTIONS [WINDOW]]]], KEYS at least {}\n",
               kUsersOfRegion);
    return 2;
  }

  const patterns::SourceFile file("totals.cep", fmt::format(kRules, window));
  patterns::Diagnostics diagnostics(file);
  std::optional<patterns::Plan> loaded = patterns::load_rules(file, {}, diagnostics);
  if (!loaded) {
    fmt::print(stderr, "{}", diagnostics.render());
    return 1;
  }
  const auto plan = std::make_shared<const patterns::Plan>(std::move(*loaded));
  const std::string lines = lines_of(keys);
  std::atomic<bool> ends{false};
  std::vector<runtime::JobInput> inputs;
  inputs.push_back({.stream = 0, .source = std::make_unique<EndlessSource>(lines, ends)});
  runtime::JobContext context{.now = now_ms};
  context.asks_state = true;
  runtime::Job job(plan, std::move(inputs), {}, std::move(context));
  const runtime::ListenAddress anywhere{.host = "127.0.0.1", .port = 0};
  runtime::JobMetrics metrics({.version = "bench",
                               .now = now_ms,
                               .job = [&job] { return job.stats(); },
                               .alerts = {},
                               .memory = runtime::process_memory});
  Result<std::unique_ptr<runtime::JobServer>> server =
      runtime::JobServer::start({.address = anywhere, .metrics = &metrics});
  if (!server) {
    fmt::print(stderr, "error: {}\n", server.error().message);
    return 1;
  }
  (*server)->show(job);
  std::thread worker([&] { static_cast<void>(job.run({})); });
  while (events_of(job) < keys) std::this_thread::sleep_for(std::chrono::milliseconds(10));

  const auto speed_during = [&](const auto& work) {
    const std::uint64_t before = events_of(job);
    const Clock::time_point begin = Clock::now();
    work();
    return static_cast<double>(events_of(job) - before) / std::chrono::duration<double>(Clock::now() - begin).count();
  };
  const double alone = speed_during([] { std::this_thread::sleep_for(std::chrono::seconds(2)); });
  std::vector<Asked> asked(connections);
  const double meanwhile = speed_during([&] {
    const std::string base = "http://" + to_string((*server)->address());
    const Clock::time_point until = Clock::now() + time;
    std::vector<std::thread> clients;
    for (std::size_t i = 0; i < connections; ++i) {
      clients.emplace_back([&, i] { asked[i] = ask(base, keys, window == "none", until, i); });
    }
    for (std::thread& client : clients) client.join();
  });
  ends = true;
  worker.join();
  server->reset();

  const auto print = [&](const char* name, std::vector<double> Asked::*list) {
    std::vector<double> all;
    for (const Asked& of_client : asked) all.insert(all.end(), (of_client.*list).begin(), (of_client.*list).end());
    std::ranges::sort(all);
    fmt::print("{}\t{}\t{}\t{}\t{:.3f}\t{:.3f}\t{:.3f}\t{:.0f}\t{:.0f}\n", name, keys, connections, all.size(),
               at(all, 0.5), at(all, 0.99), all.empty() ? 0 : all.back(), meanwhile, alone);
  };
  print("one key", &Asked::one_key);
  print("prefix", &Asked::prefix);
  return 0;
}
