#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alerts/alert.hpp"
#include "cepheid/result.hpp"

namespace cepheid::alerts {

/// A JSON text with `${NAME}` in it, of which each message makes valid JSON.
///
/// Within a JSON string NAME's text is put in, escaped; elsewhere it is a JSON value. `$${` is `${` itself. The names:
/// `id title body severity count` of the message; `alerts`: a list of all its alerts, each as append_json() writes it;
/// `alert status time incident row values` of its (first) alert, `time` in ms, `time_iso` as text; `values.KEY` one of
/// its values, outside of a string null where it is missing.
class BodyTemplate {
 public:
  /// Fails where a name is not known or what comes out would be no JSON.
  [[nodiscard]] static Result<BodyTemplate> parse(std::string_view text);

  [[nodiscard]] std::string render(const Message& message) const;

 private:
  struct Piece {
    std::string literal;    // before the name
    std::string name;       // empty: of the last one
    bool in_string = false;
  };
  std::vector<Piece> pieces_;
};

}    // namespace cepheid::alerts
