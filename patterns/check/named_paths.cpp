#include "patterns/check/named_paths.hpp"

#include <algorithm>
#include <variant>

namespace cepheid::patterns {

namespace {

class Collector {
 public:
  void operator()(const syntax::Stream& stream) {
    for (const syntax::Path& path : stream.require) add(path);
  }
  void operator()(const syntax::Derived& derived) {
    for (const auto& stage : derived.stages) {
      add(stage.where);
      add(stage.select);
      if (stage.lookup.as_of) add(*stage.lookup.as_of);
      add(stage.lookup.key);
    }
  }
  void operator()(const syntax::Table&) {}
  void operator()(const syntax::Aggregate& aggregate) {
    add(aggregate.key);
    if (aggregate.select) add(*aggregate.select);
    if (aggregate.having) add(*aggregate.having);
  }
  void operator()(const syntax::Join& join) {
    if (join.on) add(*join.on);
    if (join.select) add(*join.select);
  }
  void operator()(const syntax::Rank& rank) {
    add(rank.key);
    if (rank.id) add(*rank.id);
    if (rank.leave) add(*rank.leave);
    add(rank.entry);
    for (const syntax::Order& order : rank.by) add(order.value);
    if (rank.select) add(*rank.select);
  }
  void operator()(const syntax::Pattern& pattern) {
    for (const syntax::Expr& expr : pattern.key) add(expr);
    if (pattern.when) add(*pattern.when);
    if (pattern.sequence) add(*pattern.sequence);
    if (pattern.emit) add(*pattern.emit);
    if (pattern.timeout_emit) add(*pattern.timeout_emit);
  }
  void operator()(const syntax::Sink& sink) {
    if (sink.where) add(*sink.where);
    if (sink.select) add(*sink.select);
    for (const auto& to : sink.to) {
      for (const syntax::Expr& expr : to.address.key) add(expr);
      if (to.format) add(to.format->text);
    }
  }
  void operator()(const syntax::Fraud& fraud) {
    add(fraud.key);
    add(fraud.roles);
    for (const syntax::FraudList& list : fraud.lists) add(list.key);
    if (fraud.model) add(fraud.model->features);
  }
  void operator()(const syntax::Alert& alert) {
    if (alert.when) add(*alert.when);
    if (alert.severity) add(*alert.severity);
    if (alert.dedupe) add(alert.dedupe->by);
    if (alert.group) add(alert.group->by);
    if (alert.resolve && alert.resolve->when) add(*alert.resolve->when);
    if (alert.title) add(*alert.title);
    if (alert.body) add(*alert.body);
    if (alert.select) add(*alert.select);
  }
  void operator()(const syntax::MetricsAlert&) {}
  void operator()(const syntax::Channel&) {}
  void operator()(const syntax::Test&) {}
  void operator()(const syntax::UnknownStatement&) {}

  std::set<std::string, std::less<>> take() { return std::move(names_); }

 private:
  void add(const syntax::Path& path) {
    if (!path.parts.empty()) names_.insert(path.parts.back().text);
  }
  void add(const syntax::Expr& expr) {
    if (expr.kind == syntax::Expr::Kind::reference) add(expr.path);
    for (const syntax::Expr& arg : expr.args) add(arg);
    add(expr.items);
    if (expr.by) add(*expr.by);
    if (expr.where) add(*expr.where);
  }
  void add(const std::vector<syntax::Item>& items) {
    for (const syntax::Item& item : items) add(item.value);
  }
  void add(const std::vector<syntax::Expr>& exprs) {
    for (const syntax::Expr& expr : exprs) add(expr);
  }
  void add(const std::vector<syntax::TemplatePart>& text) {
    for (const syntax::TemplatePart& part : text) {
      if (part.expr) add(*part.expr);
    }
  }
  void add(const syntax::Sequence& sequence) {
    for (const syntax::Element& element : sequence.elements) {
      for (const syntax::Modifier& modifier : element.modifiers) add(modifier.expr);
      if (element.group) add(*element.group);
    }
  }

  std::set<std::string, std::less<>> names_;
};

}    // namespace

std::set<std::string, std::less<>> last_parts_of_paths(const syntax::File& file) {
  Collector collector;
  for (const syntax::Statement& statement : file.statements) std::visit(collector, statement);
  return collector.take();
}

bool writes_whole_rows(const syntax::File& file) {
  return std::ranges::any_of(file.statements, [](const syntax::Statement& statement) {
    const auto* sink = std::get_if<syntax::Sink>(&statement);
    if (sink == nullptr) return false;
    const auto is_star = [](const syntax::Item& item) { return item.kind == syntax::Item::Kind::star; };
    return !sink->select || std::ranges::any_of(*sink->select, is_star);
  });
}

}    // namespace cepheid::patterns
