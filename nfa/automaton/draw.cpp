#include "nfa/automaton/draw.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "nfa/automaton/automaton.hpp"
#include "nfa/automaton/graph.hpp"

namespace cepheid::nfa {
namespace {

/// What is drawn: the states that the start reaches, by their distance from it, and the edges between them.
struct Picture {
  struct State {
    std::string name;
    StateKind kind = StateKind::normal;
    std::size_t column = 0;
    std::size_t row = 0;
  };
  struct Edge {
    std::size_t from = 0;
    std::size_t to = 0;
    Action action = Action::take;
    std::string label;
  };
  std::vector<State> states;    // the start first
  std::vector<Edge> edges;
};

std::string describe(const Guard& guard, const std::vector<std::string>& conditions) {
  std::string text;
  for (const Clause& clause : guard.clauses) {
    if (!text.empty()) text += " and ";
    std::string any;
    for (const Literal& literal : clause) {
      if (!any.empty()) any += " or ";
      any += literal.negated ? fmt::format("not ({})", conditions[literal.condition]) : conditions[literal.condition];
    }
    text += clause.size() > 1 && guard.clauses.size() > 1 ? "(" + any + ")" : any;
  }
  return text;
}

Picture picture_of(const PatternSpec& spec) {
  Picture picture;
  const Result<Automaton> automaton = Automaton::build(spec);
  if (!automaton) return picture;
  const Automaton::Graph& built = automaton->graph();
  const BoostGraph& graph = built.graph;

  std::vector<std::string> conditions;
  for (const TypedExpr& condition : built.conditions) conditions.push_back(describe(condition, spec));

  std::map<Vertex, std::size_t> number{{built.start, 0}};
  std::vector<Vertex> order{built.start};
  std::map<std::size_t, std::size_t> height;
  picture.states.push_back({graph[built.start].name, graph[built.start].kind, 0, height[0]++});
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (auto [edge, end] = boost::out_edges(order[i], graph); edge != end; ++edge) {
      if (graph[*edge].guard.never()) continue;
      const Vertex target = boost::target(*edge, graph);
      const auto [place, is_new] = number.emplace(target, order.size());
      if (is_new) {
        order.push_back(target);
        const std::size_t column = picture.states[i].column + 1;
        picture.states.push_back({graph[target].name, graph[target].kind, column, height[column]++});
      }
      picture.edges.push_back({i, place->second, graph[*edge].action, describe(graph[*edge].guard, conditions)});
    }
  }
  return picture;
}

std::string_view name_of(Action action) {
  switch (action) {
    case Action::take: return "take";
    case Action::ignore: return "ignore";
    case Action::proceed: return "proceed";
  }
  return {};
}

std::string label_of(const Picture::Edge& edge) {
  return edge.label.empty() ? std::string(name_of(edge.action))
                            : fmt::format("{}: {}", name_of(edge.action), edge.label);
}

std::string escaped(std::string_view text, const std::map<char, std::string_view>& escapes) {
  std::string out;
  for (const char c : text) {
    if (const auto found = escapes.find(c); found != escapes.end()) {
      out += found->second;
    } else {
      out += c;
    }
  }
  return out;
}

std::string for_dot(std::string_view text) {
  return escaped(text, {{'"', "\\\""}, {'\\', "\\\\"}, {'\n', " "}});
}
std::string for_mermaid(std::string_view text) {
  return escaped(text, {{'"', "#quot;"}, {'\n', " "}, {'<', "#lt;"}, {'>', "#gt;"}, {'|', "#124;"}});
}
std::string for_xml(std::string_view text) {
  return escaped(text, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}});
}

}    // namespace

std::string draw_dot(const PatternSpec& spec) {
  const Picture picture = picture_of(spec);
  if (picture.states.empty()) return {};
  std::string out =
      fmt::format("digraph \"{}\" {{\n  rankdir=LR;\n  node [shape=box, style=rounded];\n", for_dot(spec.name));
  for (std::size_t i = 0; i < picture.states.size(); ++i) {
    const Picture::State& state = picture.states[i];
    const std::string_view shape = state.kind == StateKind::final  ? ", shape=doublecircle"
                                   : state.kind == StateKind::stop ? ", shape=octagon"
                                   : i == 0                        ? ", penwidth=2"
                                                                   : "";
    out += fmt::format("  s{} [label=\"{}\"{}];\n", i, for_dot(state.name), shape);
  }
  for (const Picture::Edge& edge : picture.edges) {
    const std::string_view style = edge.action == Action::take     ? "solid"
                                   : edge.action == Action::ignore ? "dashed"
                                                                   : "dotted";
    out += fmt::format("  s{} -> s{} [style={}, label=\"{}\"];\n", edge.from, edge.to, style, for_dot(label_of(edge)));
  }
  return out + "}\n";
}

