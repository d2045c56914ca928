#include "patterns/check/fraud_rows.hpp"

#include <array>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "patterns/check/layouts.hpp"

namespace cepheid::patterns {

namespace {

struct FactField {
  std::string_view name;
  bool whole = false;
};

/// By FraudFact.
constexpr std::array<FactField, kFraudFacts> kFactFields = {{{"window"},
                                                             {"count", true},
                                                             {"threshold"},
                                                             {"distance_km"},
                                                             {"z_score"},
                                                             {"average_amount"},
                                                             {"deviation"},
                                                             {"hour", true},
                                                             {"day_of_week", true},
                                                             {"elapsed"},
                                                             {"speed_km_h"},
                                                             {"multiple"},
                                                             {"sum"},
                                                             {"probability"}}};

}    // namespace

std::string_view field_of(FraudFact fact) {
  return kFactFields[static_cast<std::size_t>(fact)].name;
}

std::vector<FraudFact> facts_of(const FraudRules& rules) {
  std::set<FraudFact> facts;
  if (rules.velocity) facts.insert({FraudFact::window, FraudFact::count, FraudFact::threshold});
  if (rules.location) facts.insert({FraudFact::distance_km, FraudFact::threshold});
  if (rules.amount) {
    facts.insert({FraudFact::z_score, FraudFact::average_amount, FraudFact::deviation, FraudFact::threshold});
  }
  if (rules.behaviour && rules.behaviour->unseen_hour_risk) facts.insert(FraudFact::hour);
  if (rules.time && rules.time->night) facts.insert(FraudFact::hour);
  if (rules.time && rules.time->weekend_risk) facts.insert(FraudFact::day_of_week);
  if (rules.travel) {
    facts.insert({FraudFact::distance_km, FraudFact::elapsed, FraudFact::speed_km_h, FraudFact::threshold});
  }
  if (rules.dormant) facts.insert({FraudFact::elapsed, FraudFact::threshold});
  if (rules.round_amount) facts.insert(FraudFact::multiple);
  if (rules.value) facts.insert({FraudFact::window, FraudFact::sum, FraudFact::threshold});
  if (rules.spread) facts.insert({FraudFact::window, FraudFact::count, FraudFact::threshold});
  if (rules.model) facts.insert({FraudFact::probability, FraudFact::threshold});
  return {facts.begin(), facts.end()};
}

std::shared_ptr<const nfa::RowLayout> layout_of_score(const Schema& input, const FraudRules& rules,
                                                      const std::vector<FraudFact>& facts, const syntax::Name& name,
                                                      Diagnostics& diagnostics) {
  std::vector<ObjectField> factor = {{"type", Type::string()}, {"risk_score", Type::float64()}};
  for (const FraudFact fact : facts) {
    const FactField& field = kFactFields[static_cast<std::size_t>(fact)];
    factor.push_back({std::string(field.name), field.whole ? Type::int64() : Type::float64()});
  }
  if (!rules.lists.empty()) factor.push_back({"list", Type::string()});
  std::vector<Field> fields = input.fields();
  const std::vector<Field> own = {{"risk_score", Type::float64()},
                                  {"level", Type::string()},
                                  {"recommendation", Type::string()},
                                  {"risk_factors", Type::list_of(Type::object_of(std::move(factor)))}};
  bool ok = true;
  for (const Field& field : own) {
    if (input.find(field.name)) {
      diagnostics.error(DiagnosticKind::duplicate_name, name.span,
                        fmt::format("what `{}` reads has a field `{}`, as its score has", name.text, field.name),
                        "give it another name before: `stream … = from … select …`");
      ok = false;
    }
    fields.push_back(field);
  }
  if (!ok) return nullptr;
  Schema schema(std::move(fields));
  if (const std::string clash = find_nesting_clash(schema); !clash.empty()) {
    diagnostics.error(DiagnosticKind::duplicate_name, name.span,
                      fmt::format("`{}` is a field of `{}` and has fields below it", clash, name.text));
    return nullptr;
  }
  return std::make_shared<const nfa::RowLayout>(std::move(schema));
}

}    // namespace cepheid::patterns
