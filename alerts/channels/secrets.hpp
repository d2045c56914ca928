#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cepheid::alerts {

/// What must not be seen in a reason, a log or a dead letter: keys, passwords, URLs.
class Secrets {
 public:
  /// The text, and each of its parts between `/ ? & = : @` and white space that is long enough to give something away.
  void add(std::string_view secret);

  /// What a receiver answered, for a reason: at most 100 characters of its first line, empty if it has any other than
  /// letters, digits and plain punctuation, or if it has a secret in it.
  [[nodiscard]] std::string shown(std::string_view answer) const;

 private:
  std::vector<std::string> secrets_;
};

}    // namespace cepheid::alerts
