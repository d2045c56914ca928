// What a job with shards must keep to, one fact at a time; shards_random_test.cpp looks for what nobody thought of.

#include <map>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "runtime/io/in_memory.hpp"
#include "runtime/stream/job.hpp"
#include "sharded_run.hpp"

namespace cepheid::runtime {
namespace {

const std::string kStream = "stream a { from stdin format csv schema id int, ts timestamp, user string time ts }\n";

std::string rows(int count, int users) {
  std::string text = "id,ts,user\n";
  for (int i = 0; i < count; ++i) text += fmt::format("{},{},user number {}\n", i, 10 * i, i % users);
  return text;
}

/// The outcome with one shard, which is that with several too, or the test fails.
JobOutcome same_at_any_number(const std::string& rules, const std::map<std::string, std::string>& texts) {
  const auto plan = plan_of_rules(rules);
  if (plan == nullptr) return {};
  const JobOutcome one = run_plan(plan, texts, {.shards = 1});
  const JobOutcome one_cut = run_plan(plan, texts, {.shards = 1, .cut_seed = 7});
  // How much is worked on before an error is seen depends on what is read at once.
  if (one.error.empty()) {
    EXPECT_TRUE(one_cut == one);
  }
  for (const std::uint32_t shards : {2U, 3U, 8U, 64U}) {
    EXPECT_TRUE(run_plan(plan, texts, {.shards = shards}) == one) << shards << " shards";
    const JobOutcome cut = run_plan(plan, texts, {.shards = shards, .cut_seed = 7});
    EXPECT_TRUE(cut == one_cut) << shards << " shards, cut";
  }
  return one;
}

TEST(Shards, TextThatADerivedStreamHasComputedLivesUntilTheShardsHaveReadIt) {
  const JobOutcome got = same_at_any_number(
      kStream +
          "stream labelled = from a select id, ts, label = concat(\"label of event \", id, \" by \", user)\n"
          "pattern p on labelled { key label begin x emit label = x.label }\n"
          "sink out from p to stdout format text \"${label}\"\n",
      {{"a", rows(20'000, 50)}});
  EXPECT_EQ(got.written.substr(0, 48), "label of event 0 by user number 0\nlabel of event");
}

TEST(Shards, TwoRowsOfOneEventWithDifferentKeysKeepTheirOrder) {
  same_at_any_number(kStream +
                         "stream other = from a select id = 0 - id, user = lower(concat(\"o\", user))\n"
                         "stream both = from a, other\n"
                         "pattern p on both { key user begin x emit id = x.id, user = x.user }\n"
                         "sink out from p to stdout\n",
                     {{"a", rows(3000, 40)}});
}

TEST(Shards, ALimitThatFailsEndsTheJobWithWhatWasFoundBefore) {
  for (const char* limit : {"3 per key then fail", "100 then fail"}) {
    const JobOutcome got = same_at_any_number(
        kStream + fmt::format("pattern p on a {{ key user begin x followed_by_any y where id % 50 > 40 followed_by z "
                              "where id < 0 limit partial_matches {} }}\n"
                              "pattern q on a {{ key user begin x emit id = x.id }}\n"
                              "sink out from q to stdout format text \"${{id}}\"\n",
                              limit),
        {{"a", rows(9000, 40)}});
    EXPECT_NE(got.error.find("says `fail`"), std::string::npos) << got.error;
    EXPECT_EQ(got.written.substr(0, 6), "0\n1\n2\n");
    EXPECT_EQ(got.written.find("8999"), std::string::npos);
  }
}

TEST(Shards, AJobWithoutPatternsNeedsNone) {
  same_at_any_number(kStream + "sink out from a to stdout\n", {{"a", rows(3000, 40)}});
}

TEST(Shards, ABrokenSourceEndsTheJobWithWhatWasReadBefore) {
  class BrokenSource final : public Source {
   public:
    explicit BrokenSource(std::string text) : text_(make_text_source("a", std::move(text))) {}
    Result<std::size_t> read(char* to, std::size_t size) override {
      Result<std::size_t> got = text_->read(to, size);
      if (got && *got == 0) return Error{"broken"};
      return got;
    }
    [[nodiscard]] bool ready() const override { return true; }
    [[nodiscard]] const std::string& name() const override { return text_->name(); }

   private:
    std::unique_ptr<Source> text_;
  };
  const auto plan = plan_of_rules(kStream +
                                  "pattern p on a { key user begin x emit id = x.id }\n"
                                  "sink out from p to stdout format text \"${id}\"\n");
  ASSERT_NE(plan, nullptr);
  std::vector<JobInput> inputs;
  inputs.push_back(
      {.stream = 0, .source = std::make_unique<BrokenSource>(rows(5000, 40)), .format = patterns::SourceFormat::csv});
  std::string written;
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(make_text_sink(written));
  Job job(plan, std::move(inputs), std::move(sinks), {.now = [] { return TimeMs{0}; }, .shards = 3});
  const Result<void> done = job.run({});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "broken");
  EXPECT_EQ(written.substr(written.size() - 5), "4999\n");
}

TEST(Shards, AStopEndsTheReadingAndWhatWasReadIsWritten) {
  const auto plan = plan_of_rules(kStream +
                                  "pattern p on a { key user begin x emit id = x.id }\n"
                                  "sink out from p to stdout format text \"${id}\"\n");
  ASSERT_NE(plan, nullptr);
  class StoppingSource final : public Source {
   public:
    StoppingSource(std::string text, std::stop_source stop)
        : text_(make_text_source("a", std::move(text))), stop_(std::move(stop)) {}
    Result<std::size_t> read(char* to, std::size_t size) override {
      if (++reads_ == 3) stop_.request_stop();
      return text_->read(to, std::min<std::size_t>(size, 50'000));
    }
    [[nodiscard]] bool ready() const override { return true; }
    [[nodiscard]] const std::string& name() const override { return text_->name(); }

   private:
    std::unique_ptr<Source> text_;
    std::stop_source stop_;
    int reads_ = 0;
  };
  std::string expected;
  for (const std::uint32_t shards : {1U, 4U}) {
    std::stop_source stop;
    std::vector<JobInput> inputs;
    inputs.push_back({.stream = 0,
                      .source = std::make_unique<StoppingSource>(rows(50'000, 40), stop),
                      .format = patterns::SourceFormat::csv});
    std::string written;
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(make_text_sink(written));
    Job job(plan, std::move(inputs), std::move(sinks), {.now = [] { return TimeMs{0}; }, .shards = shards});
    EXPECT_TRUE(job.run(stop.get_token()));
    EXPECT_GT(written.size(), 1000u);
    if (shards == 1) expected = written;
    EXPECT_EQ(written, expected);
  }
}

}    // namespace
}    // namespace cepheid::runtime
