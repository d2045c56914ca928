#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace cepheid::cli {

/// What the program answers to the shell; the same for all commands.
inline constexpr int kGood = 0;
inline constexpr int kFailed = 1;      // failed at work: input that cannot be read, output that cannot be written
inline constexpr int kWrong = 2;       // wrong usage or rule file
inline constexpr int kWarnings = 3;    // warnings, with --deny-warnings

/// Each adds its command to the program and gives what runs it once the command line is read.
using Command = std::function<int()>;
[[nodiscard]] Command add_run(CLI::App& program);
[[nodiscard]] Command add_check(CLI::App& program);
[[nodiscard]] Command add_match(CLI::App& program);
[[nodiscard]] Command add_test(CLI::App& program);
[[nodiscard]] Command add_query(CLI::App& program);
[[nodiscard]] Command add_graph(CLI::App& program);
[[nodiscard]] Command add_bench(CLI::App& program);

}    // namespace cepheid::cli
