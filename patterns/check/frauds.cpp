#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "nfa/expr/constants.hpp"
#include "patterns/check/assignments.hpp"
#include "patterns/check/expressions.hpp"
#include "patterns/check/figures.hpp"
#include "patterns/check/fraud_rows.hpp"
#include "patterns/check/inputs.hpp"
#include "patterns/check/keys.hpp"
#include "patterns/check/lookups.hpp"
#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

namespace {

using Is = FigureRule::Is;

/// By FraudCategory, as `combine weighted` names them.
constexpr std::array<std::string_view, kFraudCategories> kCategories = {
    "velocity",     "location",   "amount", "behaviour", "time", "travel", "dormant",
    "round_amount", "first_seen", "value",  "spread",    "list", "model"};

class FraudCheck : private InputsCheck<FraudPlan> {
 public:
  FraudCheck(const syntax::Fraud& fraud, Inputs inputs, CheckContext& context)
      : InputsCheck(std::move(inputs), context), fraud_(fraud) {}

  void run();

 private:
  void check_key();
  void check_roles();
  void check_zone();
  // Clauses of figures only, and those with more.
  void check_plain_categories();
  void check_behaviour_and_time();
  void check_first_seen();
  void check_velocity();
  void check_value();
  void check_spread();
  void check_lists();
  void check_model();
  void check_history();
  void check_combine();
  void check_levels();
  /// What the categories that are on ask for.
  void check_needs();
  void need(const std::optional<nfa::TypedExpr>& role, std::string_view name, std::string_view clause);

  void figures(const syntax::NamedFigures& written, std::string_view clause, const std::vector<FigureRule>& rules) {
    check_figures(written, clause, rules, diagnostics_);
  }
  [[nodiscard]] bool is_window(const syntax::DurationValue& duration) {
    if (duration.ms > 0) return true;
    wrong(DiagnosticKind::window, duration.span, "a duration above 0 is needed");
    return false;
  }

