#pragma once

#include <memory>

#include "patterns/plan/plan.hpp"
#include "runtime/tables/missing_rows.hpp"

namespace cepheid::runtime {

/// `missing from http URL`: GET URL?COLUMN=VALUE… with all columns of the key. 200 with a JSON object is the row, 404
/// or 204: there is none; all else is an error. While a key is asked for, the job waits: 5 s at most. After an answer
/// that did not come, or a server's failure (5xx, 429), nobody is asked for a second, after each further one for twice
/// as long, 30 s at most: what is asked for meanwhile gives an error at once.
///
/// Null if the table has no `missing`, or none of http.
[[nodiscard]] std::unique_ptr<MissingRows> make_http_missing_rows(const patterns::TablePlan& table);

}    // namespace cepheid::runtime
