#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "patterns/check/scope.hpp"
#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

namespace {

/// What a setting of a channel holds.
enum class Holds : std::uint8_t { text, count, duration };

struct SettingRule {
  std::string_view word;
  Holds holds = Holds::text;
  bool required = false;
  bool address = false;    // empty: the channel is off
};

struct KindRule {
  std::string_view word;
  ChannelPlan::Kind kind;
  std::string_view target = {};    // what its string is, if it takes one
  bool network = false;            // has the settings of connections
  std::vector<SettingRule> settings = {};
};

const std::vector<KindRule>& kinds() {
  using Kind = ChannelPlan::Kind;
  static const std::vector<KindRule> kKinds = {
      {"stdout", Kind::stdout_},
      {"file", Kind::file, "a path"},
      {"slack", Kind::slack, "", true, {{"url", Holds::text, true, true}}},
      {"webhook", Kind::webhook, "", true, {{"url", Holds::text, true, true}}},
      {"pagerduty",
       Kind::pagerduty,
       "",
       true,
       {{"routing_key", Holds::text, true, true}, {"source"}, {"url", Holds::text, false, true}}},
      {"email",
       Kind::email,
       "",
       true,
       {{"to", Holds::text, true, true},
        {"from", Holds::text, true},
        {"smtp", Holds::text, true, true},
        {"user"},
        {"password"},
        {"tls"}}},
      {"kafka", Kind::kafka, "a topic", false, {{"brokers", Holds::text, true, true}, {"key"}}},
  };
  return kKinds;
}

constexpr SettingRule kOfEach[] = {{"attempts", Holds::count}, {"queue", Holds::count}};
constexpr SettingRule kOfNetwork[] = {
    {"timeout", Holds::duration}, {"connect_timeout", Holds::duration}, {"ca_file"}, {"proxy"}};

/// Names of channels are those of their files.
bool can_name_a_file(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '_' || c == '-';
  });
}

/// Text that holds no placeholder, whatever is in it.
std::string escaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("${")) result += '$';
    result += text[i];
  }
  return result;
}

class ChannelCheck {
 public:
  ChannelCheck(const syntax::Channel& channel, CheckContext& context)
      : channel_(channel), context_(context), diagnostics_(context.diagnostics) {
    plan_.name = channel.name.text;
    plan_.place = channel.name.span;
    plan_.body_place = channel.body_place;
  }

  void run();

 private:
  [[nodiscard]] const KindRule* find_kind();
  void check_target(const KindRule& kind);
  void check_settings(const KindRule& kind);
  void check_setting(const syntax::Channel::Setting& setting, const std::vector<SettingRule>& known);
  void check_pairs(const std::vector<syntax::Channel::Pair>& pairs, std::string_view word,
                   std::vector<ChannelPlan::Pair>& to);
  void check_body();
  /// The value of a setting as text; nothing, and reported, if it is another kind of value.
  [[nodiscard]] std::optional<std::string> value_of(const syntax::Expr& value, std::string_view word, Holds holds);
  void wrong(DiagnosticKind kind, Span span, std::string message, std::string hint = {}) {
    diagnostics_.error(kind, span, std::move(message), std::move(hint));
    ok_ = false;
  }

  const syntax::Channel& channel_;
  CheckContext& context_;
  Diagnostics& diagnostics_;
  ChannelPlan plan_;
  bool ok_ = true;
  bool on_ = true;
};

