#include "runtime/serve/http_message.hpp"

#include <algorithm>
#include <charconv>

#include "runtime/codec/decoder.hpp"
#include "runtime/codec/json_writer.hpp"

namespace cepheid::runtime {

namespace {

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
      out.push_back(static_cast<char>(byte));
      i += 2;
    } else {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

}    // namespace

std::vector<QueryParameter> parse_query(std::string_view query) {
  std::vector<QueryParameter> parameters;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    QueryParameter& parameter = parameters.emplace_back();
    parameter.name = decoded(part.substr(0, equals));
    if (equals != std::string_view::npos) parameter.value = decoded(part.substr(equals + 1));
  }
  return parameters;
}

HttpResponse error_response(int status, std::string_view message) {
  HttpResponse response{.status = status, .body = "{\"error\":"};
  append_json_text(response.body, valid_utf8(message));    // it may quote what was asked
  response.body += "}\n";
  return response;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Status";
  }
}

}    // namespace cepheid::runtime
