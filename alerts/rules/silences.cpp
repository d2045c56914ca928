#include "alerts/rules/silences.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "alerts/text/json_text.hpp"

namespace cepheid::alerts {

Result<void> Silences::refresh() {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(file_, error);
  if (error) {
    seen_.reset();
    problem_.reset();
    silences_.clear();
    return {};    // no file: no silences
  }
  const std::uintmax_t size = std::filesystem::file_size(file_, error);
  const auto state = std::make_pair(time, size);
  if (error || seen_ == state) return {};
  seen_ = state;
  std::ifstream stream(file_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  Result<std::vector<Silence>> read = read_silences(text);
  problem_.reset();
  if (!stream) {
    problem_ = Error{fmt::format("cannot read `{}`", file_.string())};
  } else if (!read) {
    problem_ = Error{fmt::format("`{}` is not understood: {}", file_.string(), read.error().message)};
  }
  if (problem_) return *problem_;
  silences_ = *std::move(read);
  return {};
}

Result<Silence> Silences::add(Silence silence, TimeMs wall_now) {
  CEPHEID_TRY(refresh());
  if (problem_) return *problem_;    // what stands in the file is not to be lost
  if (silence.id.empty()) silence.id = made_silence_id(silence);
  if (!is_json(silence_text(silence))) return Error{"a text of the silence is no UTF-8"};
  std::vector<Silence> silences = silences_;
  std::erase_if(silences, [&](const Silence& old) { return old.id == silence.id || old.until <= wall_now; });
  if (silences.size() >= kMostSilences) return Error{fmt::format("there are {} silences already", kMostSilences)};
  silences.push_back(silence);
  CEPHEID_TRY(write(silences));
  const auto stored =
      std::find_if(silences_.begin(), silences_.end(), [&](const Silence& other) { return other.id == silence.id; });
  return stored != silences_.end() ? *stored : silence;    // somebody may edit the file at any moment
}

Result<bool> Silences::remove(const std::string& id) {
  CEPHEID_TRY(refresh());
  if (problem_) return *problem_;    // what stands in the file is not to be lost
  std::vector<Silence> silences = silences_;
  if (std::erase_if(silences, [&](const Silence& silence) { return silence.id == id; }) == 0) return false;
  CEPHEID_TRY(write(silences));
  return true;
}

Result<void> Silences::write(const std::vector<Silence>& silences) {
  const std::filesystem::path next = file_.string() + ".new";
  std::ofstream stream(next, std::ios::binary | std::ios::trunc);
  stream << silences_text(silences);
  stream.close();
  std::error_code error;
  if (stream) std::filesystem::rename(next, file_, error);
  if (!stream || error) return Error{fmt::format("cannot write `{}`", file_.string())};
  seen_.reset();
  return refresh();
}

bool Silences::silenced(const Alert& alert, TimeMs wall_now) const {
  return std::any_of(silences_.begin(), silences_.end(),
                     [&](const Silence& silence) { return wall_now < silence.until && silence.matches(alert); });
}

}    // namespace cepheid::alerts
