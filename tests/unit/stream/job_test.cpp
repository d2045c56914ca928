#include "runtime/stream/job.hpp"

#include <algorithm>
#include <cstring>
#include <map>

#include <gtest/gtest.h>

#include "patterns/plan/load.hpp"

namespace cepheid::runtime {
namespace {

class TextSource final : public Source {
 public:
  TextSource(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {}
  Result<std::size_t> read(char* to, std::size_t size) override {
    const std::size_t given = std::min(size, text_.size());
    std::memcpy(to, text_.data(), given);
    text_.erase(0, given);
    return given;
  }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  std::string name_;
  std::string text_;
};

class TextSink final : public Sink {
 public:
  explicit TextSink(std::string& out) : out_(out) {}
  Result<void> write(std::string_view bytes) override {
    out_.append(bytes);
    return {};
  }
  Result<void> flush() override { return {}; }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  std::string& out_;
  std::string name_ = "text";
};

struct Outcome {
  std::string text;    // what all sinks wrote, in their order
  JobStats stats;
};

/// Runs a rule file on texts for its streams. `stopped`: the stop was requested before.
Outcome run_rules(const std::string& rules, const std::map<std::string, std::string>& texts, bool stopped = false) {
  const patterns::SourceFile source("test.cep", rules);
  patterns::Diagnostics diagnostics(source);
  std::optional<patterns::Plan> loaded = patterns::load_rules(source, {}, diagnostics);
  EXPECT_TRUE(loaded) << diagnostics.render();
  if (!loaded) return {};
  const auto plan = std::make_shared<const patterns::Plan>(std::move(*loaded));
  std::vector<JobInput> inputs;
  for (patterns::RelationId id = 0; id < plan->relations.size(); ++id) {
    const auto* stream = std::get_if<patterns::SourcePlan>(&plan->relations[id].body);
    const auto text = texts.find(plan->relations[id].name);
    if (stream == nullptr || text == texts.end()) continue;
    inputs.push_back({.stream = id, .source = std::make_unique<TextSource>(text->first, text->second), .format = stream->format});
  }
  std::vector<std::string> written(plan->sinks.size());
  std::vector<std::unique_ptr<Sink>> sinks;
  for (std::string& out : written) sinks.push_back(std::make_unique<TextSink>(out));
  Job job(plan, std::move(inputs), std::move(sinks), {.now = [] { return TimeMs{0}; }});
  std::stop_source stop;
  if (stopped) stop.request_stop();
  EXPECT_TRUE(job.run(stop.get_token()));
  Outcome outcome{.text = {}, .stats = job.stats()};
  for (const std::string& out : written) outcome.text += out;
  return outcome;
}

const std::string kTwoStreams =
    "stream a { from stdin format csv schema id int, ts timestamp time ts }\n"
    "stream b { from stdin format csv schema id int, ts timestamp time ts }\n";

TEST(Job, RowsOfSeveralStreamsComeInTheOrderOfTheirTimesThenOfTheText) {
  const Outcome got = run_rules(kTwoStreams + "stream u = from b, a select id\n"
                                "sink s from u to stdout format text \"${id}\"\n",
                                {{"a", "id,ts\n1,10\n2,30\n3,30\n"}, {"b", "id,ts\n4,5\n5,30\n6,20\n"}});
  EXPECT_EQ(got.text, "4\n1\n2\n3\n5\n6\n");
}

TEST(Job, ASinkWritesEachRowWithItsOwnFields) {
  const Outcome got = run_rules(
      "stream a { from stdin format csv schema id int, ts timestamp time ts }\n"
      "stream b { from stdin format csv schema name string, ts timestamp time ts }\n"
      "sink s from a, b to stdout\n",
      {{"a", "id,ts\n1,10\n"}, {"b", "name,ts\nx,5\n"}});
  EXPECT_EQ(got.text, "{\"name\":\"x\",\"ts\":5}\n{\"id\":1,\"ts\":10}\n");
}

TEST(Job, DerivedStreamsFilterAndSelectInTheOrderWritten) {
  const Outcome got = run_rules(kTwoStreams + "stream d = from a where id > 1 select *, twice = id * 2 where twice < 6\n"
                                "sink s from d to stdout format csv\n",
                                {{"a", "id,ts\n1,10\n2,20\n3,30\n"}});
  EXPECT_EQ(got.text, "id,ts,twice\n2,20,4\n");
}

TEST(Job, RowsThatNoPatternTookForBeingLateGoToTheLateStream) {
  const Outcome got = run_rules(
      "stream a { from stdin format csv schema id int, ts timestamp time ts lateness 5ms late to old }\n"
      "pattern p on a { begin x emit id = x.id }\n"
      "sink late from old to stdout format text \"late ${id}\"\n"
      "sink out from p to stdout format text \"${id}\"\n",
      {{"a", "id,ts\n1,100\n2,95\n3,94\n"}});
  EXPECT_EQ(got.text, "late 3\n2\n1\n");
  EXPECT_EQ(got.stats.streams.front().late, 1u);
}

TEST(Job, AnotherLatenessOfADerivedStreamTakesWhatItsSourceWouldNot) {
  const Outcome got = run_rules(
      "stream a { from stdin format csv schema id int, ts timestamp time ts late to old }\n"
      "stream patient = from a lateness 1h\n"
      "pattern strict on a { begin x emit id = x.id }\n"
      "pattern p on patient { begin x emit id = x.id }\n"
      "sink late from old to stdout format text \"late ${id}\"\n"
      "sink out from p to stdout format text \"${id}\"\n",
      {{"a", "id,ts\n1,100\n2,90\n"}});
  EXPECT_EQ(got.text, "2\n1\n");
}

TEST(Job, RecordsThatAreNoRowsGoToTheInvalidStream) {
  const Outcome got = run_rules(
      "stream a { from stdin format csv schema id int, ts timestamp time ts invalid to bad }\n"
      "sink out from bad to stdout\n",
      {{"a", "id,ts\n1,100\nx,1\n"}});
  EXPECT_EQ(got.text, "{\"line\":\"x,1\",\"place\":\"a:3\",\"reason\":\"`id` does not convert to int\"}\n");
  EXPECT_EQ(got.stats.streams.front().invalid, 1u);
  EXPECT_EQ(got.stats.streams.front().events, 1u);
}

TEST(Job, AStreamThatNothingFeedsHoldsNothingBack) {
  const Outcome got = run_rules(kTwoStreams + "pattern p on a, b { begin x next y emit first = x.id, second = y.id }\n"
                                "sink s from p to stdout\n",
                                {{"a", "id,ts\n1,10\n2,20\n"}});
  EXPECT_EQ(got.text, "{\"first\":1,\"second\":2}\n");
}

TEST(Job, TimersFireAtTheEndOfInputButNotAtAStop) {
  const std::string rules =
      "stream a { from stdin format csv schema id int, ts timestamp time ts }\n"
      "pattern p on a { begin x where id == 1 not_followed_by y where id == 2 within 1h emit id = x.id }\n"
      "sink s from p to stdout\n";
  EXPECT_EQ(run_rules(rules, {{"a", "id,ts\n1,10\n"}}).text, "{\"id\":1}\n");
  EXPECT_EQ(run_rules(rules, {{"a", "id,ts\n1,10\n"}}, true).text, "");
}

TEST(Job, ALongStreamKeepsItsOrderThroughManyPasses) {
  std::string text = "id,ts\n";
  std::string expected;
  for (int i = 0; i < 5'000; ++i) {
    text += std::to_string(i) + "," + std::to_string(i) + "\n";
    expected += std::to_string(i) + "\n";
  }
  const Outcome got = run_rules(kTwoStreams + "sink s from a, b to stdout format text \"${id}\"\n", {{"a", text}});
  EXPECT_EQ(got.text, expected);
  EXPECT_EQ(got.stats.sinks.front().rows, 5'000u);
}

}  // namespace
}  // namespace cepheid::runtime
