#include "conformance/json_tree.hpp"

#include <algorithm>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "runtime/codec/json_writer.hpp"

namespace cepheid::conformance {

namespace {

/// Builds the tree from RapidJSON's events.
class TreeBuilder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, TreeBuilder> {
 public:
  // NOLINTBEGIN(readability-identifier-naming): the names that RapidJSON calls
  bool Null() { return add({}); }
  bool Bool(bool value) { return add({.kind = JsonTree::Kind::bool_, .text = value ? "true" : "false"}); }
  bool RawNumber(const char* digits, rapidjson::SizeType size, bool) {
    return add({.kind = JsonTree::Kind::number, .text = {digits, size}});
  }
  bool String(const char* bytes, rapidjson::SizeType size, bool) {
    return add({.kind = JsonTree::Kind::text, .text = {bytes, size}});
  }
  bool StartObject() { return open(JsonTree::Kind::object); }
  bool Key(const char* bytes, rapidjson::SizeType size, bool) {
    open_.back().members.emplace_back(std::string(bytes, size), JsonTree());
    return true;
  }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool StartArray() { return open(JsonTree::Kind::list); }
  bool EndArray(rapidjson::SizeType) { return close(); }
  // NOLINTEND(readability-identifier-naming)

  [[nodiscard]] JsonTree take() { return std::move(whole_); }

 private:
  bool open(JsonTree::Kind kind) {
    open_.push_back({.kind = kind});
    return true;
  }
  bool close() {
    JsonTree done = std::move(open_.back());
    open_.pop_back();
    return add(std::move(done));
  }
  bool add(JsonTree value) {
    if (open_.empty()) {
      whole_ = std::move(value);
    } else if (open_.back().kind == JsonTree::Kind::list) {
      open_.back().items.push_back(std::move(value));
    } else {
      open_.back().members.back().second = std::move(value);
    }
    return true;
  }

  JsonTree whole_;
  std::vector<JsonTree> open_;    // lists and objects not yet closed, the outermost first
};

void append(std::string& out, const JsonTree& tree) {
  switch (tree.kind) {
    case JsonTree::Kind::null_: out += "null"; break;
    case JsonTree::Kind::bool_:
    case JsonTree::Kind::number: out += tree.text; break;
    case JsonTree::Kind::text: runtime::append_json_text(out, tree.text); break;
    case JsonTree::Kind::list:
      out += '[';
      for (std::size_t i = 0; i < tree.items.size(); ++i) {
        if (i != 0) out += ',';
        append(out, tree.items[i]);
      }
      out += ']';
      break;
    case JsonTree::Kind::object:
      out += '{';
      for (std::size_t i = 0; i < tree.members.size(); ++i) {
        if (i != 0) out += ',';
        runtime::append_json_text(out, tree.members[i].first);
        out += ':';
        append(out, tree.members[i].second);
      }
      out += '}';
      break;
  }
}

}    // namespace

const JsonTree* JsonTree::find(std::string_view name) const {
  const auto found = std::ranges::find(members, name, &std::pair<std::string, JsonTree>::first);
  return found == members.end() ? nullptr : &found->second;
}

bool JsonTree::is_whole() const {
  return kind == Kind::number && text.find_first_of(".eE") == std::string::npos;
}

std::optional<JsonTree> parse_json(std::string_view text) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  TreeBuilder builder;
  if (!reader.Parse<rapidjson::kParseNumbersAsStringsFlag>(stream, builder)) return std::nullopt;
  return builder.take();
}

std::string to_json(const JsonTree& tree) {
  std::string out;
  append(out, tree);
  return out;
}

}    // namespace cepheid::conformance
