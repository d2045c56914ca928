#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cepheid::runtime {

/// One `name=value` of a query; without a `=` there is no value.
struct QueryParameter {
  std::string name;
  std::optional<std::string> value;
};

/// What a client asks for.
struct HttpRequest {
  std::string method;
  std::string path;    // decoded
  std::vector<QueryParameter> query;
  std::string accept;               // the header
  std::string content_type = {};    // the header
  std::string body = {};            // all of it
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// The parts of what stands behind the `?` of a URL, each with its `%XX` and `+` decoded.
[[nodiscard]] std::vector<QueryParameter> parse_query(std::string_view query);

/// `{"error":"…"}`
[[nodiscard]] HttpResponse error_response(int status, std::string_view message);

/// The standard's words for a status that this program answers with.
[[nodiscard]] std::string_view reason_of(int status);

}    // namespace cepheid::runtime
