#pragma once

#include <optional>
#include <span>
#include <string>

#include "cepheid/result.hpp"

namespace cepheid::runtime {

/// A part of a key that was looked up, as text.
struct MissingColumn {
  std::string name;
  std::string value;    // a string as it is, all else as in JSON
};

/// Who is asked for rows that a table does not have (`missing from`). Used by one thread, which waits for the answer.
class MissingRows {
 public:
  virtual ~MissingRows() = default;
  /// The row of this key as a JSON object with the table's columns; nothing: there is none. An error: nobody could be
  /// asked, or the answer was none of the two.
  virtual Result<std::optional<std::string>> ask(std::span<const MissingColumn> key) = 0;
};

}    // namespace cepheid::runtime
