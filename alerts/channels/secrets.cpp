#include "alerts/channels/secrets.hpp"

#include <algorithm>

namespace cepheid::alerts {

namespace {

constexpr std::size_t kShortestPart = 4;
constexpr std::size_t kShown = 100;
constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-.,:;!?'\"{}[]()";

}    // namespace

void Secrets::add(std::string_view secret) {
  if (secret.empty()) return;
  secrets_.emplace_back(secret);
  const std::size_t whole = secret.size();
  while (!secret.empty()) {
    const std::size_t end = std::min(secret.find_first_of("/?&=:@ \t"), secret.size());
    if (end >= kShortestPart && end < whole) secrets_.emplace_back(secret.substr(0, end));
    secret.remove_prefix(std::min(end + 1, secret.size()));
  }
}

std::string Secrets::shown(std::string_view answer) const {
  const std::string_view line =
      answer.substr(0, std::min(answer.find_first_of("\r\n"), answer.size())).substr(0, kShown);
  if (line.find_first_not_of(kPlain) != std::string_view::npos) return {};
  // In the whole answer: a secret that is cut off at the end of what is shown would not be found in it.
  const bool has_secret = std::any_of(secrets_.begin(), secrets_.end(), [&](const std::string& secret) {
    return answer.find(secret) != std::string_view::npos;
  });
  return has_secret ? std::string() : std::string(line);
}

}    // namespace cepheid::alerts
