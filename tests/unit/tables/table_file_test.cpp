#include "runtime/tables/table_file.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/expr/build_expr.hpp"

namespace cepheid::runtime {
namespace {

namespace build = nfa::build;

const Schema kNames({{"id", Type::int64()}, {"name", Type::string()}});

class TableFileTest : public testing::Test {
 protected:
  TableFileTest() {
    const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) / (std::string("cepheid_") + info->name());
    std::filesystem::create_directories(folder_);
    plan_.name = "names";
    plan_.layout = std::make_shared<const nfa::RowLayout>(kNames);
    plan_.key = {0};
    plan_.from = patterns::Address{.kind = patterns::Address::Kind::file, .target = "names.csv"};
    plan_.format = patterns::SourceFormat::csv;
  }
  ~TableFileTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& text) const { std::ofstream(folder_ / "names.csv") << text; }
  static std::string name_of(Table& table, std::int64_t id) {
    const std::vector<nfa::Datum> key = {nfa::Datum::of_int(id)};
    const nfa::Row row = table.find(key, 0);
    return build::as_text(nfa::read_field(row, table.layout().slot(1)), Type::string());
  }

  std::filesystem::path folder_;
  patterns::TablePlan plan_;
  std::vector<std::string> log_;
  PassGate gate_;
};

TEST_F(TableFileTest, IsReadWholeAndWhatIsNoRowIsCounted) {
  write("name,id\na,1\nb,2\nc,x\nd,\ne,1\n");
  Table table(plan_, false, {});
  TableFile file(table, folder_.string(), {}, gate_);
  ASSERT_TRUE(file.load(0, {}));
  EXPECT_EQ(name_of(table, 1), "e");
  EXPECT_EQ(name_of(table, 2), "b");
  EXPECT_EQ(table.counters().rows.get(), 2u);
  EXPECT_EQ(table.counters().skipped.get(), 2u);
}

TEST_F(TableFileTest, AFileThatIsNotThereIsAnError) {
  Table table(plan_, false, {});
  EXPECT_FALSE(TableFile(table, folder_.string(), {}, gate_).load(0, {}));
}

TEST_F(TableFileTest, IsReadAgainWhenItHasChanged) {
  plan_.refresh_ms = 3'600'000;
  write("id,name\n1,a\n2,b\n");
  Table table(plan_, false, {});
  TableFile file(table, folder_.string(), {}, gate_);
  ASSERT_TRUE(file.load(0, {}));
  write("id,name\n1,another\n");
  file.refresh(kLookAtFileEveryMs - 1, {});
  EXPECT_EQ(name_of(table, 1), "a") << "it is not looked at all the time";
  file.refresh(kLookAtFileEveryMs, {});
  EXPECT_EQ(name_of(table, 1), "another");
  EXPECT_EQ(name_of(table, 2), "null");
}

TEST_F(TableFileTest, WithoutRefreshItIsReadOnce) {
  write("id,name\n1,a\n");
  Table table(plan_, false, {});
  TableFile file(table, folder_.string(), {}, gate_);
  ASSERT_TRUE(file.load(0, {}));
  write("id,name\n1,other\n");
  file.refresh(1'000'000, {});
  EXPECT_EQ(name_of(table, 1), "a");
}

TEST_F(TableFileTest, StaysAsItWasWhenItCannotBeReadAgain) {
  plan_.refresh_ms = 60'000;
  write("id,name\n1,a\n");
  Table table(plan_, false, {});
  TableFile file(
      table, folder_.string(), [&](std::string_view line) { log_.emplace_back(line); }, gate_);
  ASSERT_TRUE(file.load(0, {}));
  std::filesystem::remove(folder_ / "names.csv");
  file.refresh(10'000, {});
  file.refresh(20'000, {});
  EXPECT_EQ(name_of(table, 1), "a");
  EXPECT_EQ(log_.size(), 1u) << "tried once until it changes or `refresh` is over";
  write("id,name\n1,back\n");
  file.refresh(30'000, {});
  EXPECT_EQ(name_of(table, 1), "back");
}

}    // namespace
}    // namespace cepheid::runtime
