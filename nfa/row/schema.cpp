#include "cepheid/schema.hpp"

namespace cepheid::inline v0 {
namespace {

std::optional<std::uint32_t> find_field(const std::vector<Field>& fields, std::string_view name, bool presence) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].presence == presence && fields[i].name == name) return static_cast<std::uint32_t>(i);
  }
  return std::nullopt;
}

}    // namespace

std::optional<std::uint32_t> Schema::find(std::string_view name) const {
  return find_field(fields_, name, false);
}

std::optional<std::uint32_t> Schema::find_presence(std::string_view path) const {
  return find_field(fields_, path, true);
}

}    // namespace cepheid::inline v0
