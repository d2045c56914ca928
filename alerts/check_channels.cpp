#include "alerts/check_channels.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "alerts/channels/body_template.hpp"
#include "alerts/channels/make_channel.hpp"

namespace cepheid::alerts {

namespace {

bool is_channel_name(std::string_view name) {
  static constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !name.empty() && name.find_first_not_of(kLetters) == std::string_view::npos;
}

class ChannelsCheck {
 public:
  /// What is wrong with the next channel; empty: nothing.
  [[nodiscard]] std::string problem_of(const ChannelConfig& config) {
    if (!is_channel_name(config.name)) return "its name has other characters than letters, digits, `_`, `-`";
    if (!names_.insert(config.name).second) return "its name is used twice";
    if (config.retry.attempts < 1) return "fewer than 1 attempt";
    if (switched_off(config)) return {};
    if (const auto* file = std::get_if<FileChannel>(&config.kind)) return problem_of_file(*file, config.name);
    const auto made = make_channel(config, system_clock());
    return made ? std::string() : made.error().message;
  }

 private:
  /// Each channel appends by itself: two on one file would write into each other's lines.
  std::string problem_of_file(const FileChannel& file, const std::string& name) {
    const std::filesystem::path path = std::filesystem::absolute(file.path).lexically_normal();
    const auto [other, is_new] = files_.emplace(path, name);
    return is_new ? std::string() : fmt::format("channel `{}` writes to the same file", other->second);
  }

  std::set<std::string> names_;
  std::map<std::filesystem::path, std::string> files_;    // the channel of each
};

std::string problem_of_body(const ChannelConfig& config) {
  const auto* webhook = std::get_if<WebhookChannel>(&config.kind);
  if (webhook == nullptr || webhook->body.empty()) return {};
  const Result<BodyTemplate> body = BodyTemplate::parse(webhook->body);
  return body ? std::string() : body.error().message;
}

}    // namespace

std::vector<ChannelProblem> check_channels(const std::vector<ChannelConfig>& channels) {
  std::vector<ChannelProblem> problems;
  ChannelsCheck check;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    std::string message = check.problem_of(channels[i]);
    if (message.empty()) continue;
    const bool of_body = message == problem_of_body(channels[i]);
    problems.push_back({i, of_body, std::move(message)});
  }
  return problems;
}

}    // namespace cepheid::alerts
