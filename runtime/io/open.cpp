#include "runtime/io/open.hpp"

#include <filesystem>
#include <string_view>

#include <fmt/format.h>

namespace cepheid::runtime {

namespace {

using Kind = patterns::Address::Kind;

std::string resolved(const std::string& path, const std::string& folder) {
  return (std::filesystem::path(folder) / path).string();
}

std::string_view word_of(Kind kind) {
  switch (kind) {
    case Kind::file: return "file";
    case Kind::stdin_: return "stdin";
    case Kind::stdout_: return "stdout";
    case Kind::kafka: return "kafka";
    case Kind::http: return "http";
    case Kind::redis: return "redis";
    case Kind::postgres: return "postgres";
  }
  return "?";
}

}    // namespace

Result<void> check_source(const patterns::Address& from) {
  if (from.kind == Kind::file || from.kind == Kind::stdin_) return {};
  return Error{fmt::format("`from {}` is not supported yet", word_of(from.kind))};
}

Result<void> check_sink(const patterns::Address& to) {
  if (to.kind == Kind::file || to.kind == Kind::stdout_) return {};
  return Error{fmt::format("`to {}` is not supported yet", word_of(to.kind))};
}

Result<std::unique_ptr<Source>> open_source(const patterns::Address& from, const std::string& folder,
                                            std::stop_token stop) {
  CEPHEID_TRY(check_source(from));
  if (from.kind == Kind::stdin_) return open_file_source("-", "stdin", std::move(stop));
  return open_file_source(resolved(from.target, folder), from.target, std::move(stop));
}

Result<std::unique_ptr<Sink>> open_sink(const patterns::Address& to, const std::string& folder) {
  CEPHEID_TRY(check_sink(to));
  if (to.kind == Kind::stdout_) return make_stdout_sink();
  return open_file_sink(resolved(to.target, folder), to.target);
}

}    // namespace cepheid::runtime
