#include "runtime/cli/rule_file.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "patterns/plan/load.hpp"
#include "patterns/source/limits.hpp"
#include "runtime/alerting/dispatcher_config.hpp"
#include "runtime/io/source.hpp"

namespace cepheid::cli {

namespace {

/// The whole text of a file of at most `most` bytes, as it is.
Result<std::string> read_whole(const std::string& path, std::size_t most) {
  Result<std::unique_ptr<runtime::Source>> source = runtime::open_file_source(path, path, {});
  if (!source) return source.error();
  std::string text;
  constexpr std::size_t kPieceBytes = 64 << 10;
  for (;;) {
    const std::size_t size = text.size();
    text.resize(size + kPieceBytes);
    Result<std::size_t> got = (*source)->read(text.data() + size, kPieceBytes);
    if (!got) return got.error();
    text.resize(size + *got);
    if (*got == 0) return text;
    if (text.size() > most) return Error{fmt::format("`{}` is larger than {} MiB", path, most >> 20)};
  }
}

patterns::Environment environment_of(const std::string& folder) {
  patterns::Environment environment;
  environment.variable = [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
  environment.file = [folder](std::string_view path) -> std::optional<std::string> {
    Result<std::string> text = read_whole((std::filesystem::path(folder) / path).string(), patterns::kMaxFileBytes);
    if (!text) return std::nullopt;
    return *text;
  };
  return environment;
}

}    // namespace

LoadedRules load_rules(const std::string& path) {
  LoadedRules loaded;
  loaded.folder = std::filesystem::path(path).parent_path().string();
  Result<std::string> text = read_whole(path, patterns::kMaxFileBytes);
  if (!text) {
    print_error(text.error().message);
    return loaded;
  }
  const patterns::SourceFile source(path, std::move(text).value());
  patterns::Diagnostics diagnostics(source);
  std::optional<patterns::Plan> plan = patterns::load_rules(source, environment_of(loaded.folder), diagnostics);
  if (plan) runtime::check_channels(*plan, loaded.folder, diagnostics);
  const std::string rendered = diagnostics.render();
  std::fwrite(rendered.data(), 1, rendered.size(), stderr);
  loaded.warnings = diagnostics.warnings();
  if (plan && !diagnostics.has_errors()) loaded.plan = std::make_shared<const patterns::Plan>(std::move(*plan));
  return loaded;
}

void print_error(const std::string& message) {
  fmt::print(stderr, "error: {}\n", message);
}

}    // namespace cepheid::cli
