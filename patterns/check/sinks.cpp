#include <fmt/format.h>

#include "patterns/check/addresses.hpp"
#include "patterns/check/expressions.hpp"
#include "patterns/check/items.hpp"
#include "patterns/check/layouts.hpp"
#include "patterns/check/statements.hpp"
#include "patterns/check/texts.hpp"

namespace cepheid::patterns {

namespace {

class SinkCheck {
 public:
  SinkCheck(const syntax::Sink& sink, CheckContext& context)
      : sink_(sink), context_(context), diagnostics_(context.diagnostics) {}

  void run();

 private:
  [[nodiscard]] std::optional<SinkPlan::Input> check_input(const syntax::Name& name);
  /// What a target computes on the written rows of one input: its key and its text.
  void check_target(const syntax::Sink::To& to, const syntax::Name& name, SinkPlan::Input& input);
  void check_same_columns(const syntax::Sink::To& to);

  const syntax::Sink& sink_;
  CheckContext& context_;
  Diagnostics& diagnostics_;
  SinkPlan plan_;
  bool ok_ = true;
  bool expressions_ok_ = true;
};

void SinkCheck::run() {
  plan_.name = sink_.name.text;
  const syntax::Sink::To* chosen = nullptr;
  for (const auto& to : sink_.to) {
    auto address = check_address(to.address, diagnostics_);
    if (!address) {
      ok_ = false;
    } else if (address->on && chosen == nullptr) {
      chosen = &to;
      ok_ = check_supported(to.address, diagnostics_) && ok_;
      plan_.to = std::move(address->address);
    }
  }
  for (const syntax::Name& name : sink_.inputs) {
    auto input = check_input(name);
    if (!input) {
      ok_ = false;
      continue;
    }
    for (const auto& to : sink_.to) {
      SinkPlan::Input tried{.layout = input->layout};
      // Of rows whose `select` did not parse the fields are not known.
      if (expressions_ok_ && (sink_.select || !sink_.broken)) check_target(to, name, tried);
      if (&to != chosen) continue;
      input->text = std::move(tried.text);
      input->key = std::move(tried.key);
    }
    plan_.inputs.push_back(std::move(*input));
  }
  if (chosen == nullptr || !ok_ || !expressions_ok_ || sink_.broken) return;
  check_same_columns(*chosen);
  if (chosen->format && chosen->format->kind == syntax::Format::Kind::csv) plan_.format = SinkPlan::Format::csv;
  if (chosen->format && chosen->format->kind == syntax::Format::Kind::text) plan_.format = SinkPlan::Format::text;
  context_.plan.sinks.push_back(std::move(plan_));
}

std::optional<SinkPlan::Input> SinkCheck::check_input(const syntax::Name& name) {
  const auto target = context_.relations.find(name, diagnostics_);
  // An expression that is wrong on one input's rows is not shown again for the next.
  if (!target || !expressions_ok_) return std::nullopt;
  SinkPlan::Input input{.relation = target->id, .layout = target->layout};
  const Fields fields(target->layout->schema());
  const std::string where = fmt::format("stream `{}`", name.text);
  if (sink_.where) {
    input.where = check_condition(*sink_.where, RowScope(fields, where), diagnostics_);
    expressions_ok_ = input.where.has_value();
  }
  if (sink_.select) {
    Items items;
    expressions_ok_ =
        items.add(*sink_.select, RowScope(fields, where, &items), &fields, diagnostics_) && expressions_ok_;
    if (!expressions_ok_) return std::nullopt;
    Schema schema = items.schema();
    if (const std::string clash = find_nesting_clash(schema); !clash.empty()) {
      diagnostics_.error(
          DiagnosticKind::duplicate_name, sink_.name.span,
          fmt::format("`{}` is a field of what `{}` writes and has fields below it", clash, sink_.name.text));
      return std::nullopt;
    }
    input.layout = std::make_shared<const nfa::RowLayout>(std::move(schema));
    input.select = items.take();
  }
  if (!expressions_ok_) return std::nullopt;
  return input;
}

void SinkCheck::check_target(const syntax::Sink::To& to, const syntax::Name& name, SinkPlan::Input& input) {
  const Fields fields(input.layout->schema());
  const RowScope scope(fields, fmt::format("what `{}` writes of `{}`", sink_.name.text, name.text));
  for (const syntax::Expr& key : to.address.key) {
    Typed value = check_expression(key, scope, diagnostics_);
    expressions_ok_ = expressions_ok_ && value.ok;
    if (value.ok) input.key.push_back(std::move(value.expr));
  }
  if (!to.format) return;
  auto text = check_text(to.format->text, scope, diagnostics_);
  expressions_ok_ = expressions_ok_ && text.has_value();
  if (text) input.text = std::move(*text);
}

/// A CSV file has one header line.
void SinkCheck::check_same_columns(const syntax::Sink::To& to) {
  if (!to.format || to.format->kind != syntax::Format::Kind::csv) return;
  const auto columns = [](const SinkPlan::Input& input) {
    std::vector<std::string> names;
    for (const Field& field : input.layout->schema().fields()) {
      if (!field.presence) names.push_back(field.name);
    }
    return names;
  };
  for (std::size_t i = 1; i < plan_.inputs.size(); ++i) {
    if (columns(plan_.inputs[i]) == columns(plan_.inputs.front())) continue;
    diagnostics_.error(DiagnosticKind::wrong_type, to.format->span,
                       fmt::format("`{}` and `{}` have different fields, and a CSV file has one header line",
                                   sink_.inputs.front().text, sink_.inputs[i].text),
                       "`select` the same fields of both, or write two files");
    return;
  }
}

}    // namespace

void check_sink(const syntax::Sink& sink, CheckContext& context) {
  SinkCheck(sink, context).run();
}

}    // namespace cepheid::patterns
