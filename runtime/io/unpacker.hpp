#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "cepheid/result.hpp"

namespace cepheid::runtime {

/// One packer's way back, from a piece of packed bytes to a piece of plain ones.
class Unpacker {
 public:
  struct Step {
    std::size_t taken = 0;    // packed bytes used
    std::size_t given = 0;    // plain bytes written
  };

  virtual ~Unpacker() = default;
  /// Unpacks some of `from` into `to`. An error's message says what is wrong with the bytes.
  virtual Result<Step> unpack(const char* from, std::size_t from_size, char* to, std::size_t to_size) = 0;
  /// May the packed bytes end here, at the end of a member?
  [[nodiscard]] virtual bool at_member_end() const = 0;
};

[[nodiscard]] std::unique_ptr<Unpacker> make_gzip_unpacker();
[[nodiscard]] std::unique_ptr<Unpacker> make_zstd_unpacker();

}    // namespace cepheid::runtime
