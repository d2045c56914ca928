#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "patterns/source/diagnostics.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/rule_file.hpp"
#include "runtime/http/http_client.hpp"
#include "runtime/serve/listen_address.hpp"
#include "runtime/serve/state_requests.hpp"

namespace cepheid::cli {

namespace {

constexpr int kOk = 200;
constexpr int kBadRequest = 400;
constexpr int kNotFound = 404;

struct Options {
  std::string rules;
  std::string state;
  std::vector<std::string> key;
  std::string server = ":8080";
  std::optional<std::size_t> limit;
};

/// The names of the key's fields of each state that a plan has.
struct KeyNames {
  std::string state;
  std::vector<std::string> fields;
};

std::vector<KeyNames> states_of(const patterns::Plan& plan) {
  std::vector<KeyNames> states;
  for (const patterns::TablePlan& table : plan.tables) {
    KeyNames& names = states.emplace_back(KeyNames{.state = table.name, .fields = {}});
    for (const std::uint32_t field : table.key) names.fields.push_back(table.layout->schema().fields()[field].name);
  }
  const auto add = [&](const std::string& name, const std::vector<nfa::NamedExpr>& key) {
    KeyNames& names = states.emplace_back(KeyNames{.state = name, .fields = {}});
    for (const nfa::NamedExpr& part : key) names.fields.push_back(part.name);
  };
  for (const patterns::Relation& relation : plan.relations) {
    if (const auto* aggregate = std::get_if<patterns::AggregatePlan>(&relation.body))
      add(relation.name, aggregate->key);
    if (const auto* rank = std::get_if<patterns::RankPlan>(&relation.body)) add(relation.name, rank->key);
  }
  return states;
}

std::string unknown(const std::string& name, const std::vector<KeyNames>& states) {
  std::vector<std::string_view> candidates;
  for (const KeyNames& names : states) candidates.push_back(names.state);
  const std::string_view nearest = patterns::nearest_name(name, candidates);
  return fmt::format("no table, aggregate or rank `{}`{}", name,
                     nearest.empty() ? "" : fmt::format("; did you mean `{}`?", nearest));
}

/// The query that asks for the key: `FIELD=VALUE` where FIELD is one of the key's, else a value of the next field.
Result<std::string> query_of(const KeyNames& names, const std::vector<std::string>& key) {
  std::string query;
  std::size_t next = 0;
  for (const std::string& part : key) {
    const std::size_t equals = part.find('=');
    const bool is_named =
        equals != std::string::npos && std::ranges::find(names.fields, part.substr(0, equals)) != names.fields.end();
    if (!is_named && next >= names.fields.size()) {
      return Error{fmt::format("`{}`: the key of `{}` has only {} fields", part, names.state, names.fields.size())};
    }
    const std::string field = is_named ? part.substr(0, equals) : names.fields[next++];
    query += fmt::format("&key.{}={}", runtime::url_encoded(field),
                         runtime::url_encoded(is_named ? part.substr(equals + 1) : part));
  }
  return query;
}

/// `HOST:PORT`, as `--serve` takes it, or a whole URL up to the path.
Result<std::string> base_url(const std::string& server) {
  if (server.starts_with("http://") || server.starts_with("https://")) {
    return server.ends_with('/') ? server.substr(0, server.size() - 1) : server;
  }
  const Result<runtime::ListenAddress> address = runtime::parse_listen_address(server);
  if (!address) return address.error();
  return "http://" + to_string(*address);
}

/// What an error's body says, or its status.
std::string message_of(const runtime::HttpAnswer& answer) {
  std::string_view body = answer.body;
  while (body.ends_with('\n')) body.remove_suffix(1);
  return fmt::format("the server answers {}{}{}", answer.status, body.empty() ? "" : ": ", body);
}

/// Prints all pages, each as it comes.
int print_pages(const std::string& url, std::optional<std::size_t> limit) {
  runtime::HttpClient client({.timeout = std::chrono::seconds(30), .max_body_bytes = 1 << 30, .asks_proxy = false});
  std::string after;
  std::size_t left = limit.value_or(std::string::npos);
  do {
    const std::size_t keys = std::min(left, runtime::kStatePageKeys);
    const Result<runtime::HttpAnswer> answer =
        client.get(fmt::format("{}&limit={}{}{}", url, keys, after.empty() ? "" : "&after=", after));
    if (!answer) {
      print_error(answer.error().message);
      return kFailed;
    }
    if (answer->status != kOk) {
      print_error(message_of(*answer));
      return answer->status == kBadRequest || answer->status == kNotFound ? kWrong : kFailed;
    }
    if (std::fwrite(answer->body.data(), 1, answer->body.size(), stdout) != answer->body.size()) {
      print_error("cannot write to standard output");
      return kFailed;
    }
    after = answer->next;
    left -= keys;
  } while (!after.empty() && left != 0);
  return std::fflush(stdout) == 0 ? kGood : kFailed;
}

int query(const Options& options) {
  const LoadedRules rules = load_rules(options.rules);
  if (rules.plan == nullptr) return kWrong;
  const std::vector<KeyNames> states = states_of(*rules.plan);
  const auto names = std::ranges::find(states, options.state, &KeyNames::state);
  if (names == states.end()) {
    print_error(unknown(options.state, states));
    return kWrong;
  }
  const Result<std::string> key = query_of(*names, options.key);
  const Result<std::string> base = base_url(options.server);
  if (!key || !base) {
    print_error(key ? fmt::format("--server: {}", base.error().message) : key.error().message);
    return kWrong;
  }
  return print_pages(fmt::format("{}/state/{}?{}", *base, runtime::url_encoded(options.state), *key), options.limit);
}

}    // namespace

Command add_query(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("query", "Ask a running job for the state of a table, aggregate or rank");
  command->add_option("RULES", options->rules, "The rule file that the job runs")->required();
  command->add_option("STATE", options->state, "The name of a table, aggregate or rank")->required();
  command->add_option("KEY", options->key,
                      "FIELD=VALUE or VALUE for fields of the key, from the first on; not all of them: all keys that\n"
                      "begin so; none: all keys");
  command->add_option("--server", options->server, "Where the job serves (`cepheid run --serve`); :8080 if not given")
      ->type_name("[ADDRESS]:PORT|URL");
  command->add_option("--limit", options->limit, "Print that many keys at most")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  command->footer(
      "Prints a JSON object {\"key\":{…},\"value\":{…}} a line, in the order of the keys; of a window a line for each\n"
      "that is open. A key that is not there is no error: nothing is printed.\n"
      "Exit status: 0 asked and answered, 1 no job answers there, 2 a wrong rule file, a name or value that does not "
      "fit,\nor wrong usage.");
  return [options] { return query(*options); };
}

}    // namespace cepheid::cli
