#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cepheid::alerts {

/// Writes JSON into a string, member by member; commas come by themselves. The caller closes what it opens. Texts must
/// be UTF-8.
class JsonText {
 public:
  JsonText& begin_object() { return open('{'); }
  JsonText& end_object() { return close('}'); }
  JsonText& begin_list() { return open('['); }
  JsonText& end_list() { return close(']'); }
  /// The name of the next value.
  JsonText& name(std::string_view name);
  JsonText& text(std::string_view value);
  JsonText& number(std::int64_t value);
  JsonText& boolean(bool value);
  /// A value that is JSON already.
  JsonText& json(std::string_view value);

  JsonText& text(std::string_view member, std::string_view value) { return name(member).text(value); }
  JsonText& number(std::string_view member, std::int64_t value) { return name(member).number(value); }
  JsonText& texts(std::string_view member, const std::vector<std::string>& values);
  JsonText& object(std::string_view member, const std::vector<std::pair<std::string, std::string>>& values);

  [[nodiscard]] const std::string& str() const { return out_; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  JsonText& open(char bracket);
  JsonText& close(char bracket);
  void separate();

  std::string out_;
  bool comma_ = false;
};

/// Appends what stands between the quotes of a JSON string that says `text`.
void append_json_escaped(std::string& out, std::string_view text);

/// Whether it is one JSON value in valid UTF-8.
[[nodiscard]] bool is_json(std::string_view text);

}    // namespace cepheid::alerts
