#include "runtime/testing/rule_test.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "runtime/codec/decoder.hpp"
#include "runtime/io/in_memory.hpp"
#include "runtime/stream/job.hpp"
#include "runtime/testing/row_matching.hpp"

namespace cepheid::runtime {

namespace {

using patterns::RelationId;
using patterns::TestPlan;
using patterns::TestRow;

// Rows shown with a failure.
constexpr std::size_t kMostShown = 5;

/// A sink for each relation that the test looks at; `looked_at` are these, in order.
std::vector<patterns::SinkPlan> sinks_for(const patterns::Plan& from, const TestPlan& test,
                                          std::vector<RelationId>& looked_at) {
  std::vector<patterns::SinkPlan> sinks;
  for (const TestPlan::Expect& expect : test.expect) {
    if (std::ranges::find(looked_at, expect.relation) != looked_at.end()) continue;
    looked_at.push_back(expect.relation);
    patterns::SinkPlan& sink = sinks.emplace_back();
    sink.name = from.relations[expect.relation].name;
    sink.inputs.push_back({.relation = expect.relation,
                           .where = std::nullopt,
                           .select = std::nullopt,
                           .layout = from.relations[expect.relation].layout,
                           .text = {},
                           .key = {}});
  }
  return sinks;
}

/// One row, decoded as its stream or table decodes it.
Result<nfa::Batch> decode(const TestRow& row, RowTarget target) {
  Decoded decoded(target.layout);
  std::string bytes = row.json;
  const std::size_t size = bytes.size();
  bytes.append(kDecodePadding, ' ');
  make_json_decoder(std::move(target))->decode(std::string_view(bytes).substr(0, size), true, 2, decoded);
  if (!decoded.invalid.empty()) return Error{decoded.invalid.front().reason};
  if (decoded.rows.size() != 1) return Error{"it is not one row"};
  return std::move(decoded.rows);
}

/// A test at work.
class Run {
 public:
  Run(const std::shared_ptr<const patterns::Plan>& plan, const TestPlan& test, const std::string& folder,
      const std::function<TimeMs()>& now)
      : test_(test), now_(now), plan_(plan), sinks_(sinks_for(*plan, test, looked_at_)), outputs_(looked_at_.size()) {
    std::vector<std::unique_ptr<Sink>> sinks;
    for (std::string& output : outputs_) sinks.push_back(make_text_sink(output));
    JobContext context{.now = now};
    context.folder = folder;
    context.other_sinks = &sinks_;
    for (const TestPlan::Given& given : test.given) {
      if (given.table) context.given_tables.push_back(*given.table);
    }
    job_.emplace(plan_, std::vector<JobInput>(), std::move(sinks), std::move(context));
  }

  std::vector<TestFailure> failures() {
    feed();
    if (failures_.empty()) compare();
    return std::move(failures_);
  }

 private:
  void feed() {
    std::set<RelationId> streams;
    for (const TestPlan::Given& given : test_.given) {
      if (!given.table) streams.insert(given.source);
    }
    const std::vector<RelationId> fed(streams.begin(), streams.end());
    // Tables are whole before the first row of a stream.
    for (const TestPlan::Given& given : test_.given) {
      if (given.table) give_to_table(given);
    }
    note(job_->start(fed, {}));
    for (const TestPlan::Given& given : test_.given) {
      if (!given.table) give_to_stream(given);
    }
    note(job_->end());
  }

  void give_to_table(const TestPlan::Given& given) {
    const patterns::TablePlan& table = plan_->tables[*given.table];
    for (const TestRow& row : given.rows) {
      const Result<nfa::Batch> decoded =
          decode(row, {.layout = table.layout, .time_field = std::nullopt, .required = {}});
      if (!decoded) {
        fail(row.line, row.column, fmt::format("no row of table `{}`: {}", table.name, decoded.error().message));
      } else {
        job_->put(*given.table, decoded->row(0));
      }
    }
  }

  void give_to_stream(const TestPlan::Given& given) {
    const patterns::Relation& relation = plan_->relations[given.source];
    const auto& source = std::get<patterns::SourcePlan>(relation.body);
    for (const TestRow& row : given.rows) {
      Result<nfa::Batch> decoded =
          decode(row, {.layout = relation.layout, .time_field = source.time_field, .required = source.required});
      if (!decoded) {
        fail(row.line, row.column, fmt::format("no row of `{}`: {}", relation.name, decoded.error().message));
        continue;
      }
      if (!source.time_field) decoded->set_time(0, now_());
      note(job_->give(given.source, *decoded, 0, 1));
    }
  }

  void compare() {
    for (std::size_t i = 0; i < looked_at_.size(); ++i) {
      const std::vector<std::string_view> rows = lines_of(outputs_[i]);
      for (const TestPlan::Expect& expect : test_.expect) {
        if (expect.relation == looked_at_[i]) compare(expect, rows);
      }
    }
  }

  void compare(const TestPlan::Expect& expect, const std::vector<std::string_view>& rows) {
    const std::string& name = plan_->relations[expect.relation].name;
    if (expect.rows.empty()) {
      if (!rows.empty()) {
        fail(expect.line, expect.column, fmt::format("`{}` gives {} rows, not none{}", name, rows.size(), shown(rows)));
      }
      return;
    }
    std::vector<std::string_view> wanted;
    for (const TestRow& row : expect.rows) wanted.push_back(row.json);
    const std::vector<std::optional<std::size_t>> found = match_rows(wanted, rows);
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (found[i]) continue;
      fail(expect.rows[i].line, expect.rows[i].column,
           fmt::format("`{}` gives no such row{}", name, rows.empty() ? ": it gives none" : shown(rows)));
    }
  }

  static std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      lines.push_back(text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
  }

  static std::string shown(const std::vector<std::string_view>& rows) {
    std::string text = "; it gives";
    for (std::size_t i = 0; i < std::min(rows.size(), kMostShown); ++i) text += fmt::format("\n    {}", rows[i]);
    if (rows.size() > kMostShown) text += fmt::format("\n    and {} more", rows.size() - kMostShown);
    return text;
  }

  void fail(std::uint32_t line, std::uint32_t column, std::string message) {
    failures_.push_back({.line = line, .column = column, .message = std::move(message)});
  }
  void note(const Result<void>& done) {
    if (!done) fail(0, 0, done.error().message);
  }

  const TestPlan& test_;
  const std::function<TimeMs()>& now_;
  std::vector<RelationId> looked_at_;    // in the order of the sinks
  std::shared_ptr<const patterns::Plan> plan_;
  std::vector<patterns::SinkPlan> sinks_;
  std::vector<std::string> outputs_;
  std::optional<Job> job_;
  std::vector<TestFailure> failures_;
};

}    // namespace

std::vector<TestFailure> run_rule_test(const std::shared_ptr<const patterns::Plan>& plan, const TestPlan& test,
                                       const std::string& folder, const std::function<TimeMs()>& now) {
  return Run(plan, test, folder, now).failures();
}

}    // namespace cepheid::runtime