void ChannelCheck::run() {
  const KindRule* kind = find_kind();
  if (kind == nullptr) return;
  plan_.kind = kind->kind;
  if (!can_name_a_file(channel_.name.text)) {
    wrong(DiagnosticKind::bad_constant, channel_.name.span,
          fmt::format("channel `{}`: the name of a channel has letters, digits, `_` and `-`", channel_.name.text),
          "files are named after it");
  }
  check_target(*kind);
  check_settings(*kind);
  const bool webhook = kind->kind == ChannelPlan::Kind::webhook;
  check_pairs(channel_.headers, "header", plan_.headers);
  check_pairs(channel_.options, "option", plan_.options);
  if (!webhook && !channel_.headers.empty()) {
    wrong(DiagnosticKind::other_clause, channel_.headers.front().name.span,
          fmt::format("`header` in a channel of kind `{}`", kind->word), "only a `webhook` has headers");
  }
  if (kind->kind != ChannelPlan::Kind::kafka && !channel_.options.empty()) {
    wrong(DiagnosticKind::other_clause, channel_.options.front().name.span,
          fmt::format("`option` in a channel of kind `{}`", kind->word), "options are those of Kafka's client");
  }
  if (channel_.body && !webhook) {
    wrong(DiagnosticKind::other_clause, channel_.kind.span, fmt::format("`body` in a channel of kind `{}`", kind->word),
          "only a `webhook` has one");
  }
  check_body();
  if (!ok_ || !on_ || channel_.broken) return;
  if (kind->kind == ChannelPlan::Kind::kafka) {
    return wrong(DiagnosticKind::not_supported, channel_.kind.span, "`kafka` is not supported yet");
  }
  context_.relations.define_channel(channel_.name, static_cast<ChannelId>(context_.plan.channels.size()));
  context_.plan.channels.push_back(std::move(plan_));
}

const KindRule* ChannelCheck::find_kind() {
  if (channel_.kind.text.empty()) return nullptr;    // did not parse
  std::vector<std::string_view> words;
  for (const KindRule& kind : kinds()) {
    if (kind.word == channel_.kind.text) return &kind;
    words.push_back(kind.word);
  }
  const std::string_view nearest = nearest_name(channel_.kind.text, words);
  wrong(DiagnosticKind::wrong_arguments, channel_.kind.span,
        fmt::format("unknown kind of channel `{}`", channel_.kind.text),
        nearest.empty() ? fmt::format("there are `{}`", fmt::join(words, "`, `")) : did_you_mean(nearest));
  return nullptr;
}

void ChannelCheck::check_target(const KindRule& kind) {
  const bool takes_one = !kind.target.empty();
  if (takes_one == channel_.target.has_value()) {
    if (!takes_one) return;
    plan_.target = channel_.target->text;
    on_ = !plan_.target.empty();
    return;
  }
  if (channel_.broken) return;
  if (takes_one) {
    wrong(DiagnosticKind::missing_clause, channel_.kind.span, fmt::format("`{}` without {}", kind.word, kind.target),
          fmt::format("write `{} \"…\"`", kind.word));
  } else {
    wrong(DiagnosticKind::wrong_arguments, channel_.target->span,
          fmt::format("`{}` takes no string right after it", kind.word),
          kind.settings.empty() ? "" : fmt::format("name it: `{} \"…\"`", kind.settings.front().word));
  }
}

void ChannelCheck::check_settings(const KindRule& kind) {
  std::vector<SettingRule> known = kind.settings;
  known.insert(known.end(), std::begin(kOfEach), std::end(kOfEach));
  if (kind.network) known.insert(known.end(), std::begin(kOfNetwork), std::end(kOfNetwork));
  for (const auto& setting : channel_.settings) check_setting(setting, known);
  if (channel_.broken) return;
  for (const SettingRule& rule : kind.settings) {
    const auto is_it = [&](const syntax::Channel::Setting& setting) { return setting.name.text == rule.word; };
    if (!rule.required || std::any_of(channel_.settings.begin(), channel_.settings.end(), is_it)) continue;
    wrong(DiagnosticKind::missing_clause, channel_.kind.span,
          fmt::format("channel `{}` has no `{}`", channel_.name.text, rule.word),
          fmt::format("write `{} {} \"…\"`", kind.word, rule.word));
  }
}

