#include "tests/unit/aggregate/naive_functions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

namespace cepheid::runtime::aggregate_tests {

namespace {

using Item = NaiveStatement::Item;

std::string json(bool value) {
  return value ? "true" : "false";
}
std::string json(std::int64_t value) {
  return std::to_string(value);
}
std::string json(double value) {
  return fmt::format("{}", value);
}
std::string json(Int128 value) {
  return hundredths(value);
}
std::string json(const std::string& value) {
  return quoted(value);
}
template <typename Value>
std::string json(const std::optional<Value>& value) {
  return value ? json(*value) : "null";
}

/// As `string(x)` writes it.
template <typename Value>
std::string plain(const Value& value) {
  return json(value);
}
std::string plain(const std::string& value) {
  return value;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

long double as_number(std::int64_t value) {
  return static_cast<long double>(value);
}
long double as_number(double value) {
  return value;
}
long double as_number(Int128 value) {
  return static_cast<long double>(value) / 100;
}

template <typename Value>
using Member = std::optional<Value> Event::*;

template <typename Value>
std::vector<Value> values(const Rows& rows, Member<Value> member) {
  std::vector<Value> all;
  for (const Event* row : rows) {
    if (row->*member) all.push_back(*(row->*member));
  }
  return all;
}

/// Nothing if it does not fit.
std::optional<std::int64_t> sum_of(const std::vector<std::int64_t>& all) {
  Int128 sum = 0;
  for (const std::int64_t value : all) sum += value;
  if (sum > std::numeric_limits<std::int64_t>::max() || sum < std::numeric_limits<std::int64_t>::min()) return {};
  return static_cast<std::int64_t>(sum);
}
std::optional<double> sum_of(const std::vector<double>& all) {
  double sum = 0;
  for (const double value : all) sum += value;
  return sum;
}
std::optional<Int128> sum_of(const std::vector<Int128>& all) {
  Int128 sum = 0;
  for (const Int128 value : all) sum += value;
  return sum;
}

template <typename Value>
std::string average(const std::vector<Value>& all) {
  if (all.empty()) return "null";
  long double sum = 0;
  for (const Value& value : all) sum += as_number(value);
  return json(static_cast<double>(sum / static_cast<long double>(all.size())));
}

template <typename Value>
std::string deviation(const std::vector<Value>& all) {
  if (all.size() < 2) return "null";
  long double mean = 0;
  for (const Value& value : all) mean += as_number(value);
  mean /= static_cast<long double>(all.size());
  long double squares = 0;
  for (const Value& value : all) squares += (as_number(value) - mean) * (as_number(value) - mean);
  return json(static_cast<double>(std::sqrt(squares / static_cast<long double>(all.size() - 1))));
}

template <typename Value>
std::string nearest_rank(std::vector<Value> all, int hundredths_of_all) {
  if (all.empty()) return "null";
  std::ranges::sort(all);
  const std::size_t rank = (all.size() * static_cast<std::size_t>(hundredths_of_all) + 99) / 100;
  return json(all[std::max<std::size_t>(rank, 1) - 1]);
}

template <typename Value, typename By>
std::string collected_by(Rows rows, Member<Value> member, Member<By> by, bool descending) {
  std::ranges::stable_sort(rows, [&](const Event* a, const Event* b) {
    const std::optional<By>& x = a->*by;
    const std::optional<By>& y = b->*by;
    if (!x || !y) return x.has_value() && !y.has_value();
    return descending ? *y < *x : *x < *y;
  });
  std::vector<std::string> texts;
  for (const Event* row : rows) texts.push_back(json(row->*member));
  return "[" + joined(texts) + "]";
}

/// The rows of each value that is not null, by first appearance.
template <typename Value>
std::vector<std::pair<Value, Rows>> groups(const Rows& rows, Member<Value> member) {
  std::vector<std::pair<Value, Rows>> all;
  for (const Event* row : rows) {
    if (!(row->*member)) continue;
    const auto same = std::ranges::find(all, *(row->*member), &std::pair<Value, Rows>::first);
    if (same == all.end()) {
      all.push_back({*(row->*member), {row}});
    } else {
      same->second.push_back(row);
    }
  }
  return all;
}

template <typename Value, typename Of>
std::string per(const Rows& rows, Member<Value> member, Of&& of) {
  std::vector<std::string> texts;
  for (const auto& [value, its_rows] : groups(rows, member)) {
    texts.push_back("\"" + plain(value) + "\":" + of(its_rows));
  }
  return "{" + joined(texts) + "}";
}

template <typename Value, typename By>
std::string top(const Rows& rows, std::size_t n, Member<Value> member, Member<By> by) {
  auto all = groups(rows, member);
  const auto total = [&](const Rows& its_rows) { return sum_of(values(its_rows, by)); };
  std::ranges::sort(all, [&](const auto& a, const auto& b) {
    const auto x = total(a.second);
    const auto y = total(b.second);
    return x != y ? x > y : a.first < b.first;    // nothing is less than all else
  });
  all.resize(std::min(n, all.size()));
  std::vector<std::string> texts;
  for (const auto& [value, its_rows] : all) {
    texts.push_back("{\"value\":" + json(value) + ",\"total\":" + json(total(its_rows)) + "}");
  }
  return "[" + joined(texts) + "]";
}

std::string size_text(std::size_t size) {
  return std::to_string(size);
}

/// Collects items, each over the rows for which the condition holds.
class Catalogue {
 public:
  explicit Catalogue(const Condition& condition) : condition_(condition) {}

  /// `call`: without its closing parenthesis.
  template <typename Of>
  void add(const std::string& call, Of of, bool rounded = false) {
    const auto holds = condition_.holds;
    items_.push_back({.text = call + condition_.text + ")",
                      .value =
                          [of, holds](const Rows& rows) {
                            Rows filtered;
                            std::ranges::copy_if(rows, std::back_inserter(filtered),
                                                 [&](const Event* row) { return holds(*row); });
                            return std::string(of(filtered));
                          },
                      .rounded = rounded});
  }

  /// What numbers can be asked for.
  template <typename Value>
  void add_number(const std::string& name, Member<Value> member) {
    add("sum(" + name, [=](const Rows& rows) { return json(sum_of(values(rows, member))); });
    add(
        "avg(" + name, [=](const Rows& rows) { return average(values(rows, member)); }, true);
    add(
        "stddev(" + name, [=](const Rows& rows) { return deviation(values(rows, member)); }, true);
  }
  /// What values with an order can be asked for.
  template <typename Value>
  void add_ordered(const std::string& name, Member<Value> member) {
    add("min(" + name, [=](const Rows& rows) {
      const auto all = values(rows, member);
      return all.empty() ? "null" : json(*std::ranges::min_element(all));
    });
    add("max(" + name, [=](const Rows& rows) {
      const auto all = values(rows, member);
      return all.empty() ? "null" : json(*std::ranges::max_element(all));
    });
    for (const int fraction : {0, 7, 50, 90, 99, 100}) {
      add(fmt::format("percentile({}, {}", name, fraction / 100.0),
          [=](const Rows& rows) { return nearest_rank(values(rows, member), fraction); });
    }
  }
  /// What all values can be asked for.
  template <typename Value>
  void add_any(const std::string& name, Member<Value> member) {
    add("first(" + name, [=](const Rows& rows) {
      const auto all = values(rows, member);
      return all.empty() ? "null" : json(Value(all.front()));
    });
    add("last(" + name, [=](const Rows& rows) {
      const auto all = values(rows, member);
      return all.empty() ? "null" : json(Value(all.back()));
    });
    const auto distinct = [=](const Rows& rows) {
      const auto all = values(rows, member);
      std::vector<Value> different;
      for (const Value& value : all) {
        if (std::ranges::find(different, value) == different.end()) different.push_back(value);
      }
      return size_text(different.size());
    };
    add("count_distinct(" + name, distinct);
    add("approx_count_distinct(" + name, distinct);    // exact as long as there are few
    add("collect(" + name, [=](const Rows& rows) {
      std::vector<std::string> texts;
      for (const Event* row : rows) texts.push_back(json(row->*member));
      return "[" + joined(texts) + "]";
    });
    add("histogram(" + name,
        [=](const Rows& rows) { return per(rows, member, [](const Rows& its) { return size_text(its.size()); }); });
  }

  [[nodiscard]] std::vector<Item> take() { return std::move(items_); }

 private:
  const Condition& condition_;
  std::vector<Item> items_;
};

}    // namespace

std::string hundredths(Int128 units) {
  const bool negative = units < 0;
  std::string digits;
  for (Int128 left = negative ? -units : units; left > 0 || digits.size() < 3; left /= 10) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(left % 10)));
  }
  digits.insert(digits.size() - 2, ".");
  return (negative ? "-" : "") + digits;
}

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

