// The purchase funnel inside a program: reads lines `user action amount milliseconds`, prints what matches.
#include <chrono>
#include <iostream>
#include <string>
#include <tuple>

#include <cepheid/cepheid.hpp>

struct Click {
  std::string user;
  std::string action;
  double amount = 0;
  cepheid::Timestamp at;
};

template <>
struct cepheid::Binding<Click> {
  static constexpr auto fields = std::tuple(cepheid::member("user", &Click::user),        //
                                            cepheid::member("action", &Click::action),    //
                                            cepheid::member("amount", &Click::amount),    //
                                            cepheid::member("at", &Click::at));
};

int main() {
  using namespace cepheid;
  using namespace std::chrono_literals;

  // clang-format off
  const Pattern funnel = Pattern::begin("login").where(field("action") == "login")
                             .followed_by("view").where(field("action") == "view").one_or_more().greedy()
                             .followed_by("purchase")
                             .where(field("action") == "purchase" && field("amount") > avg(step("view")["amount"]))
                             .within(10min)
                             .after_match(skip_past_last())
                             .name("funnel").on("clicks").key(field("user"))
                             .emit("views", count(step("view")))
                             .emit("amount", step("purchase")["amount"]);
  // clang-format on
  const auto rules = Rules::make({stream_of<Click>("clicks").time("at").lateness(5s)}, {funnel});
  if (!rules) return std::cerr << rules.error().message, 2;

  Engine engine(*rules, {.on_match = [](const Match& match) {
    std::cout << match.key(0).as_text() << " bought for " << match["amount"].as_double() << " after "
              << match["views"].as_int() << " views in " << (match.end_ms() - match.start_ms()) / 1000 << " s\n";
  }});
  auto clicks = engine.input<Click>("clicks");
  if (!clicks) return std::cerr << clicks.error().message << '\n', 2;

  for (Click click; std::cin >> click.user >> click.action >> click.amount >> click.at.ms;) {
    engine.push(*clicks, click);
  }
  engine.finish();
}
