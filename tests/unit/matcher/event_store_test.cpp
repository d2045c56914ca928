#include "nfa/matcher/event_store.hpp"

#include <gtest/gtest.h>

#include "tests/unit/automaton/build_pattern.hpp"

namespace cepheid::nfa {
namespace {

const Text* name_in(Row row) {
  return read_field(row, build::pattern_layout()->slot(0)).text;
}

TEST(EventStore, CopiesTextUnlessItStays) {
  build::Rows rows{build::pattern_layout()->schema()};
  const Row row = rows.add({{std::string("a")}, {std::string("u")}});
  for (const bool texts_stay : {true, false}) {
    EventStore events(*build::pattern_layout(), texts_stay);
    StoredEvent* event = events.store(row, 10, 0, 1);
    EXPECT_NE(event->row(), row);
    EXPECT_EQ(name_in(event->row()) == name_in(row), texts_stay);
    EXPECT_EQ(name_in(event->row())->view(), "a");
    events.release(event);
    EXPECT_EQ(events.live(), 0u);
  }
}

}    // namespace
}    // namespace cepheid::nfa
