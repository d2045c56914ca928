#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fraud/model.hpp"

namespace cepheid::fraud {
namespace {

const std::vector<std::string> kNames{"is_foreign", "amount", "hour", "distance_km", "count_1h"};

std::string file(const std::string& name) {
  std::ifstream stream(std::string(CEPHEID_SOURCE_DIR) + "/tests/unit/fraud/model/" + name);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// The columns of rows.csv in the order of kNames, then what XGBoost says to the two models.
std::vector<std::vector<double>> rows() {
  std::istringstream lines(file("rows.csv"));
  std::vector<std::vector<double>> all;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::vector<double> row;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) {
      row.push_back(cell.empty() ? std::nan("") : std::stod(cell));
    }
    all.push_back({row[4], row[0], row[1], row[2], row[3], row[5], row[6]});
  }
  return all;
}

void expect_xgboosts_own(const Model& model, std::size_t column) {
  std::size_t different = 0;
  const std::vector<std::vector<double>> all = rows();
  ASSERT_EQ(all.size(), 1'000u);
  for (const std::vector<double>& row : all) {
    const double found = model.probability({row.data(), kNames.size()});
    // XGBoost's own is a 32-bit float
    different += std::abs(found - row[column]) > 2e-7 * row[column];
  }
  EXPECT_EQ(different, 0u);
}

std::string failure(const std::string& json) {
  const std::vector<std::string> names{"a", "b"};
  const Result<Model> model = Model::read(json, names);
  return model ? "none" : model.error().message;
}

TEST(Model, TreesScoreAsXgboostDoes) {
  const Result<Model> model = Model::read(file("trees.json"), kNames);
  ASSERT_TRUE(model) << model.error().message;
  expect_xgboosts_own(*model, 5);
}

TEST(Model, TreesBeginAtTheirBaseScore) {
  const Result<Model> model = Model::read(file("based_trees.json"), kNames);
  ASSERT_TRUE(model) << model.error().message;
  expect_xgboosts_own(*model, 6);
}

TEST(Model, LogisticRegressionIsTheSigmoidOfItsSum) {
  const std::vector<std::string> names{"a", "b"};
  const Result<Model> model =
      Model::read(R"({"type": "logistic", "intercept": -1, "coefficients": {"b": 2, "a": 0.5}})", names);
  ASSERT_TRUE(model) << model.error().message;
  const double both[] = {4, 0.5};    // -1 + 0.5 * 4 + 2 * 0.5 = 2
  EXPECT_DOUBLE_EQ(model->probability(both), 1 / (1 + std::exp(-2.0)));
  const double missing[] = {std::nan(""), 0.5};
  EXPECT_DOUBLE_EQ(model->probability(missing), 0.5);
  EXPECT_DOUBLE_EQ(model->probability({}), 1 / (1 + std::exp(1.0)));
}

TEST(Model, ThresholdIsComparedAs32BitFloat) {
  const std::vector<std::string> names{"a"};
  const Result<Model> model = Model::read(
      R"([{"nodeid": 0, "split": "a", "split_condition": 0.1, "yes": 1, "no": 2, "missing": 2, "children":
           [{"nodeid": 1, "leaf": -2}, {"nodeid": 2, "leaf": 2}]}])",
      names);
  ASSERT_TRUE(model) << model.error().message;
  // 0.1 as a float is above 0.1; what is nearer to it than a float can tell is equal to it, so not below
  const double at[] = {0.1};
  const double below[] = {0.0999};
  const double none[] = {std::nan("")};
  EXPECT_GT(model->probability(at), 0.5);
  EXPECT_LT(model->probability(below), 0.5);
  EXPECT_GT(model->probability(none), 0.5);
}

TEST(Model, WhatIsNoneIsRefusedWithAReason) {
  EXPECT_EQ(failure("[").substr(0, 10), "no JSON at");
  EXPECT_EQ(failure("3"), "a model is a list of trees or an object");
  EXPECT_EQ(failure("{}"), "a model that is an object has a `type`");
  EXPECT_EQ(failure(R"({"type": "svm"})"), "unknown type of model `svm`: `xgboost` or `logistic`");
  EXPECT_EQ(failure(R"({"type": "xgboost"})"), "a model of type `xgboost` has a list of `trees`");
  EXPECT_EQ(failure(R"({"type": "xgboost", "base_score": 1, "trees": []})"),
            "`base_score` is a probability between 0 and 1");
  EXPECT_EQ(failure(R"({"type": "logistic"})"), "a model of type `logistic` has an object of `coefficients`");
  EXPECT_EQ(failure(R"({"type": "logistic", "coefficients": {"c": 1}})"),
            "the model asks for the feature `c`, which is not given");
  EXPECT_EQ(failure(R"([{"nodeid": 0}])"), "a node of a tree has `leaf` or the name of a `split`");
  EXPECT_EQ(failure(R"([{"nodeid": 0, "split": "a", "split_condition": 1, "yes": 1, "no": 3, "missing": 1,
                         "children": [{"nodeid": 1, "leaf": 0}, {"nodeid": 2, "leaf": 0}]}])"),
            "`no` of a split is none of its children");
  EXPECT_EQ(failure(R"([{"nodeid": 0, "split": "a", "split_condition": [1, 2], "yes": 1, "no": 2, "missing": 1,
                         "children": [{"nodeid": 1, "leaf": 0}, {"nodeid": 2, "leaf": 0}]}])"),
            "the split on `a` is one of categories, which are not supported");
}

TEST(Model, TreeTooDeepIsRefusedAndTheStackIsSafe) {
  std::string json;
  for (int i = 0; i < 100'000; ++i) {
    json += R"({"nodeid": 0, "split": "a", "split_condition": 1, "yes": 1, "no": 2, "missing": 1, "children": [)";
  }
  EXPECT_EQ(failure("[" + json).substr(0, 10), "no JSON at");
  std::string whole = "[";
  std::string ends;
  for (int i = 0; i < 2'000; ++i) {
    whole += R"({"nodeid": 1, "split": "a", "split_condition": 1, "yes": 1, "no": 2, "missing": 1, "children": [)";
    ends += R"(, {"nodeid": 2, "leaf": 0}]})";
  }
  whole += R"({"nodeid": 1, "leaf": 0})" + ends + "]";
  EXPECT_EQ(failure(whole), "a tree is deeper than 1000 nodes");
}

}    // namespace
}    // namespace cepheid::fraud
