#include "alerts/delivery/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/alerts/fakes.hpp"

namespace cepheid::alerts {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class JournalFiles : public testing::Test {
 protected:
  std::unique_ptr<Journal> open(Journal::Options options = {}) {
    Result<std::unique_ptr<Journal>> journal = Journal::open(folder_.path(), "j", options);
    EXPECT_TRUE(journal) << journal.error().message;
    return *std::move(journal);
  }
  RecordPlace append(Journal& journal, std::string_view text) {
    Result<RecordPlace> place = journal.append(text);
    EXPECT_TRUE(place) << place.error().message;
    return *place;
  }
  static std::vector<std::string> recovered(Journal& journal) {
    std::vector<std::string> texts;
    for (const RecordPlace& place : journal.take_recovered()) texts.push_back(*journal.read(place));
    return texts;
  }
  static void finish(Journal& journal, RecordPlace place) { EXPECT_TRUE(journal.finish({&place, 1})); }

  TestFolder folder_;
};

TEST_F(JournalFiles, UnfinishedRecordsComeBackInOrder) {
  {
    const auto journal = open();
    append(*journal, "a");
    const RecordPlace b = append(*journal, "b b");
    append(*journal, "");
    finish(*journal, b);
  }
  EXPECT_THAT(recovered(*open()), ElementsAre("a", ""));
  EXPECT_THAT(recovered(*open()), ElementsAre("a", ""));
}

TEST_F(JournalFiles, AClosedJournalWithoutRecordsHasNoFiles) {
  {
    const auto journal = open();
    finish(*journal, append(*journal, "a"));
  }
  EXPECT_EQ(folder_.count("j."), 0u);
}

TEST_F(JournalFiles, ALineWithoutItsEndWasNeverAccepted) {
  { append(*open(), "a"); }
  std::ofstream(folder_.path() / "j.00000001.journal", std::ios::app) << "+2 half";
  const auto journal = open();
  EXPECT_THAT(recovered(*journal), ElementsAre("a"));
  EXPECT_EQ(journal->damaged_lines(), 0u);
  append(*journal, "b");
  EXPECT_THAT(recovered(*open()), ElementsAre("a", "b"));
}

TEST_F(JournalFiles, EveryCutOfTheFileGivesTheWholeLinesBeforeIt) {
  {
    const auto journal = open();
    const RecordPlace a = append(*journal, "aa");
    append(*journal, "bb");
    finish(*journal, a);
    append(*journal, "cc");
  }
  const std::string text = folder_.text_of("j.00000001.journal");
  ASSERT_EQ(text, "+1 aa\n+2 bb\n-1\n+3 cc\n");
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    folder_.write("j.00000001.journal", text.substr(0, cut));
    std::vector<std::string> expected;
    if (cut >= 6 && cut < 15) expected.emplace_back("aa");
    if (cut >= 12) expected.emplace_back("bb");
    if (cut >= 21) expected.emplace_back("cc");
    EXPECT_EQ(recovered(*open()), expected) << cut;
  }
}

TEST_F(JournalFiles, DamagedLinesAreCountedAndTheOthersCome) {
  folder_.write("j.00000007.journal", "+1 a\n\x01\x02\n+x y\n+2 b\n-\n+3\n");
  const auto journal = open();
  EXPECT_THAT(recovered(*journal), ElementsAre("a", "b"));
  EXPECT_EQ(journal->damaged_lines(), 4u);
}

TEST_F(JournalFiles, SegmentsGoFromTheFirstOnWhenTheirRecordsAreFinished) {
  const auto journal = open({.segment_bytes = 32});
  std::vector<RecordPlace> places;
  for (int i = 0; i < 40; ++i) places.push_back(append(*journal, "0123456789"));
  const std::size_t files = folder_.count("j.");
  EXPECT_GT(files, 10u);
  for (std::size_t i = 1; i < places.size(); ++i) finish(*journal, places[i]);
  EXPECT_GE(folder_.count("j."), files);    // the first record is still needed, and so are all marks
  finish(*journal, places[0]);
  EXPECT_LE(folder_.count("j."), 1u);
  EXPECT_EQ(journal->unfinished_bytes(), 0u);
  append(*journal, "later");
  EXPECT_THAT(recovered(*open()), ElementsAre("later"));
}

TEST_F(JournalFiles, WhatGoesBeyondTheMostBytesIsRefusedAndLeavesNothing) {
  const auto journal = open({.most_bytes = 20});
  const RecordPlace place = append(*journal, "0123456789");
  EXPECT_FALSE(journal->append("0123456789"));
  EXPECT_THAT(recovered(*open()), ElementsAre("0123456789"));
  finish(*journal, place);
  EXPECT_THAT(recovered(*open()), IsEmpty());
}

TEST_F(JournalFiles, ReplacedRecordsAreGone) {
  const auto journal = open();
  append(*journal, "old");
  append(*journal, "older");
  const std::vector<std::string> texts = {"x", "y"};
  const Result<std::vector<RecordPlace>> places = journal->replace_all(texts);
  ASSERT_TRUE(places);
  EXPECT_EQ(*journal->read((*places)[1]), "y");
  EXPECT_EQ(folder_.count("j."), 1u);
  EXPECT_THAT(recovered(*open()), ElementsAre("x", "y"));
}

TEST_F(JournalFiles, JournalsOfOtherNamesAreLeftAlone) {
  folder_.write("jj.00000001.journal", "+1 other\n");
  folder_.write("j.x.00000001.journal", "+1 other\n");
  EXPECT_THAT(recovered(*open()), IsEmpty());
  EXPECT_EQ(folder_.count("j"), 2u);
}

}    // namespace
}    // namespace cepheid::alerts
