#include "runtime/testing/row_matching.hpp"

#include <functional>

#include <rapidjson/document.h>

namespace cepheid::runtime {

namespace {

using rapidjson::Document;
using rapidjson::Value;

bool same_number(const Value& a, const Value& b) {
  if (a.IsInt64() && b.IsInt64()) return a.GetInt64() == b.GetInt64();
  return a.GetDouble() == b.GetDouble();
}

/// Has `row` all that `wanted` has?
bool has_all(const Value& row, const Value& wanted) {
  if (wanted.IsNumber()) return row.IsNumber() && same_number(row, wanted);
  if (wanted.IsObject()) {
    if (!row.IsObject()) return false;
    for (const auto& member : wanted.GetObject()) {
      const auto found = row.FindMember(member.name);
      if (found == row.MemberEnd() || !has_all(found->value, member.value)) return false;
    }
    return true;
  }
  if (wanted.IsArray()) {
    if (!row.IsArray() || row.Size() != wanted.Size()) return false;
    for (rapidjson::SizeType i = 0; i < wanted.Size(); ++i) {
      if (!has_all(row[i], wanted[i])) return false;
    }
    return true;
  }
  return row == wanted;
}

std::vector<Document> parse_all(const std::vector<std::string_view>& texts) {
  std::vector<Document> documents;
  for (const std::string_view text : texts) {
    documents.emplace_back().Parse<rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
  }
  return documents;
}

}    // namespace

std::vector<std::optional<std::size_t>> match_rows(const std::vector<std::string_view>& wanted,
                                                   const std::vector<std::string_view>& rows) {
  const std::vector<Document> wishes = parse_all(wanted);
  const std::vector<Document> given = parse_all(rows);
  // Kuhn's algorithm: a wish takes a row from another that finds a new one.
  std::vector<std::optional<std::size_t>> wish_of(rows.size());
  std::vector<bool> seen;
  const std::function<bool(std::size_t)> find_row = [&](std::size_t wish) {
    for (std::size_t row = 0; row < given.size(); ++row) {
      if (seen[row] || !has_all(given[row], wishes[wish])) continue;
      seen[row] = true;
      if (!wish_of[row] || find_row(*wish_of[row])) {
        wish_of[row] = wish;
        return true;
      }
    }
    return false;
  };
  for (std::size_t wish = 0; wish < wishes.size(); ++wish) {
    seen.assign(given.size(), false);
    find_row(wish);
  }
  std::vector<std::optional<std::size_t>> found(wanted.size());
  for (std::size_t row = 0; row < wish_of.size(); ++row) {
    if (wish_of[row]) found[*wish_of[row]] = row;
  }
  return found;
}

}    // namespace cepheid::runtime
