#include "patterns/check/figures.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "patterns/check/scope.hpp"

namespace cepheid::patterns {

namespace {

using Is = FigureRule::Is;

class FigureCheck {
 public:
  FigureCheck(const FigureRule& rule, Diagnostics& diagnostics) : rule_(rule), diagnostics_(diagnostics) {}

  void run(const syntax::NamedFigure& figure) {
    if (rule_.is == Is::hours) return check_hours(figure);
    if (figure.to) return wrong(figure.to->span, "takes one number");
    if (auto* const* duration = std::get_if<DurationMs*>(&rule_.to)) {
      if (!figure.value.duration || figure.value.value <= 0) return wrong(figure.value.span, "is a duration above 0");
      **duration = static_cast<DurationMs>(figure.value.value);
      return;
    }
    if (auto* const* count = std::get_if<std::uint32_t*>(&rule_.to)) {
      const auto checked = check_count(figure.value, 1, fmt::format("`{}`", rule_.name), diagnostics_);
      if (checked) **count = *checked;
      return;
    }
    if (!in_range(figure.value)) return;
    if (auto* const* number = std::get_if<double*>(&rule_.to)) **number = figure.value.value;
    if (auto* const* number = std::get_if<std::optional<double>*>(&rule_.to)) **number = figure.value.value;
  }

 private:
  void wrong(Span span, std::string_view why) {
    diagnostics_.error(DiagnosticKind::wrong_arguments, span, fmt::format("`{}` {}", rule_.name, why));
  }

  bool in_range(const syntax::Figure& figure) {
    if (figure.duration) {
      wrong(figure.span, "is a number, not a duration");
    } else if (rule_.is == Is::risk && figure.value > 1) {
      wrong(figure.span, "is a risk: from 0 to 1");
    } else if (rule_.is == Is::above_zero && figure.value <= 0) {
      wrong(figure.span, "is above 0");
    } else {
      return true;
    }
    return false;
  }

  void check_hours(const syntax::NamedFigure& figure) {
    if (!figure.to || !figure.risk) {
      return wrong(figure.value.span, "takes hours and a risk: `2..6 0.2`");
    }
    for (const syntax::Figure& hour : {figure.value, *figure.to}) {
      if (!hour.whole || hour.value > 23) return wrong(hour.span, "takes hours from 0 to 23");
    }
    if (figure.risk->duration || figure.risk->value > 1) return wrong(figure.risk->span, "takes a risk from 0 to 1");
    auto& range = *std::get<FigureRule::HourRange*>(rule_.to);
    range.first = static_cast<std::uint32_t>(figure.value.value);
    range.last = static_cast<std::uint32_t>(figure.to->value);
    range.risk = figure.risk->value;
  }

  const FigureRule& rule_;
  Diagnostics& diagnostics_;
};

}    // namespace

void check_figures(const syntax::NamedFigures& figures, std::string_view clause, const std::vector<FigureRule>& rules,
                   Diagnostics& diagnostics) {
  std::set<std::string_view> seen;
  for (const syntax::NamedFigure& figure : figures) {
    const std::string& name = figure.name.text;
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const FigureRule& one) { return one.name == name; });
    if (rule == rules.end()) {
      std::vector<std::string_view> names;
      for (const FigureRule& one : rules) names.push_back(one.name);
      const std::string_view nearest = nearest_name(name, names);
      std::string hint = did_you_mean(nearest);
      if (nearest.empty() && !names.empty()) hint = fmt::format("it has `{}`", fmt::join(names, "`, `"));
      diagnostics.error(DiagnosticKind::wrong_arguments, figure.name.span,
                        fmt::format("`{}` has no `{}`", clause, name), std::move(hint));
    } else if (!seen.insert(name).second) {
      diagnostics.error(DiagnosticKind::duplicate_clause, figure.name.span, fmt::format("a second `{}`", name));
    } else {
      FigureCheck(*rule, diagnostics).run(figure);
    }
  }
}

std::optional<std::uint32_t> check_count(const syntax::Figure& figure, std::uint32_t least, std::string_view what,
                                         Diagnostics& diagnostics) {
  if (figure.whole && figure.value >= least && figure.value <= std::numeric_limits<std::uint32_t>::max()) {
    return static_cast<std::uint32_t>(figure.value);
  }
  diagnostics.error(DiagnosticKind::wrong_arguments, figure.span,
                    fmt::format("{} is a whole number of at least {}", what, least));
  return std::nullopt;
}

}    // namespace cepheid::patterns
