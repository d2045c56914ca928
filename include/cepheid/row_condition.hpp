#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cepheid/row_view.hpp"

namespace cepheid::inline v0 {

/// A condition in C++: does it hold for this row? It sees the row at hand only, and only during the call. Over several
/// streams that row has the fields of all of them, null where its own stream does not have them.
///
/// It must give the same answer for equal rows: it may be asked once for a row on behalf of many partial matches, or
/// not at all. It is called in the thread that pushes the row; where engines share rules, in several at once. If it
/// throws, the condition does not hold, and the exception leaves the call that pushed the row when that row is done.
using RowCondition = std::function<bool(const RowView&)>;

/// A RowCondition of a pattern that was built in C++, with what its text calls it.
struct Callable {
  std::string description;
  std::shared_ptr<const RowCondition> function;    // never null
};

}    // namespace cepheid::inline v0
