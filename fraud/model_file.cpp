// Reads a model's JSON. A tree is an object {"nodeid", "split", "split_condition", "yes", "no", "missing", "children"}
// or, as a leaf, {"nodeid", "leaf"}; "yes", "no" and "missing" are the ids of its children. A split on an indicator has
// no condition: "yes" if the feature is there, "no" if it is missing.
#include <cmath>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include "fraud/model.hpp"

namespace cepheid::fraud {
namespace {

using Json = rapidjson::Value;

// XGBoost grows no tree nearly as deep; the reader calls itself for each level.
constexpr int kMaxDepth = 1000;

const Json* member(const Json& object, const char* name) {
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string_view text_of(const Json& text) {
  return {text.GetString(), text.GetStringLength()};
}

}    // namespace

class ModelReader {
 public:
  explicit ModelReader(std::span<const std::string> features) {
    for (std::size_t i = 0; i < features.size(); ++i) features_.emplace(features[i], static_cast<std::uint32_t>(i));
  }

  Result<Model> read(const Json& json) {
    CEPHEID_TRY(read_model(json));
    return std::move(model_);
  }

 private:
  Result<void> read_model(const Json& json) {
    if (json.IsArray()) return read_trees(json);
    if (!json.IsObject()) return Error{"a model is a list of trees or an object"};
    const Json* type = member(json, "type");
    if (type == nullptr || !type->IsString()) return Error{"a model that is an object has a `type`"};
    if (text_of(*type) == "logistic") return read_logistic(json);
    if (text_of(*type) != "xgboost") {
      return Error{fmt::format("unknown type of model `{}`: `xgboost` or `logistic`", text_of(*type))};
    }
    if (const Json* base = member(json, "base_score")) {
      if (!base->IsNumber() || !(base->GetDouble() > 0 && base->GetDouble() < 1)) {
        return Error{"`base_score` is a probability between 0 and 1"};
      }
      const double score = base->GetDouble();
      model_.base_margin_ = static_cast<float>(-std::log(1 / score - 1));
    }
    const Json* trees = member(json, "trees");
    if (trees == nullptr || !trees->IsArray()) return Error{"a model of type `xgboost` has a list of `trees`"};
    return read_trees(*trees);
  }

  Result<void> read_logistic(const Json& json) {
    model_.logistic_ = true;
    if (const Json* intercept = member(json, "intercept")) {
      if (!intercept->IsNumber()) return Error{"`intercept` is a number"};
      model_.intercept_ = intercept->GetDouble();
    }
    const Json* coefficients = member(json, "coefficients");
    if (coefficients == nullptr || !coefficients->IsObject()) {
      return Error{"a model of type `logistic` has an object of `coefficients`"};
    }
    for (const auto& [name, coefficient] : coefficients->GetObject()) {
      if (!coefficient.IsNumber()) return Error{fmt::format("the coefficient of `{}` is a number", text_of(name))};
      std::uint32_t feature = 0;
      CEPHEID_TRY(find_feature(text_of(name), feature));
      model_.terms_.push_back({feature, coefficient.GetDouble()});
    }
    return {};
  }

  Result<void> read_trees(const Json& trees) {
    for (const Json& tree : trees.GetArray()) {
      model_.roots_.push_back(static_cast<std::uint32_t>(model_.nodes_.size()));
      CEPHEID_TRY(read_node(tree, 0));
    }
    return {};
  }

  /// Appends the node and all below it.
  Result<void> read_node(const Json& json, int depth) {
    if (!json.IsObject()) return Error{"a node of a tree is an object"};
    if (depth > kMaxDepth) return Error{fmt::format("a tree is deeper than {} nodes", kMaxDepth)};
    const std::size_t at = model_.nodes_.size();
    model_.nodes_.emplace_back();
    if (const Json* leaf = member(json, "leaf")) {
      if (!leaf->IsNumber()) return Error{"`leaf` is a number"};
      model_.nodes_[at].feature = Model::kLeaf;
      model_.nodes_[at].value = static_cast<float>(leaf->GetDouble());
      return {};
    }
    const Json* split = member(json, "split");
    if (split == nullptr || !split->IsString()) return Error{"a node of a tree has `leaf` or the name of a `split`"};
    Model::Node node;
    CEPHEID_TRY(find_feature(text_of(*split), node.feature));

    const Json* children = member(json, "children");
    if (children == nullptr || !children->IsArray() || children->Size() != 2) {
      return Error{"a split has two `children`"};
    }
    std::int64_t ids[2] = {};
    std::uint32_t places[2] = {};
    for (rapidjson::SizeType i = 0; i < 2; ++i) {
      const Json& child = (*children)[i];
      places[i] = static_cast<std::uint32_t>(model_.nodes_.size());
      CEPHEID_TRY(read_node(child, depth + 1));
      CEPHEID_TRY(read_id(child, "nodeid", ids[i]));
    }
    const auto child_of = [&](const char* name, std::uint32_t& place) -> Result<void> {
      std::int64_t id = 0;
      CEPHEID_TRY(read_id(json, name, id));
      if (id != ids[0] && id != ids[1]) return Error{fmt::format("`{}` of a split is none of its children", name)};
      place = id == ids[0] ? places[0] : places[1];
      return {};
    };
    CEPHEID_TRY(child_of("yes", node.yes));
    CEPHEID_TRY(child_of("no", node.no));
    const Json* condition = member(json, "split_condition");
    if (condition == nullptr) {    // an indicator: whatever is there is below
      node.value = std::numeric_limits<float>::infinity();
      node.missing = node.no;
      node.no = node.yes;
    } else if (condition->IsNumber()) {
      node.value = static_cast<float>(condition->GetDouble());
      CEPHEID_TRY(child_of("missing", node.missing));
    } else {
      return Error{fmt::format("the split on `{}` is one of categories, which are not supported", text_of(*split))};
    }
    model_.nodes_[at] = node;
    return {};
  }

  static Result<void> read_id(const Json& json, const char* name, std::int64_t& id) {
    const Json* number = member(json, name);
    if (number == nullptr || !number->IsInt64())
      return Error{fmt::format("a node of a tree lacks the number `{}`", name)};
    id = number->GetInt64();
    return {};
  }

  Result<void> find_feature(std::string_view name, std::uint32_t& feature) const {
    const auto found = features_.find(std::string(name));
    if (found == features_.end())
      return Error{fmt::format("the model asks for the feature `{}`, which is not given", name)};
    feature = found->second;
    return {};
  }

  std::unordered_map<std::string, std::uint32_t> features_;
  Model model_;
};

Result<Model> Model::read(std::string_view json, std::span<const std::string> features) {
  rapidjson::Document document;
  // not by calls within calls: whatever the file nests, the stack is safe
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag>(json.data(), json.size());
  if (document.HasParseError()) {
    return Error{fmt::format("no JSON at byte {}: {}", document.GetErrorOffset(),
                             rapidjson::GetParseError_En(document.GetParseError()))};
  }
  return ModelReader(features).read(document);
}

}    // namespace cepheid::fraud