  const syntax::Fraud& fraud_;
  std::set<std::string, std::less<>> given_roles_;    // also wrong ones
};

void FraudCheck::run() {
  check_key();
  check_roles();
  check_zone();
  check_plain_categories();
  check_behaviour_and_time();
  check_first_seen();
  check_velocity();
  check_value();
  check_spread();
  check_lists();
  check_model();
  check_history();
  check_combine();
  check_levels();
  check_needs();
  plan_.facts = facts_of(plan_.rules);
  auto layout = layout_of_score(plan_.input_layout->schema(), plan_.rules, plan_.facts, fraud_.name, diagnostics_);
  // Whatever else is wrong: with right fields, what reads the score can be checked.
  if (layout == nullptr || fraud_.broken) return;
  add_relation(fraud_.name, std::move(layout), std::move(plan_), context_);
}

void FraudCheck::check_key() {
  if (fraud_.key.empty() && !fraud_.broken) {
    wrong(DiagnosticKind::missing_clause, fraud_.name.span, fmt::format("fraud `{}` has no `key`", fraud_.name.text),
          "`key user_id` tells whose history a row is scored against");
  }
  plan_.key = key_values(fraud_.key, scope(), diagnostics_);
}

void FraudCheck::check_roles() {
  struct Role {
    std::string_view name;
    Type type;
    std::optional<nfa::TypedExpr>* to;
  };
  FraudPlan::Roles& roles = plan_.roles;
  const Role kRoles[] = {
      {"type", Type::string(), &roles.type},          {"amount", Type::float64(), &roles.amount},
      {"latitude", Type::float64(), &roles.latitude}, {"longitude", Type::float64(), &roles.longitude},
      {"merchant", Type::string(), &roles.merchant},  {"device", Type::string(), &roles.device},
      {"country", Type::string(), &roles.country}};
  std::vector<std::string_view> names;
  for (const Role& role : kRoles) names.push_back(role.name);
  for (const syntax::Item& item : fraud_.roles) {
    Typed value = check_expression(item.value, scope(), diagnostics_);
    const auto* role =
        std::find_if(std::begin(kRoles), std::end(kRoles), [&](const Role& one) { return one.name == item.name.text; });
    if (role == std::end(kRoles)) {
      const std::string_view nearest = nearest_name(item.name.text, names);
      wrong(DiagnosticKind::wrong_arguments, item.name.span, fmt::format("there is no role `{}`", item.name.text),
            nearest.empty() ? fmt::format("there are `{}`", fmt::join(names, "`, `")) : did_you_mean(nearest));
      continue;
    }
    if (!given_roles_.insert(item.name.text).second) {
      wrong(DiagnosticKind::duplicate_name, item.name.span, fmt::format("`{}` is named twice", item.name.text));
      continue;
    }
    if (!value.ok) continue;
    *role->to = fit_to(std::move(value), role->type, fmt::format("role `{}`", role->name), diagnostics_);
  }
}

void FraudCheck::check_zone() {
  if (!fraud_.zone || fraud_.zone->kind != syntax::Expr::Kind::string) return;
  plan_.rules.zone = fraud_.zone->text;
  if (nfa::is_known_zone(plan_.rules.zone)) return;
  wrong(DiagnosticKind::bad_constant, fraud_.zone->span, fmt::format("unknown time zone `{}`", plan_.rules.zone),
        "a name such as `UTC` or `Asia/Seoul`");
}

void FraudCheck::check_plain_categories() {
  FraudRules& rules = plan_.rules;
  if (fraud_.location) {
    FraudLocation& location = rules.location.emplace();
    figures(*fraud_.location, "location",
            {{"farther_than", Is::not_negative, &location.farther_than_km},
             {"full_risk", Is::above_zero, &location.full_risk_km}});
  }
  if (fraud_.amount) {
    FraudAmount& amount = rules.amount.emplace();
    figures(*fraud_.amount, "amount",
            {{"z_score", Is::not_negative, &amount.z_score},
             {"full_risk", Is::above_zero, &amount.full_risk_z},
             {"deviation_from", Is::above_zero, &amount.deviation_from},
             {"assumed_deviation", Is::not_negative, &amount.assumed_deviation}});
    if (amount.deviation_from < 2) {
      for (const syntax::NamedFigure& figure : *fraud_.amount) {
        if (figure.name.text != "deviation_from") continue;
        wrong(DiagnosticKind::wrong_arguments, figure.value.span, "`deviation_from` is a whole number of at least 2");
      }
    }
  }
  if (fraud_.travel) {
    FraudTravel& travel = rules.travel.emplace();
    figures(*fraud_.travel, "travel",
            {{"faster_than", Is::not_negative, &travel.faster_than_km_h}, {"risk", Is::risk, &travel.risk}});
  }
  if (fraud_.round_amount) {
    FraudRoundAmount& round = rules.round_amount.emplace();
    figures(*fraud_.round_amount, "round_amount",
            {{"multiple", Is::above_zero, &round.multiple},
             {"at_least", Is::not_negative, &round.at_least},
             {"risk", Is::risk, &round.risk}});
  }
  if (fraud_.dormant) {
    FraudDormant& dormant = rules.dormant.emplace();
    dormant.idle_ms = fraud_.dormant->duration.ms;
    figures(fraud_.dormant->figures, "dormant",
            {{"risk", Is::risk, &dormant.risk}, {"remember", Is::above_zero, &dormant.remember_ms}});
    if (is_window(fraud_.dormant->duration) && dormant.remember_ms != 0 && dormant.remember_ms < dormant.idle_ms) {
      wrong(DiagnosticKind::window, fraud_.dormant->duration.span,
            "an account is remembered for less than it must be idle", "`remember` is at least as long");
    }
  }
}

void FraudCheck::check_behaviour_and_time() {
  if (fraud_.behaviour) {
    FraudBehaviour& behaviour = plan_.rules.behaviour.emplace();
    figures(*fraud_.behaviour, "behaviour",
            {{"hours", Is::risk, &behaviour.unseen_hour_risk}, {"unseen_type", Is::risk, &behaviour.unseen_type_risk}});
  }
  if (fraud_.time) {
    FraudTime& time = plan_.rules.time.emplace();
    FigureRule::HourRange night;
    figures(*fraud_.time, "time", {{"night", Is::hours, &night}, {"weekend", Is::risk, &time.weekend_risk}});
    if (night.first) time.night = {.first_hour = *night.first, .last_hour = night.last, .risk = night.risk};
  }
}

void FraudCheck::check_first_seen() {
  if (!fraud_.first_seen) return;
  FraudFirstSeen& seen = plan_.rules.first_seen.emplace();
  figures(*fraud_.first_seen, "first_seen",
          {{"merchant", Is::risk, &seen.merchant_risk},
           {"device", Is::risk, &seen.device_risk},
           {"country", Is::risk, &seen.country_risk}});
}

void FraudCheck::check_velocity() {
  if (!fraud_.velocity) return;
  FraudVelocity& velocity = plan_.rules.velocity.emplace();
  for (const syntax::DurationValue& window : fraud_.velocity->windows) {
    if (is_window(window)) velocity.windows_ms.push_back(window.ms);
  }
  std::set<std::string_view> seen;
  for (const syntax::Velocity::Limits& limits : fraud_.velocity->limits) {
    std::vector<std::uint32_t> counts;
    for (const syntax::Figure& figure : limits.counts) {
      if (const auto count = check_count(figure, 1, "a limit", diagnostics_)) counts.push_back(*count);
    }
    if (limits.counts.size() != fraud_.velocity->windows.size()) {
      wrong(DiagnosticKind::wrong_arguments, limits.span,
            fmt::format("{} limits of `{}` for {} windows", limits.counts.size(), limits.type.text,
                        fraud_.velocity->windows.size()),
            "one limit for each window");
    }
    if (!seen.insert(limits.type.text).second) {
      wrong(DiagnosticKind::duplicate_name, limits.type.span, fmt::format("limits of `{}` twice", limits.type.text));
    }
    if (limits.type.text == "default") {
      velocity.default_limits = std::move(counts);
    } else {
      velocity.limits.push_back({limits.type.text, std::move(counts)});
    }
  }
  figures(fraud_.velocity->figures, "velocity", {{"risk_at_limit", Is::above_zero, &velocity.risk_at_limit}});
}

void FraudCheck::check_value() {
  if (!fraud_.value) return;
  FraudValue& value = plan_.rules.value.emplace();
  value.of_same_type = fraud_.value->same_type;
  for (const syntax::Windowed::Window& window : fraud_.value->windows) {
    if (window.limit.duration || window.limit.value <= 0) {
      wrong(DiagnosticKind::wrong_arguments, window.limit.span, "the limit of a sum is a number above 0");
    }
    if (is_window(window.duration)) value.windows.push_back({window.duration.ms, window.limit.value});
  }
  figures(fraud_.value->figures, "value", {{"risk_at_limit", Is::above_zero, &value.risk_at_limit}});
}

void FraudCheck::check_spread() {
  if (!fraud_.spread) return;
  constexpr std::string_view kOf[] = {"merchants", "devices", "countries"};    // by FraudSpread::Of
  FraudSpread& spread = plan_.rules.spread.emplace();
  for (const syntax::Windowed::Window& window : fraud_.spread->windows) {
    const auto limit = check_count(window.limit, 1, "the limit of a spread", diagnostics_);
    const auto* of = std::find(std::begin(kOf), std::end(kOf), window.of ? window.of->text : "");
    if (of == std::end(kOf)) {
      const Span place = window.of ? window.of->span : window.duration.span;
      const std::string_view nearest = nearest_name(window.of ? window.of->text : "", {std::begin(kOf), std::end(kOf)});
      wrong(DiagnosticKind::wrong_arguments, place,
            fmt::format("there is no spread of `{}`", window.of ? window.of->text : ""),
            nearest.empty() ? fmt::format("there are `{}`", fmt::join(kOf, "`, `")) : did_you_mean(nearest));
      continue;
    }
    if (!is_window(window.duration) || !limit) continue;
    spread.windows.push_back({static_cast<FraudSpread::Of>(of - std::begin(kOf)), window.duration.ms, *limit});
  }
  figures(fraud_.spread->figures, "spread", {{"risk_at_limit", Is::above_zero, &spread.risk_at_limit}});
}

void FraudCheck::check_lists() {
  if (fraud_.lists.size() > kMaxFraudLists) {
    wrong(DiagnosticKind::too_large, fraud_.lists.back().span, fmt::format("more than {} lists", kMaxFraudLists));
  }
  for (const syntax::FraudList& written : fraud_.lists) {
    syntax::Lookup lookup;
    lookup.table = written.table;
    lookup.key = written.key;
    std::vector<SideScope::Side> sides;    // one table may be two lists, by two keys
    auto found = check_lookup(lookup, written.span, scope(), sides, context_);
    FraudList list{.name = written.table.text};
    if (written.action.text == "allow") {
      list.action = FraudList::Action::allow;
    } else if (written.action.text != "block") {
      const std::string_view nearest = nearest_name(written.action.text, {"allow", "block"});
      wrong(DiagnosticKind::wrong_arguments, written.action.span,
            fmt::format("a list is to `allow` or to `block`, not to `{}`", written.action.text), did_you_mean(nearest));
    }
    std::vector<FigureRule> rules;
    if (list.action == FraudList::Action::block) rules.push_back({"risk", Is::risk, &list.risk});
    figures(written.figures, written.action.text, rules);
    if (!found) continue;
    plan_.lists.push_back(std::move(*found));
    plan_.rules.lists.push_back(std::move(list));
  }
}

void FraudCheck::check_model() {
  if (!fraud_.model) return;
  FraudModel& model = plan_.rules.model.emplace();
  model.file = fraud_.model->file.text;
  if (model.file.empty() && fraud_.model->file.kind == syntax::Expr::Kind::string) {
    wrong(DiagnosticKind::bad_constant, fraud_.model->file.span, "a model without a file");
  }
  std::set<std::string_view> seen;
  for (const syntax::Item& item : fraud_.model->features) {
    if (item.kind == syntax::Item::Kind::star) {
      wrong(DiagnosticKind::other_clause, item.span, "`*` in `features`", "name what the model looks at");
      continue;
    }
    const bool is_path = item.kind == syntax::Item::Kind::path;
    if (is_path && item.value.path.parts.empty()) continue;    // did not parse
    const syntax::Name& name = is_path ? item.value.path.parts.back() : item.name;
    if (!seen.insert(name.text).second) {
      wrong(DiagnosticKind::duplicate_name, name.span, fmt::format("`{}` is named twice", name.text));
    }
    Typed value = check_expression(item.value, scope(), diagnostics_);
    if (!value.ok) continue;
    auto feature = fit_to(std::move(value), Type::float64(), fmt::format("feature `{}`", name.text), diagnostics_);
    if (!feature) continue;
    plan_.features.push_back(std::move(*feature));
    model.features.push_back(name.text);
  }
  figures(fraud_.model->figures, "model", {{"above", Is::risk, &model.above}});
}

void FraudCheck::check_history() {
  FraudHistory& history = plan_.rules.history;
  if (fraud_.history && is_window(fraud_.history->duration)) history.duration_ms = fraud_.history->duration.ms;
  // Rows come late without bound; up to this all is exact.
  history.late_ms = history.duration_ms;
  if (!fraud_.history) return;
  figures(fraud_.history->figures, "history",
          {{"limit", Is::above_zero, &history.limit}, {"late", Is::above_zero, &history.late_ms}});
}

void FraudCheck::check_combine() {
  if (!fraud_.combine) return;
  const syntax::Combine& combine = *fraud_.combine;
  constexpr std::string_view kHow[] = {"mean", "max", "weighted"};    // by FraudCombine
  const auto* how = std::find(std::begin(kHow), std::end(kHow), combine.how.text);
  if (how == std::end(kHow)) {
    const std::string_view nearest = nearest_name(combine.how.text, {std::begin(kHow), std::end(kHow)});
    wrong(DiagnosticKind::wrong_arguments, combine.how.span,
          fmt::format("risks are not combined by `{}`", combine.how.text),
          nearest.empty() ? "by `mean`, `max` or `weighted`" : did_you_mean(nearest));
    return;
  }
  plan_.rules.combine = static_cast<FraudCombine>(how - std::begin(kHow));
  if (plan_.rules.combine != FraudCombine::weighted) {
    if (combine.weights.empty()) return;
    wrong(DiagnosticKind::other_clause, combine.weights.front().name.span,
          fmt::format("weights with `{}`", combine.how.text), "`combine weighted` has some");
    return;
  }
  std::vector<FigureRule> rules;
  for (std::size_t i = 0; i < kCategories.size(); ++i) {
    rules.push_back({kCategories[i], Is::not_negative, &plan_.rules.weights[i]});
  }
  figures(combine.weights, "weighted", rules);
}

void FraudCheck::check_levels() {
  std::set<std::string_view> names;
  for (const syntax::FraudLevel& level : fraud_.levels) {
    if (!names.insert(level.name.text).second) {
      wrong(DiagnosticKind::duplicate_name, level.name.span, fmt::format("level `{}` twice", level.name.text));
    }
    if (level.from.duration || level.from.value > 1) {
      wrong(DiagnosticKind::wrong_arguments, level.from.span, "a level begins at a score from 0 to 1");
    }
    plan_.rules.levels.push_back(
        {level.name.text, level.from.value, level.recommendation ? level.recommendation->text : std::string()});
  }
}

void FraudCheck::need(const std::optional<nfa::TypedExpr>& role, std::string_view name, std::string_view clause) {
  if (role || fraud_.broken || given_roles_.contains(name)) return;
  wrong(DiagnosticKind::missing_clause, fraud_.name.span,
        fmt::format("`{}` of fraud `{}` needs the role `{}`", clause, fraud_.name.text, name),
        fmt::format("`roles {} = …` names its field", name));
}

void FraudCheck::check_needs() {
  const FraudRules& rules = plan_.rules;
  const FraudPlan::Roles& roles = plan_.roles;
  if (rules.velocity) need(roles.type, "type", "velocity");
  if (rules.location) need(roles.latitude, "latitude", "location");
  if (rules.location) need(roles.longitude, "longitude", "location");
  if (rules.amount) need(roles.amount, "amount", "amount");
  if (rules.behaviour && rules.behaviour->unseen_type_risk) need(roles.type, "type", "behaviour");
  if (rules.travel) need(roles.latitude, "latitude", "travel");
  if (rules.travel) need(roles.longitude, "longitude", "travel");
  if (rules.round_amount) need(roles.amount, "amount", "round_amount");
  if (rules.value) need(roles.amount, "amount", "value");
  if (rules.value && rules.value->of_same_type) need(roles.type, "type", "value");
  if (rules.first_seen && rules.first_seen->merchant_risk) need(roles.merchant, "merchant", "first_seen");
  if (rules.first_seen && rules.first_seen->device_risk) need(roles.device, "device", "first_seen");
  if (rules.first_seen && rules.first_seen->country_risk) need(roles.country, "country", "first_seen");
  if (!rules.spread) return;
  for (const FraudSpread::Window& window : rules.spread->windows) {
    switch (window.of) {
      case FraudSpread::Of::merchants: need(roles.merchant, "merchant", "spread"); break;
      case FraudSpread::Of::devices: need(roles.device, "device", "spread"); break;
      case FraudSpread::Of::countries: need(roles.country, "country", "spread"); break;
    }
  }
}

}    // namespace

void check_fraud(const syntax::Fraud& fraud, CheckContext& context) {
  if (auto inputs = check_inputs(fraud.inputs, fraud.name, context)) {
    FraudCheck(fraud, std::move(*inputs), context).run();
  }
}

}    // namespace cepheid::patterns