void ChannelCheck::check_setting(const syntax::Channel::Setting& setting, const std::vector<SettingRule>& known) {
  const auto rule =
      std::find_if(known.begin(), known.end(), [&](const SettingRule& one) { return one.word == setting.name.text; });
  if (rule == known.end()) {
    std::vector<std::string_view> words;
    for (const SettingRule& one : known) words.push_back(one.word);
    const std::string_view nearest = nearest_name(setting.name.text, words);
    return wrong(DiagnosticKind::wrong_arguments, setting.name.span,
                 fmt::format("a channel of kind `{}` has no `{}`", channel_.kind.text, setting.name.text),
                 nearest.empty() ? fmt::format("it has `{}`", fmt::join(words, "`, `")) : did_you_mean(nearest));
  }
  if (plan_.setting(rule->word) != nullptr) {
    return wrong(DiagnosticKind::duplicate_clause, setting.name.span, fmt::format("a second `{}`", rule->word),
                 "each setting stands once");
  }
  auto value = value_of(setting.value, rule->word, rule->holds);
  if (!value) return;
  if (rule->address && value->empty()) on_ = false;
  plan_.settings.emplace_back(rule->word, std::move(*value));
}

/// A message about a wrong value never shows it: it may be a secret.
std::optional<std::string> ChannelCheck::value_of(const syntax::Expr& value, std::string_view word, Holds holds) {
  using Kind = syntax::Expr::Kind;
  if (value.kind == Kind::poisoned) {
    ok_ = false;
    return std::nullopt;
  }
  const bool above_zero = value.integer > 0;
  switch (holds) {
    case Holds::text:
      if (value.kind == Kind::string) return value.text;
      wrong(DiagnosticKind::wrong_type, value.span, fmt::format("`{}` is a constant string", word));
      break;
    case Holds::count:
      if (value.kind == Kind::integer && above_zero) return std::to_string(value.integer);
      wrong(DiagnosticKind::wrong_type, value.span, fmt::format("`{}` is a whole number above 0", word));
      break;
    case Holds::duration:
      if (value.kind == Kind::duration && above_zero) return std::to_string(value.integer);
      wrong(DiagnosticKind::wrong_type, value.span, fmt::format("`{}` is a duration above 0", word));
      break;
  }
  return std::nullopt;
}

void ChannelCheck::check_pairs(const std::vector<syntax::Channel::Pair>& pairs, std::string_view word,
                               std::vector<ChannelPlan::Pair>& to) {
  for (const syntax::Channel::Pair& pair : pairs) {
    auto name = value_of(pair.name, word, Holds::text);
    auto value = value_of(pair.value, word, Holds::text);
    if (name && value) to.emplace_back(std::move(*name), std::move(*value));
  }
}

void ChannelCheck::check_body() {
  if (!channel_.body) return;
  for (const syntax::TemplatePart& part : *channel_.body) {
    if (!part.expr) {
      plan_.body += escaped(part.text);
      continue;
    }
    if (part.expr->kind == syntax::Expr::Kind::poisoned) {
      ok_ = false;
      continue;
    }
    const bool is_path = part.expr->kind == syntax::Expr::Kind::reference && !part.expr->index;
    const std::string field = is_path ? join_path(part.expr->path) : std::string();
    const auto& known = channel_fields();
    if (field.starts_with("values.") || std::find(known.begin(), known.end(), field) != known.end()) {
      plan_.body += fmt::format("${{{}}}", field);
      continue;
    }
    const std::string_view nearest = nearest_name(field, known);
    wrong(DiagnosticKind::unknown_field, part.expr->span,
          is_path ? fmt::format("an alert has no `{}`", field) : "only names stand in the body of a channel",
          nearest.empty() ? fmt::format("there are `{}` and `values.FIELD`", fmt::join(known, "`, `"))
                          : did_you_mean(nearest));
  }
}

}    // namespace

void check_channel(const syntax::Channel& channel, CheckContext& context) {
  ChannelCheck(channel, context).run();
}

}    // namespace cepheid::patterns
