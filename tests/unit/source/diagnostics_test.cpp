#include "patterns/source/diagnostics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "patterns/source/limits.hpp"

namespace cepheid::patterns {
namespace {

Span span_of(const SourceFile& source, std::string_view part) {
  const auto begin = static_cast<std::uint32_t>(source.text().find(part));
  return {begin, static_cast<std::uint32_t>(begin + part.size())};
}

TEST(SourceFile, CountsLinesAndCodePointsFromOne) {
  const SourceFile source("a.cep", "\xEF\xBB\xBFone\r\n전화 two\n");
  EXPECT_EQ(source.place(3).line, 1u);
  EXPECT_EQ(source.place(3).column, 1u);
  const SourceFile::Place two = source.place(span_of(source, "two").begin);
  EXPECT_EQ(two.line, 2u);
  EXPECT_EQ(two.column, 4u);
  EXPECT_EQ(source.line(1), "one");
  EXPECT_EQ(source.line(2), "전화 two");
  EXPECT_EQ(source.line(3), "");
  EXPECT_EQ(source.line(4), "");
}

TEST(Diagnostics, AreRenderedAsTheContractShows) {
  const SourceFile source("funnel.cep", "\n\n\n\n\n\n    followed_by purchase where amount > avg(veiw.amount)\n");
  Diagnostics diagnostics(source);
  diagnostics.error(DiagnosticKind::unknown_step, span_of(source, "veiw"),
                    "unknown step `veiw` in pattern `purchase_funnel`", "did you mean `view`?");
  EXPECT_EQ(diagnostics.render(),
            "error: unknown step `veiw` in pattern `purchase_funnel`\n"
            "  --> funnel.cep:7:45\n"
            "   |\n"
            " 7 |     followed_by purchase where amount > avg(veiw.amount)\n"
            "   |                                             ^^^^ did you mean `view`?\n");
}

TEST(Diagnostics, KeepTabsAlignedAndMarkOnlyTheFirstLine) {
  const SourceFile source("a.cep", std::string(9, '\n') + "\tab {\r\n}\n");
  Diagnostics diagnostics(source);
  diagnostics.warning(DiagnosticKind::lint_unbounded, span_of(source, "b {\r\n}"), "odd");
  EXPECT_EQ(diagnostics.render(), "warning: odd\n   --> a.cep:10:3\n    |\n 10 | \tab {\n    | \t ^^^\n");
}

TEST(Diagnostics, AreSortedByPlaceAndBounded) {
  const SourceFile source("a.cep", std::string(1000, 'x'));
  Diagnostics diagnostics(source);
  for (std::uint32_t i = 0; i < kMaxDiagnostics + 5; ++i) {
    diagnostics.warning(DiagnosticKind::lint_unbounded, {500 - i, 501 - i}, "w");
  }
  EXPECT_FALSE(diagnostics.has_errors());
  diagnostics.error(DiagnosticKind::syntax, {900, 901}, "e");
  EXPECT_EQ(diagnostics.errors(), 1u);
  EXPECT_EQ(diagnostics.warnings(), kMaxDiagnostics - 1);
  const std::vector<Diagnostic> sorted = diagnostics.sorted();
  EXPECT_EQ(sorted.back().message, "e");
  EXPECT_LT(sorted[0].span.begin, sorted[1].span.begin);
}

TEST(Diagnostics, ShowOnlyThePartOfALongLineAroundTheMistake) {
  const SourceFile source("a.cep", std::string(100'000, 'a') + "b" + std::string(100'000, 'c'));
  Diagnostics diagnostics(source);
  diagnostics.error(DiagnosticKind::syntax, {100'000, 100'001}, "m");
  const std::string text = diagnostics.render();
  EXPECT_LT(text.size(), 500u);
  EXPECT_NE(text.find("ab"), std::string::npos);
}

TEST(NearestName, IsOneThatCanHaveBeenMeant) {
  EXPECT_EQ(nearest_name("veiw", {"login", "view"}), "view");
  EXPECT_EQ(nearest_name("patern", {"stream", "pattern"}), "pattern");
  EXPECT_EQ(nearest_name("User_ID", {"user_id"}), "user_id");
  EXPECT_EQ(nearest_name("amount", {"price"}), "");
  EXPECT_EQ(nearest_name("a", {"b"}), "");
  EXPECT_EQ(nearest_name("", {}), "");
}

}    // namespace
}    // namespace cepheid::patterns