std::string draw_mermaid(const PatternSpec& spec) {
  const Picture picture = picture_of(spec);
  if (picture.states.empty()) return {};
  std::string out = "flowchart LR\n";
  for (std::size_t i = 0; i < picture.states.size(); ++i) {
    const Picture::State& state = picture.states[i];
    const bool round = state.kind == StateKind::final;
    out += fmt::format("  s{}{}\"{}\"{}\n", i, round ? "((" : "[", for_mermaid(state.name), round ? "))" : "]");
  }
  for (const Picture::Edge& edge : picture.edges) {
    const std::string_view arrow = edge.action == Action::take ? "-->" : "-.->";
    out += fmt::format("  s{} {}|\"{}\"| s{}\n", edge.from, arrow, for_mermaid(label_of(edge)), edge.to);
  }
  return out;
}

std::string draw_svg(const PatternSpec& spec) {
  const Picture picture = picture_of(spec);
  if (picture.states.empty()) return {};
  constexpr std::size_t kColumn = 300;
  constexpr std::size_t kRow = 130;
  constexpr std::size_t kBoxWidth = 130;
  constexpr std::size_t kBoxHeight = 40;
  constexpr std::size_t kMargin = 60;
  std::size_t columns = 0;
  std::size_t rows = 0;
  for (const Picture::State& state : picture.states) {
    columns = std::max(columns, state.column + 1);
    rows = std::max(rows, state.row + 1);
  }
  const auto left = [](const Picture::State& state) { return kMargin + state.column * kColumn; };
  const auto top = [](const Picture::State& state) { return kMargin + state.row * kRow; };

  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" font-family=\"sans-serif\" "
      "font-size=\"12\">\n"
      "  <title>{}</title>\n"
      "  <defs><marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" "
      "orient=\"auto\"><path d=\"M0 0L10 5L0 10z\"/></marker></defs>\n",
      2 * kMargin + (columns - 1) * kColumn + kBoxWidth, 2 * kMargin + (rows - 1) * kRow + kBoxHeight,
      for_xml(spec.name));
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> parallel;    // edges drawn so far between two states
  for (const Picture::Edge& edge : picture.edges) {
    const Picture::State& from = picture.states[edge.from];
    const Picture::State& to = picture.states[edge.to];
    const std::size_t nth = parallel[std::minmax(edge.from, edge.to)]++;
    const std::string_view dash = edge.action == Action::take     ? ""
                                  : edge.action == Action::ignore ? " stroke-dasharray=\"6 4\""
                                                                  : " stroke-dasharray=\"2 3\"";
    std::size_t label_x = 0;
    std::size_t label_y = 0;
    std::string path;
    if (edge.from == edge.to) {
      const std::size_t x = left(from) + kBoxWidth / 2;
      const std::size_t y = top(from);
      path = fmt::format("M{} {} C{} {} {} {} {} {}", x - 20, y, x - 40, y - 40, x + 40, y - 40, x + 20, y);
      label_x = x;
      label_y = y - 32 - 14 * nth;
    } else {
      const bool forward = to.column > from.column;
      const std::size_t x1 = forward ? left(from) + kBoxWidth : left(from) + kBoxWidth / 2;
      const std::size_t y1 = top(from) + (forward ? kBoxHeight / 2 : kBoxHeight);
      const std::size_t x2 = forward ? left(to) : left(to) + kBoxWidth / 2;
      const std::size_t y2 = top(to) + (forward ? kBoxHeight / 2 : kBoxHeight);
      label_x = (x1 + x2) / 2;
      label_y = (y1 + y2) / 2 + (forward ? 14 * nth : 40 + 14 * nth);
      path = fmt::format("M{} {} Q{} {} {} {}", x1, y1, label_x, label_y + (forward ? 6 : 20), x2, y2);
      label_y -= 4;
    }
    out += fmt::format("  <path d=\"{}\" fill=\"none\" stroke=\"black\"{} marker-end=\"url(#tip)\"/>\n", path, dash);
    out += fmt::format("  <text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#444\">{}</text>\n", label_x, label_y,
                       for_xml(label_of(edge)));
  }
  for (const Picture::State& state : picture.states) {
    const std::string_view fill = state.kind == StateKind::final  ? "#d9f2d9"
                                  : state.kind == StateKind::stop ? "#f6d5d5"
                                                                  : "#eef3fb";
    out += fmt::format("  <rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"8\" fill=\"{}\" stroke=\"black\"/>\n",
                       left(state), top(state), kBoxWidth, kBoxHeight, fill);
    out += fmt::format("  <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", left(state) + kBoxWidth / 2,
                       top(state) + kBoxHeight / 2 + 4, for_xml(state.name));
  }
  return out + "</svg>\n";
}

}    // namespace cepheid::nfa
