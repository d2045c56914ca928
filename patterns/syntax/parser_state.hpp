#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "patterns/source/diagnostics.hpp"
#include "patterns/syntax/brackets.hpp"
#include "patterns/syntax/parse.hpp"
#include "patterns/syntax/token.hpp"
#include "patterns/syntax/tree.hpp"

namespace cepheid::patterns::syntax {

/// What must stand at a place, in words for the reader of a message. Without a text the grammar only tries.
struct Expected {
  std::string_view text = {};
  WordSet words = {};    // what a misspelled word may have been
};

/// Where a name stands: it decides which words can be one.
enum class NamePlace : std::uint8_t {
  declared,    // after a word: `begin NAME`, `on NAME`
  listed,      // after a comma between names
  operand,     // in an expression
  after_dot,
};

/// What the rules of the grammar share while one file is parsed: the tokens, the mistake at hand, and the way on after
/// it.
///
/// The grammar decides by one token what comes. Once a rule has decided, a token that is not as expected is a mistake:
/// it is noted by `miss`, after which every parser fails until the enclosing clause reports it and goes on behind.
class ParserState {
 public:
  ParserState(const SourceFile& source, const Environment& environment, Diagnostics& diagnostics,
              const BalancedTokens& tokens)
      : source_(source), environment_(environment), diagnostics_(diagnostics), balanced_(tokens) {}

  [[nodiscard]] const Token* first() const { return balanced_.tokens.data(); }
  /// The token of kind `end`.
  [[nodiscard]] const Token* last() const { return first() + balanced_.tokens.size() - 1; }
  [[nodiscard]] const SourceFile& source() const { return source_; }
  [[nodiscard]] const Environment& environment() const { return environment_; }
  [[nodiscard]] Diagnostics& diagnostics() const { return diagnostics_; }
  [[nodiscard]] std::string_view text(const Token& token) const { return source_.text(token.span); }
  /// From the first token to before the last one.
  [[nodiscard]] Span span(const Token* begin, const Token* end) const;

  // ---- names

  [[nodiscard]] bool can_be_name(const Token* token, NamePlace place) const;
  [[nodiscard]] Name name(const Token& token) const;

  // ---- mistakes

  [[nodiscard]] bool failed() const { return failed_at_ != nullptr; }
  /// Another token had to stand here.
  void miss(const Token* at, Expected expected);
  /// A mistake with words of its own; the clause is given up.
  void refuse(DiagnosticKind kind, const Token* at, Span span, std::string message, std::string hint = {});
  /// Reports a token that nothing begins with.
  void unexpected(const Token* at, std::string_view hint = {});
  /// As above, and the clause before it is given up: what was meant is not known.
  void give_up_at(const Token* at, std::string_view hint);

  // ---- statements and clauses

  void begin_statement(Word word);
  /// Between the braces of a statement only a closing bracket ends its clauses.
  void set_in_braces(bool in_braces) { in_braces_ = in_braces; }
  /// In a list of steps a comma ends the clauses of each.
  void set_in_list(bool in_list) { in_list_ = in_list; }
  [[nodiscard]] bool begins_clause(const Token* token) const {
    // Where a mistake was left behind, what stands before does not count: an operand may be missing there.
    return syntax::begins_clause(token, token == resumed_at_ ? token : first(), clause_words(statement_), in_list_);
  }
  /// Whether nothing of a clause can stand here: a closing bracket, the next statement, the end.
  [[nodiscard]] bool ends_clauses(const Token* token) const;
  /// Notes that the statement has this clause; a second one is reported.
  void note_clause(const Token& word);
  /// Something of the statement did not parse.
  [[nodiscard]] bool broken() const { return broken_; }
  void set_broken() { broken_ = true; }

  void begin_clause();
  /// Reports the mistake at hand, if it is news, and gives the place behind it where the next clause begins.
  [[nodiscard]] const Token* recover(const Token* begin);
  /// As above, to the statement's opening brace.
  [[nodiscard]] const Token* recover_to_body(const Token* begin);
  /// The next place from `token` on where a clause, a statement or nothing more begins, not before `at_least`.
  [[nodiscard]] const Token* next_clause(const Token* token, const Token* at_least) const;
  /// The next place where a statement begins. One with a body ends with its braces, whatever follows.
  [[nodiscard]] const Token* next_statement(const Token* token, bool has_body) const;
  /// Behind the partner of an opening bracket, else behind the token.
  [[nodiscard]] const Token* after(const Token* token) const;
  /// Whether the part parsed last had to be given up.
  [[nodiscard]] bool given_up() const { return given_up_; }
  void give_up() { given_up_ = true; }

  // ---- bounds

  /// Counts a node of the expression at hand; false if there are too many.
  [[nodiscard]] bool count_node(const Token* at);
  void begin_expression() { nodes_ = 0; }
  /// Goes into a unary operator; false if that is too deep.
  [[nodiscard]] bool enter_unary(const Token* at);
  void leave_unary() { --unary_depth_; }
  /// False if the operators of an expression make too high a tree.
  [[nodiscard]] bool check_height(const Expr& expr, const Token* at);

 private:
  void report_miss();
  [[nodiscard]] bool is_misspelled_statement(const Token* token) const;
  [[nodiscard]] std::string hint_for(const Token* at, const WordSet& words) const;

  const SourceFile& source_;
  const Environment& environment_;
  Diagnostics& diagnostics_;
  const BalancedTokens& balanced_;

  const Token* failed_at_ = nullptr;
  bool reported_ = false;
  const Token* resumed_at_ = nullptr;
  Expected expected_;

  Word statement_ = Word::none;
  std::bitset<static_cast<std::size_t>(Word::none) + 1> clauses_;
  bool in_braces_ = false;
  bool in_list_ = false;
  bool broken_ = false;
  bool given_up_ = false;
  std::size_t nodes_ = 0;
  std::size_t unary_depth_ = 0;
};

inline constexpr std::string_view kAnyName = "a name";
inline constexpr std::string_view kAnyValue = "a value";

/// Parses an expression that stands in a string.
[[nodiscard]] Expr parse_embedded_expression(const SourceFile& source, Span part, const Environment& environment,
                                             Diagnostics& diagnostics);

/// Parses all statements.
[[nodiscard]] File parse_statements(ParserState& state);

}    // namespace cepheid::patterns::syntax
