#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "nfa/row/layout.hpp"
#include "patterns/plan/plan.hpp"
#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns {

/// The one name space of statements, and in which order they are checked.
class Relations {
 public:
  /// Collects all names and reports those given twice.
  Relations(const syntax::File& file, Diagnostics& diagnostics);

  /// The statements in such an order that what is read stands before what reads it, otherwise in that of the text.
  /// Statements that read each other in a circle are reported; they come too, with what closes the circle wrong.
  [[nodiscard]] std::vector<const syntax::Statement*> in_order(Diagnostics& diagnostics);

  /// What a name that is read stands for.
  struct Target {
    RelationId id = 0;
    std::shared_ptr<const nfa::RowLayout> layout;
  };
  /// Nothing if there is no such stream (reported), or it is wrong itself (reported elsewhere).
  [[nodiscard]] std::optional<Target> find(const syntax::Name& name, Diagnostics& diagnostics) const;

  /// The table of that name. Nothing if there is none (reported), or it is wrong itself (reported elsewhere).
  [[nodiscard]] std::optional<TableId> find_table(const syntax::Name& name, Diagnostics& diagnostics) const;

  /// Does the name stand for a table, right or wrong?
  [[nodiscard]] bool is_table(const syntax::Name& name) const;

  /// What a name after `notify` stands for: known or not (reported), and where it is on.
  struct ChannelTarget {
    bool known = false;
    std::optional<ChannelId> id;    // nothing if it is switched off, or wrong itself (reported elsewhere)
  };
  [[nodiscard]] ChannelTarget find_channel(const syntax::Name& name, Diagnostics& diagnostics) const;

  /// The statement that gives `name` was found right. The second of two of one name is left aside.
  void define(const syntax::Name& name, RelationId id, std::shared_ptr<const nfa::RowLayout> layout);
  void define_table(const syntax::Name& name, TableId id);
  void define_channel(const syntax::Name& name, ChannelId id);

 private:
  struct Entry {
    Span span;    // where the name is given
    const syntax::Statement* owner = nullptr;
    std::optional<Target> target;
    std::optional<TableId> table;
    std::optional<ChannelId> channel;
  };
  /// Is what is named a statement of that kind, and no stream that it gives aside?
  template <typename Statement>
  [[nodiscard]] static bool is(const Entry& entry) {
    return std::holds_alternative<Statement>(*entry.owner);
  }
  /// Why what is named has no rows that a statement can read, in words; empty if it has some.
  [[nodiscard]] static std::string_view why_no_rows(const Entry& entry);
  /// The entry that `name` gives itself, not an earlier one of that name; or null.
  [[nodiscard]] Entry* own_entry(const syntax::Name& name);
  void declare(const syntax::Name& name, const syntax::Statement& owner, Diagnostics& diagnostics);

  const syntax::File& file_;
  std::map<std::string, Entry, std::less<>> entries_;
};

/// Names read by a statement, as they are written.
[[nodiscard]] std::vector<const syntax::Name*> inputs_of(const syntax::Statement& statement);

}    // namespace cepheid::patterns
