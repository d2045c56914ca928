#include "runtime/shards/match_batch.hpp"

#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cepheid::runtime {
namespace {

using testing::ElementsAre;

std::shared_ptr<const nfa::RowLayout> layout() {
  static const auto made =
      std::make_shared<const nfa::RowLayout>(Schema({Field{.name = "id", .type = Type{.kind = TypeKind::int_}}}));
  return made;
}

void add(MatchBatch& batch, std::int64_t id, std::uint64_t sequence, TimeMs time_ms, std::uint64_t rank) {
  nfa::TakenEvents by_step;
  nfa::MatchView match{.taken = nfa::TakenByStep(by_step, 0, {})};
  match.time_ms = time_ms;
  match.sequence = sequence;
  match.rank = rank;
  layout()->set(batch.append(match), 0, nfa::Datum::of_int(id));
}

std::vector<std::int64_t> merged(std::vector<MatchBatch*> parts, std::vector<Track::Advance> advances = {},
                                 std::vector<std::uint32_t>* rows_before = nullptr) {
  nfa::Batch out(layout());
  merge_matches(parts, advances, out);
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < out.size(); ++i) ids.push_back(nfa::read_field(out.row(i), layout()->slot(0)).integer);
  for (const nfa::Batch::Advance& advance : out.advances()) rows_before->push_back(advance.rows_before);
  return ids;
}

TEST(MergeMatches, RowsStandByCauseThenTimeThenTheRowThatIsTheirLast) {
  MatchBatch one(layout());
  MatchBatch two(layout());
  add(one, 1, 5, 10, 5);
  add(one, 2, 7, 20, 6);
  add(two, 3, 4, 30, 4);
  add(two, 4, 7, 15, 7);
  add(two, 5, 7, 20, 3);
  EXPECT_THAT(merged({&one, &two}), ElementsAre(3, 1, 4, 5, 2));
}

TEST(MergeMatches, OneEnginesRowsAreOrderedTheSameWay) {
  MatchBatch one(layout());
  MatchBatch none(layout());
  add(one, 1, 5, 10, 5);
  add(one, 2, 5, 8, 4);
  add(one, 3, 5, 8, 4);
  EXPECT_FALSE(one.in_order());
  EXPECT_THAT(merged({&none, &one}), ElementsAre(2, 3, 1));
}

TEST(MergeMatches, AWatermarkMoveStandsBehindWhatItsCauseMade) {
  MatchBatch one(layout());
  add(one, 1, 5, 10, 5);
  add(one, 2, 6, 10, 6);
  add(one, 3, 9, 10, 9);
  std::vector<std::uint32_t> rows_before;
  merged({&one}, {{.sequence = 2, .low_ms = 1}, {.sequence = 6, .low_ms = 2}, {.sequence = 9, .low_ms = 3}},
         &rows_before);
  EXPECT_THAT(rows_before, ElementsAre(0, 2, 3));
}

}    // namespace
}    // namespace cepheid::runtime
