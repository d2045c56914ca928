#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cepheid/result.hpp"
#include "cepheid/time.hpp"

namespace cepheid::alerts {

/// One row that an alert statement raised, ready for people to read: plain data, all texts UTF-8.
struct Alert {
  /// The same whenever the same row is raised again, so that receivers can drop repeats. Empty: the dispatcher makes it
  /// of name, severity, time, values and row.
  std::string id;
  /// Of the alert statement.
  std::string name;
  std::string severity;
  /// One line. Empty: name and severity stand in.
  std::string title;
  std::string body;
  /// Event time of the row; of a metrics alert the wall clock.
  TimeMs time = 0;
  /// The values of `dedupe … by`, as text. With the name they say which incident it is about.
  std::vector<std::string> dedupe_values;
  /// The values of `group … by`, as text.
  std::vector<std::string> group_values;
  /// True: what was raised with this name and these values before is over.
  bool resolve = false;
  /// The row as one JSON object.
  std::string row = "{}";
  /// Fields by name, as text: for silences, templates and messages.
  std::vector<std::pair<std::string, std::string>> values;
  /// What a trigger and its resolve have in common; made by the dispatcher.
  std::string incident;
};

/// What goes out in one piece: an alert, or the alerts of one group.
struct Message {
  /// Of one alert its id; of a group made of the ids of all, so that another composition is another message.
  std::string id;
  /// Never empty, in the order in which they were raised.
  std::vector<Alert> alerts;
};

[[nodiscard]] Message make_message(std::vector<Alert> alerts);

/// A title that is never empty: of a group it says how many there are.
[[nodiscard]] std::string title_of(const Message& message);
/// The body, or of a group the titles, one a line, at most 20 and how many more.
[[nodiscard]] std::string body_of(const Message& message);
[[nodiscard]] std::string title_of(const Alert& alert);

/// How urgent a severity is, 3 to 0: critical; high, error, major; warning, medium, minor; anything else.
[[nodiscard]] int urgency(std::string_view severity);
/// The most urgent severity in the message; the earliest of equals.
[[nodiscard]] const std::string& severity_of(const Message& message);

/// Appends the alert as a JSON object on one line: `id alert severity status title body time incident dedupe group
/// values row`.
void append_json(std::string& out, const Alert& alert);
/// Reads what append_json() wrote.
[[nodiscard]] Result<Alert> read_alert(std::string_view json);

/// Makes the texts valid UTF-8, the row one line of JSON (what is none becomes a JSON string), and fills in `id` where
/// it is empty.
void complete(Alert& alert);

}    // namespace cepheid::alerts
