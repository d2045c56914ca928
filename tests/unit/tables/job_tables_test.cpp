#include <map>
#include <string>

#include <gtest/gtest.h>

#include "patterns/plan/load.hpp"
#include "runtime/io/in_memory.hpp"
#include "runtime/stream/job.hpp"

namespace cepheid::runtime {
namespace {

/// What all sinks of a rule file wrote, run on texts for its streams.
std::string run_rules(const std::string& rules, const std::map<std::string, std::string>& texts,
                      std::uint32_t shards = 1) {
  const patterns::SourceFile file("test.cep", rules);
  patterns::Diagnostics diagnostics(file);
  std::optional<patterns::Plan> loaded = patterns::load_rules(file, {}, diagnostics);
  EXPECT_TRUE(loaded) << diagnostics.render();
  if (!loaded) return {};
  const auto plan = std::make_shared<const patterns::Plan>(std::move(*loaded));
  std::vector<JobInput> inputs;
  for (patterns::RelationId id = 0; id < plan->relations.size(); ++id) {
    const auto* stream = std::get_if<patterns::SourcePlan>(&plan->relations[id].body);
    const auto text = texts.find(plan->relations[id].name);
    if (stream == nullptr || text == texts.end()) continue;
    inputs.push_back({.stream = id, .source = make_text_source(text->first, text->second), .format = stream->format});
  }
  std::vector<std::string> written(plan->sinks.size());
  std::vector<std::unique_ptr<Sink>> sinks;
  for (std::string& out : written) sinks.push_back(make_text_sink(out));
  JobContext context{.now = [] { return TimeMs{0}; }, .shards = shards};
  Job job(plan, std::move(inputs), std::move(sinks), std::move(context));
  EXPECT_TRUE(job.run({}));
  std::string all;
  for (const std::string& out : written) all += out;
  return all;
}

const std::string kStreams =
    "stream prices { from stdin format csv schema item string, price int, ts timestamp time ts }\n"
    "stream orders { from stdin format csv schema item string, n int, ts timestamp time ts }\n"
    "table price_of latest from prices { key item default price = 7 }\n";

const std::map<std::string, std::string> kTexts = {
    {"prices", "item,price,ts\na,1,10\na,2,20\nb,5,30\n"},
    {"orders", "item,n,ts\na,1,5\na,1,10\na,2,15\na,1,25\nb,1,29\nb,1,31\n,1,32\n"}};

TEST(JobTables, ALookUpSeesTheTableAsItIsWhenTheRowPasses) {
  const std::string rules = kStreams +
                            "stream sums = from orders lookup price_of on (item = item) as p\n"
                            "              where p.price > 0 select ts, sum = n * p.price\n"
                            "sink out from sums to stdout format text \"${ts} ${sum}\"\n";
  EXPECT_EQ(run_rules(rules, kTexts), "5 7\n10 1\n15 2\n25 2\n29 7\n31 5\n32 7\n");
}

TEST(JobTables, ItIsTheSameWithShardsWhoeverReadsTheTable) {
  const std::string rules =
      kStreams +
      "stream sums = from orders lookup price_of on (item = item) as p\n"
      "              select item, ts, sum = n * p.price\n"
      "pattern pairs on sums { key item begin x next y emit item = x.item, sum = x.sum + y.sum }\n"
      "stream later = from pairs lookup price_of on (item = item) as p\n"
      "               select item, sum, price = p.price\n"
      "sink out from later to stdout format text \"${item} ${sum} ${price}\"\n"
      "sink all from sums to stdout format text \"${ts} ${sum}\"\n";
  EXPECT_EQ(run_rules(rules, kTexts, 3), run_rules(rules, kTexts, 1));
}

}    // namespace
}    // namespace cepheid::runtime