const std::vector<Condition>& conditions() {
  static const std::vector<Condition> all = {
      {"", [](const Event&) { return true; }},
      {" where b", [](const Event& row) { return row.b == true; }},
      {" where n > 0", [](const Event& row) { return row.n && *row.n > 0; }},
      {" where s is null or part == 1", [](const Event& row) { return !row.s || row.part == 1; }},
  };
  return all;
}

std::vector<Item> functions(const Condition& condition) {
  Catalogue all(condition);
  if (condition.text.empty()) {
    all.add("count(", [](const Rows& rows) { return size_text(rows.size()); });
  }
  all.add("count(b", [](const Rows& rows) { return size_text(std::ranges::count(values(rows, &Event::b), true)); });
  all.add("count(x > 0", [](const Rows& rows) {
    return size_text(std::ranges::count_if(values(rows, &Event::x), [](double x) { return x > 0; }));
  });
  all.add("count(n", [](const Rows& rows) { return size_text(values(rows, &Event::n).size()); });
  all.add("count(s", [](const Rows& rows) { return size_text(values(rows, &Event::s).size()); });
  all.add_number("n", &Event::n);
  all.add_number("x", &Event::x);
  all.add_number("d", &Event::d);
  all.add_ordered("n", &Event::n);
  all.add_ordered("x", &Event::x);
  all.add_ordered("d", &Event::d);
  all.add_ordered("s", &Event::s);
  all.add_any("n", &Event::n);
  all.add_any("x", &Event::x);
  all.add_any("d", &Event::d);
  all.add_any("s", &Event::s);
  all.add_any("b", &Event::b);
  all.add("collect(s by n", [](const Rows& rows) { return collected_by(rows, &Event::s, &Event::n, false); });
  all.add("collect(n by s desc", [](const Rows& rows) { return collected_by(rows, &Event::n, &Event::s, true); });
  all.add("collect(d by x desc", [](const Rows& rows) { return collected_by(rows, &Event::d, &Event::x, true); });
  all.add("per(s, sum(d)", [](const Rows& rows) {
    return per(rows, &Event::s, [](const Rows& its) { return json(sum_of(values(its, &Event::d))); });
  });
  all.add("per(part, {m = max(s), t = count(b), all = collect(n)}", [](const Rows& rows) {
    return per(rows, &Event::part, [](const Rows& its) {
      const auto texts = values(its, &Event::s);
      std::vector<std::string> numbers;
      for (const Event* row : its) numbers.push_back(json(row->n));
      return "{\"m\":" + (texts.empty() ? "null" : json(*std::ranges::max_element(texts))) +
             ",\"t\":" + size_text(std::ranges::count(values(its, &Event::b), true)) + ",\"all\":[" + joined(numbers) +
             "]}";
    });
  });
  all.add("top(2, s by x", [](const Rows& rows) { return top(rows, 2, &Event::s, &Event::x); });
  all.add("top(3, n by d", [](const Rows& rows) { return top(rows, 3, &Event::n, &Event::d); });
  all.add("top(2, d by n", [](const Rows& rows) { return top(rows, 2, &Event::d, &Event::n); });
  return all.take();
}

std::vector<Item> keys() {
  const auto of_row = [](auto member) { return [member](const Rows& rows) { return json(rows.front()->*member); }; };
  return {
      {.text = "who", .value = of_row(&Event::who)},
      {.text = "part", .value = of_row(&Event::part)},
      {.text = "b", .value = of_row(&Event::b)},
      {.text = "d", .value = of_row(&Event::d)},
      {.text = "x", .value = of_row(&Event::x)},
      {.text = "concat(who, \"!\")",
       .value = [](const Rows& rows) { return quoted(rows.front()->who.value_or("") + "!"); }},
      {.text = "part % 2",
       .value =
           [](const Rows& rows) {
             const auto& part = rows.front()->part;
             return part ? json(*part % 2) : std::string("null");
           }},
  };
}

}    // namespace cepheid::runtime::aggregate_tests
