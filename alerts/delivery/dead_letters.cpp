#include "alerts/delivery/dead_letters.hpp"

#include "alerts/delivery/append_file.hpp"
#include "alerts/text/json_text.hpp"
#include "alerts/text/time_text.hpp"

namespace cepheid::alerts {

Result<void> DeadLetters::append(std::string_view alert_json, std::string_view reason, int attempts,
                                 TimeMs wall_now) const {
  JsonText line;
  line.begin_object().text("channel", channel_).text("failed_at", iso_8601(wall_now)).number("attempts", attempts);
  line.text("reason", reason).name("alert");
  // What is no JSON comes from a damaged journal; the line is to be read all the same.
  is_json(alert_json) ? line.json(alert_json) : line.text(alert_json);
  line.end_object();
  return append_to_file(file_, line.take() + '\n', kOwnerOnly);
}

}    // namespace cepheid::alerts
