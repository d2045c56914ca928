#include "runtime/stream/job.hpp"

#include <functional>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "patterns/plan/load.hpp"
#include "runtime/io/in_memory.hpp"

namespace cepheid::runtime {
namespace {

struct Outcome {
  std::string text;    // what all sinks wrote, in their order
  JobStats stats;
};

/// The plan of a right rule file; of a wrong one an empty one, and the test has failed.
std::shared_ptr<const patterns::Plan> plan_of(const std::string& rules) {
  const patterns::SourceFile source("test.cep", rules);
  patterns::Diagnostics diagnostics(source);
  std::optional<patterns::Plan> loaded = patterns::load_rules(source, {}, diagnostics);
  EXPECT_TRUE(loaded) << diagnostics.render();
  return std::make_shared<const patterns::Plan>(loaded ? std::move(*loaded) : patterns::Plan());
}

/// Runs a rule file on texts for its streams. `stopped`: the stop was requested before.
Outcome run_rules(const std::string& rules, const std::map<std::string, std::string>& texts, bool stopped = false) {
  const std::shared_ptr<const patterns::Plan> plan = plan_of(rules);
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
  const Outcome got = run_rules(kTwoStreams +
                                    "stream u = from b, a select id\n"
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
  const Outcome got = run_rules(kTwoStreams +
                                    "stream d = from a where id > 1 select *, twice = id * 2 where twice < 6\n"
                                    "sink s from d to stdout format csv\n",
                                {{"a", "id,ts\n1,10\n2,20\n3,30\n"}});
  EXPECT_EQ(got.text, "id,ts,twice\n2,20,4\n");
}

TEST(Job, AMissingObjectIsWrittenAsNullAndAnEmptyOneAsAnObject) {
  const std::string text =
      "{\"id\":1,\"at\":{}}\n{\"id\":2}\n{\"id\":3,\"at\":null}\n{\"id\":4,\"at\":{\"lat\":0.5}}\n";
  const std::string stream = "stream a { from stdin format json schema id int, at.lat double }\n";
  const std::string expected =
      "{\"id\":1,\"at\":{\"lat\":null}}\n{\"id\":2,\"at\":null}\n{\"id\":3,\"at\":null}\n"
      "{\"id\":4,\"at\":{\"lat\":0.5}}\n";
  EXPECT_EQ(run_rules(stream + "sink s from a to stdout\n", {{"a", text}}).text, expected);
  EXPECT_EQ(run_rules(stream + "sink s from a select * to stdout\n", {{"a", text}}).text, expected);
  EXPECT_EQ(run_rules(stream + "stream d = from a where id > 0\nsink s from d to stdout\n", {{"a", text}}).text,
            expected);
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

TEST(Job, RowsAreLateForAnAggregateOfThemAndOfTheRowsOfWindows) {
  const Outcome got = run_rules(
      "stream a { from stdin format csv schema id int, ts timestamp time ts late to old }\n"
      "stream b { from stdin format csv schema id int, ts timestamp time ts }\n"
      "aggregate w on b { window tumbling 10ms select n = count() }\n"
      "aggregate u on a, w { window tumbling 10ms select ids = count(id) }\n"
      "sink late from old to stdout format text \"late ${id}\"\n"
      "sink out from u to stdout format text \"${ids}\"\n",
      {{"a", "id,ts\n1,100\n2,200\n3,50\n"}, {"b", "id,ts\n1,10\n2,190\n"}});
  // The windows of b's rows are rows of u, too, without an id.
  EXPECT_EQ(got.text, "late 3\n0\n1\n0\n1\n");
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
  const Outcome got = run_rules(kTwoStreams +
                                    "pattern p on a, b { begin x next y emit first = x.id, second = y.id }\n"
                                    "sink s from p to stdout\n",
                                {{"a", "id,ts\n1,10\n2,20\n"}});
  EXPECT_EQ(got.text, "{\"first\":1,\"second\":2}\n");
}

TEST(Job, TheEndsOfTimeAreNoTimeOfARow) {
  const std::string end = std::to_string(kEndOfTime);
  const std::string last = std::to_string(kEndOfTime - 1);
  const std::string begin = std::to_string(kBeginOfTime);
  const std::string statements =
      "sink bad from wrong to stdout format text \"${reason}\"\n"
      "pattern p on a { begin x emit id = x.id }\n"
      "aggregate n on a { window tumbling 1ms select n = count(), window_end }\n"
      "join j { a l, a r on l.id == r.id within r 1h before l keep left all select l.id }\n"
      "sink ps from p to stdout format text \"p ${id}\"\n"
      "sink ns from n to stdout format text \"n ${n} ${window_end}\"\n"
      "sink js from j to stdout format text \"j ${id}\"\n";
  const auto stream = [](const std::string& format) {
    return "stream a { from stdin format " + format + " schema id int, ts timestamp time ts invalid to wrong }\n";
  };
  const std::string expected = "`ts` is at the end of time\n`ts` is at the end of time\np 1\nn 1 " + end + "\nj 1\n";
  EXPECT_EQ(
      run_rules(stream("csv") + statements, {{"a", "id,ts\n0," + begin + "\n1," + last + "\n2," + end + "\n"}}).text,
      expected);
  const auto line = [](const std::string& id, const std::string& time) {
    return R"({"id":)" + id + R"(,"ts":)" + time + "}\n";
  };
  EXPECT_EQ(run_rules(stream("json") + statements, {{"a", line("0", begin) + line("1", last) + line("2", end)}}).text,
            expected);
}

TEST(Job, TimersFireAtTheEndOfInputButNotAtAStop) {
  const std::string rules =
      "stream a { from stdin format csv schema id int, ts timestamp time ts }\n"
      "pattern p on a { begin x where id == 1 not_followed_by y where id == 2 within 1h emit id = x.id }\n"
      "sink s from p to stdout\n";
  EXPECT_EQ(run_rules(rules, {{"a", "id,ts\n1,10\n"}}).text, "{\"id\":1}\n");
  EXPECT_EQ(run_rules(rules, {{"a", "id,ts\n1,10\n"}}, true).text, "");
}

/// Gives its text in one piece, and meanwhile somebody asks for a stop.
class StoppedSource final : public Source {
 public:
  StoppedSource(std::string text, std::stop_source stop)
      : text_(make_text_source("a", std::move(text))), stop_(std::move(stop)) {}
  Result<std::size_t> read(char* to, std::size_t size) override {
    stop_.request_stop();
    return text_->read(to, size);
  }
  [[nodiscard]] bool ready() const override { return true; }
  [[nodiscard]] const std::string& name() const override { return text_->name(); }

 private:
  std::unique_ptr<Source> text_;
  std::stop_source stop_;
};

TEST(Job, WholeRecordsReadBeforeAStopAreWritten) {
  std::string text = "id,ts\n";
  std::string expected;
  for (int i = 0; i < 5'000; ++i) {
    text += std::to_string(i) + "," + std::to_string(i) + "\n";
    expected += std::to_string(i) + "\n";
  }
  const std::shared_ptr<const patterns::Plan> plan =
      plan_of(kTwoStreams + "sink s from a, b to stdout format text \"${id}\"\n");
  std::stop_source stop;
  std::vector<JobInput> inputs;
  inputs.push_back({.stream = 0,
                    .source = std::make_unique<StoppedSource>(text + "5000,50", stop),
                    .format = patterns::SourceFormat::csv});
  inputs.push_back(
      {.stream = 1, .source = make_text_source("b", "id,ts\n-1,10\n"), .format = patterns::SourceFormat::csv});
  std::string written;
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(make_text_sink(written));
  Job job(plan, std::move(inputs), std::move(sinks), {.now = [] { return TimeMs{0}; }});
  EXPECT_TRUE(job.run(stop.get_token()));
  EXPECT_EQ(written, expected);
  EXPECT_EQ(job.stats().streams.front().invalid, 0u);
}

TEST(Job, ASinkThatFailsDoesNotKeepTheOthersFromTheirRows) {
  class FullSink final : public Sink {
   public:
    Result<void> write(std::string_view) override { return Error{"disk full"}; }
    Result<void> flush() override { return {}; }
    [[nodiscard]] const std::string& name() const override { return name_; }

   private:
    std::string name_ = "full";
  };
  const std::shared_ptr<const patterns::Plan> plan = plan_of(kTwoStreams +
                                                             "sink s from a to stdout format text \"${id}\"\n"
                                                             "sink t from a to stdout format text \"${id}\"\n");
  std::vector<JobInput> inputs;
  inputs.push_back(
      {.stream = 0, .source = make_text_source("a", "id,ts\n1,10\n"), .format = patterns::SourceFormat::csv});
  std::string written;
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(std::make_unique<FullSink>());
  sinks.push_back(make_text_sink(written));
  Job job(plan, std::move(inputs), std::move(sinks), {.now = [] { return TimeMs{0}; }});
  const Result<void> done = job.run({});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "disk full");
  EXPECT_EQ(written, "1\n");
}

const std::string kOneStream = "stream a { from stdin format csv schema id int, ts timestamp time ts }\n";

/// Pairs, of which three wait for their second event at once.
std::string limited(const std::string& then) {
  return kOneStream + "pattern p on a { begin x where id < 9 followed_by y where id == 9 within 1h\n" +
         "limit partial_matches 2 then " + then + " emit id = x.id }\n" +
         "pattern all on a { begin x emit id = x.id }\n"
         "sink s from p to stdout format text \"p${id}\"\nsink t from all to stdout format text \"${id}\"\n";
}
const std::string kThreeThenTheirSecond = "id,ts\n1,10\n2,20\n3,30\n9,40\n";

TEST(Job, WhatALimitTakesAwayOrDoesNotLetBeginIsCounted) {
  const Outcome oldest = run_rules(limited("drop_oldest"), {{"a", kThreeThenTheirSecond}});
  EXPECT_EQ(oldest.text, "p2\np3\n1\n2\n3\n9\n");
  EXPECT_EQ(oldest.stats.patterns.front().dropped, 1u);
  EXPECT_EQ(oldest.stats.patterns.front().blocked, 0u);
  const Outcome blocked = run_rules(limited("block_start"), {{"a", kThreeThenTheirSecond}});
  EXPECT_EQ(blocked.text, "p1\np2\n1\n2\n3\n9\n");
  EXPECT_EQ(blocked.stats.patterns.front().dropped, 0u);
  EXPECT_EQ(blocked.stats.patterns.front().blocked, 1u);
}

TEST(Job, ALimitThatFailsEndsTheJobAndNamesPatternAndLimit) {
  const std::shared_ptr<const patterns::Plan> plan = plan_of(limited("fail"));
  std::vector<JobInput> inputs;
  inputs.push_back({.stream = 0,
                    .source = make_text_source("a", "id,ts\n1,10\n9,20\n1,30\n2,40\n3,50\n9,60\n"),
                    .format = patterns::SourceFormat::csv});
  std::string found;
  std::string all;
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(make_text_sink(found));
  sinks.push_back(make_text_sink(all));
  Job job(plan, std::move(inputs), std::move(sinks), {.now = [] { return TimeMs{0}; }});
  const Result<void> done = job.run({});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message,
            "pattern `p` has more than 2 partial matches, and its `limit partial_matches` says `fail`");
  EXPECT_EQ(found, "p1\n");
  EXPECT_FALSE(all.empty());
}

TEST(Job, AShadowPatternIsCountedButItsRowsGoNowhere) {
  const Outcome got = run_rules(kOneStream +
                                    "pattern p on a { shadow begin x emit id = x.id }\n"
                                    "stream d = from p where id > 0\n"
                                    "sink s from p to stdout\nsink t from d to stdout\n",
                                {{"a", "id,ts\n1,10\n2,20\n"}});
  EXPECT_EQ(got.text, "");
  EXPECT_EQ(got.stats.patterns.front().matches, 2u);
}

TEST(Job, AnAbsenceGivesItsKeyAndSinceOrWhatItEmits) {
  const Outcome got =
      run_rules(kOneStream +
                    "pattern p on a { key id absent x for 5ms }\n"
                    "pattern q on a { key id absent x where id > 1 for 5ms emit at = since, id = x.id }\n"
                    "sink s from p to stdout\nsink t from q to stdout\n",
                {{"a", "id,ts\n1,10\n2,12\n1,14\n2,30\n"}});
  EXPECT_EQ(got.text,
            "{\"key\":[2],\"since\":12}\n{\"key\":[1],\"since\":14}\n{\"key\":[2],\"since\":30}\n"
            "{\"at\":10,\"id\":null}\n{\"at\":12,\"id\":2}\n{\"at\":30,\"id\":2}\n");
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

/// Gives one piece of its text at each read.
class PieceSource final : public Source {
 public:
  explicit PieceSource(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}
  Result<std::size_t> read(char* to, std::size_t size) override {
    if (next_ == pieces_.size()) return std::size_t{0};
    const std::string& piece = pieces_[next_++];
    EXPECT_LE(piece.size(), size);
    return piece.copy(to, size);
  }
  [[nodiscard]] bool ready() const override { return true; }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  std::vector<std::string> pieces_;
  std::size_t next_ = 0;
  std::string name_ = "a";
};

/// Looks at what the job has counted whenever rows of a pass are written, before the pass is counted.
class LookingSink final : public Sink {
 public:
  explicit LookingSink(std::function<void()> look) : look_(std::move(look)) {}
  Result<void> write(std::string_view) override {
    look_();
    return {};
  }
  Result<void> flush() override { return {}; }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  std::function<void()> look_;
  std::string name_ = "looking";
};

class CountsOfPasses : public testing::TestWithParam<std::uint32_t> {
 protected:
  /// Rows and invalid records of the stream: whenever a row was written, and at the end.
  static std::vector<std::pair<std::uint64_t, std::uint64_t>> counts_of(std::vector<std::string> pieces) {
    const std::shared_ptr<const patterns::Plan> plan =
        plan_of(kOneStream + "pattern p on a { key id begin x emit id = x.id }\nsink s from p to stdout\n");
    std::vector<std::pair<std::uint64_t, std::uint64_t>> counts;
    Job* running = nullptr;
    const auto look = [&] {
      const JobStats::Stream stream = running->stats().streams.front();
      counts.emplace_back(stream.events, stream.invalid);
    };
    std::vector<JobInput> inputs;
    inputs.push_back({.stream = 0,
                      .source = std::make_unique<PieceSource>(std::move(pieces)),
                      .format = patterns::SourceFormat::csv});
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(std::make_unique<LookingSink>(look));
    Job job(plan, std::move(inputs), std::move(sinks), {.now = [] { return TimeMs{0}; }, .shards = GetParam()});
    running = &job;
    EXPECT_TRUE(job.run({}));
    look();
    return counts;
  }
};

TEST_P(CountsOfPasses, RowsAndInvalidRecordsAreCountedTogether) {
  std::vector<std::string> pieces = {"id,ts\n"};
  for (int i = 0; i < 200; ++i) pieces.push_back(fmt::format("{},{}\nx,1\n", i, i));
  const auto counts = counts_of(std::move(pieces));
  EXPECT_GT(counts.size(), 1u);
  for (const auto& [events, invalid] : counts) EXPECT_EQ(events, invalid);
  EXPECT_EQ(counts.back().second, 200u);
}

TEST_P(CountsOfPasses, InvalidRecordsWithoutARowAreCounted) {
  EXPECT_THAT(counts_of({"id,ts\n", "x,1\n", "y,1\n", "z,1\n"}), testing::ElementsAre(testing::Pair(0, 3)));
  EXPECT_EQ(counts_of({"id,ts\n1,1\n", "x,1\n", "y,1\n"}).back(), (std::pair<std::uint64_t, std::uint64_t>(1, 2)));
}

INSTANTIATE_TEST_SUITE_P(Shards, CountsOfPasses, testing::Values(1u, 3u));

}    // namespace
}    // namespace cepheid::runtime
