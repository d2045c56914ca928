#include "patterns/check/relations.hpp"

#include <fmt/format.h>

#include "patterns/check/scope.hpp"

namespace cepheid::patterns {

namespace {

const syntax::Name& name_of_statement(const syntax::Statement& statement) {
  return std::visit([](const auto& body) -> const syntax::Name& { return body.name; }, statement);
}

}    // namespace

std::vector<const syntax::Name*> inputs_of(const syntax::Statement& statement) {
  std::vector<const syntax::Name*> inputs;
  const auto add = [&inputs](const std::vector<syntax::Name>& names) {
    for (const syntax::Name& name : names) inputs.push_back(&name);
  };
  if (const auto* derived = std::get_if<syntax::Derived>(&statement)) {
    add(derived->inputs);
    for (const auto& stage : derived->stages) {
      if (stage.kind == syntax::Derived::Stage::Kind::lookup) inputs.push_back(&stage.lookup.table);
    }
  }
  if (const auto* pattern = std::get_if<syntax::Pattern>(&statement)) add(pattern->inputs);
  if (const auto* sink = std::get_if<syntax::Sink>(&statement)) add(sink->inputs);
  if (const auto* table = std::get_if<syntax::Table>(&statement)) add(table->latest_from);
  if (const auto* aggregate = std::get_if<syntax::Aggregate>(&statement)) add(aggregate->inputs);
  if (const auto* rank = std::get_if<syntax::Rank>(&statement)) add(rank->inputs);
  if (const auto* fraud = std::get_if<syntax::Fraud>(&statement)) {
    add(fraud->inputs);
    for (const syntax::FraudList& list : fraud->lists) inputs.push_back(&list.table);
  }
  if (const auto* test = std::get_if<syntax::Test>(&statement)) {
    for (const syntax::Test::Rows& rows : test->given) inputs.push_back(&rows.name);
    for (const syntax::Test::Rows& rows : test->expect) inputs.push_back(&rows.name);
  }
  if (const auto* alert = std::get_if<syntax::Alert>(&statement)) {
    add(alert->inputs);
    add(alert->notify);
    for (const syntax::Escalation& escalation : alert->escalations) add(escalation.to);
  }
  if (const auto* alert = std::get_if<syntax::MetricsAlert>(&statement)) add(alert->notify);
  if (const auto* join = std::get_if<syntax::Join>(&statement)) {
    for (const auto& side : join->sides) inputs.push_back(&side.input);
  }
  return inputs;
}

Relations::Relations(const syntax::File& file, Diagnostics& diagnostics) : file_(file) {
  for (const syntax::Statement& statement : file.statements) {
    declare(name_of_statement(statement), statement, diagnostics);
    const auto* stream = std::get_if<syntax::Stream>(&statement);
    if (stream == nullptr) continue;
    if (stream->late_to) declare(*stream->late_to, statement, diagnostics);
    if (stream->invalid_to) declare(*stream->invalid_to, statement, diagnostics);
  }
}

void Relations::declare(const syntax::Name& name, const syntax::Statement& owner, Diagnostics& diagnostics) {
  if (name.text.empty()) return;    // did not parse
  Entry entry{.span = name.span, .owner = &owner, .target = {}, .table = {}, .channel = {}};
  const auto [at, is_new] = entries_.emplace(name.text, std::move(entry));
  if (is_new) return;
  const auto first = diagnostics.source().place(at->second.span.begin);
  diagnostics.error(DiagnosticKind::duplicate_name, name.span, fmt::format("a second `{}`", name.text),
                    fmt::format("the first is in line {}", first.line));
}

std::vector<const syntax::Statement*> Relations::in_order(Diagnostics& diagnostics) {
  enum class Visit : std::uint8_t { unseen, open, done };
  std::map<const syntax::Statement*, Visit> visits;
  struct Frame {
    const syntax::Statement* statement;
    std::vector<const syntax::Name*> inputs;
    std::size_t next = 0;
  };
  std::vector<const syntax::Statement*> order;
  std::vector<Frame> path;    // not recursion: a chain of statements may be as long as the file
  const auto open = [&](const syntax::Statement& statement) {
    visits[&statement] = Visit::open;
    path.push_back({&statement, inputs_of(statement)});
  };
  const auto report_circle = [&](const syntax::Name& closing, const syntax::Statement* owner) {
    constexpr std::size_t kShown = 8;    // statements of a circle that are named
    std::string circle;
    std::size_t length = 0;
    for (const Frame& frame : path) {
      if (length == 0 && frame.statement != owner) continue;
      if (++length <= kShown) circle += fmt::format("`{}` reads ", name_of_statement(*frame.statement).text);
    }
    if (length > kShown) circle += "… reads ";
    diagnostics.error(DiagnosticKind::cycle, closing.span, fmt::format("{}`{}`: a circle", circle, closing.text));
  };

  for (const syntax::Statement& root : file_.statements) {
    if (visits[&root] != Visit::unseen) continue;
    open(root);
    while (!path.empty()) {
      Frame& frame = path.back();
      if (frame.next == frame.inputs.size()) {
        visits[frame.statement] = Visit::done;
        order.push_back(frame.statement);
        path.pop_back();
        continue;
      }
      const syntax::Name& input = *frame.inputs[frame.next++];
      const auto entry = entries_.find(input.text);
      if (entry == entries_.end()) continue;
      const syntax::Statement* owner = entry->second.owner;
      if (visits[owner] == Visit::open) report_circle(input, owner);
      if (visits[owner] == Visit::unseen) open(*owner);
    }
  }
  return order;
}

std::string_view Relations::why_no_rows(const Entry& entry) {
  if (is<syntax::Sink>(entry)) return "is a sink: it has no rows to read";
  if (is<syntax::Table>(entry)) return "is a table: it is read by `lookup`";
  if (is<syntax::Channel>(entry)) return "is a channel: it has no rows to read";
  if (is<syntax::MetricsAlert>(entry)) return "is an alert on metrics: it has no rows to read";
  return {};
}

std::optional<Relations::Target> Relations::find(const syntax::Name& name, Diagnostics& diagnostics) const {
  if (name.text.empty()) return std::nullopt;
  const auto found = entries_.find(name.text);
  if (found != entries_.end()) {
    if (const std::string_view why = why_no_rows(found->second); !why.empty()) {
      diagnostics.error(DiagnosticKind::unknown_stream, name.span, fmt::format("`{}` {}", name.text, why));
    }
    return found->second.target;
  }
  std::vector<std::string_view> names;
  for (const auto& [known, entry] : entries_) {
    if (why_no_rows(entry).empty()) names.push_back(known);
  }
  diagnostics.error(DiagnosticKind::unknown_stream, name.span, fmt::format("unknown stream `{}`", name.text),
                    did_you_mean(nearest_name(name.text, names)));
  return std::nullopt;
}

std::optional<TableId> Relations::find_table(const syntax::Name& name, Diagnostics& diagnostics) const {
  if (name.text.empty()) return std::nullopt;
  const auto found = entries_.find(name.text);
  if (found != entries_.end()) {
    if (!is<syntax::Table>(found->second) && !is<syntax::UnknownStatement>(found->second)) {
      diagnostics.error(DiagnosticKind::unknown_table, name.span, fmt::format("`{}` is no table", name.text),
                        "`table … latest from` keeps the last row of each key of a stream");
    }
    return found->second.table;
  }
  std::vector<std::string_view> names;
  for (const auto& [known, entry] : entries_) {
    if (is<syntax::Table>(entry)) names.push_back(known);
  }
  diagnostics.error(DiagnosticKind::unknown_table, name.span, fmt::format("unknown table `{}`", name.text),
                    did_you_mean(nearest_name(name.text, names)));
  return std::nullopt;
}

bool Relations::is_table(const syntax::Name& name) const {
  const auto found = entries_.find(name.text);
  return found != entries_.end() && is<syntax::Table>(found->second);
}

Relations::ChannelTarget Relations::find_channel(const syntax::Name& name, Diagnostics& diagnostics) const {
  if (name.text.empty()) return {};
  const auto found = entries_.find(name.text);
  if (found != entries_.end() && is<syntax::Channel>(found->second)) return {true, found->second.channel};
  if (found != entries_.end()) {
    if (!is<syntax::UnknownStatement>(found->second)) {
      diagnostics.error(DiagnosticKind::unknown_channel, name.span, fmt::format("`{}` is no channel", name.text));
    }
    return {};
  }
  std::vector<std::string_view> names;
  for (const auto& [known, entry] : entries_) {
    if (is<syntax::Channel>(entry)) names.push_back(known);
  }
  diagnostics.error(DiagnosticKind::unknown_channel, name.span, fmt::format("unknown channel `{}`", name.text),
                    did_you_mean(nearest_name(name.text, names)));
  return {};
}

Relations::Entry* Relations::own_entry(const syntax::Name& name) {
  const auto entry = entries_.find(name.text);
  return entry == entries_.end() || entry->second.span.begin != name.span.begin ? nullptr : &entry->second;
}

void Relations::define(const syntax::Name& name, RelationId id, std::shared_ptr<const nfa::RowLayout> layout) {
  if (Entry* entry = own_entry(name)) entry->target = Target{id, std::move(layout)};
}

void Relations::define_table(const syntax::Name& name, TableId id) {
  if (Entry* entry = own_entry(name)) entry->table = id;
}

void Relations::define_channel(const syntax::Name& name, ChannelId id) {
  if (Entry* entry = own_entry(name)) entry->channel = id;
}

}    // namespace cepheid::patterns
