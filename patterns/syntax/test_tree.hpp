#pragma once

#include <string>
#include <vector>

#include "patterns/syntax/expr_tree.hpp"

/// The statement `test`, as written.
namespace cepheid::patterns::syntax {

struct Test {
  /// `{"user_id": "u1", …}`
  struct Row {
    std::string json;             // its tokens, without blanks and comments
    std::vector<Name> members;    // names of the outermost object, as they stand between their quotes
    Span span;
  };
  /// `given STREAM: row, …` and `expect STREAM: row, …`; `expect no STREAM` has no rows.
  struct Rows {
    Name name;
    std::vector<Row> rows;
  };
  Name name;     // none: it stands for nothing that others could read
  Expr title;    // a string
  std::vector<Rows> given;
  std::vector<Rows> expect;
  bool broken = false;
  Span span;
};

}    // namespace cepheid::patterns::syntax
