#pragma once

#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>

#include "cepheid/result.hpp"

namespace cepheid::runtime {

/// Bytes that come in: a file, standard input; what unpacks them is a Source too. Used by one thread.
class Source {
 public:
  virtual ~Source() = default;
  /// Reads at most `size` (> 0) bytes to `to` and says how many; waits until there is at least one. 0: the end, or the
  /// stop that was asked for (the stop token tells which).
  virtual Result<std::size_t> read(char* to, std::size_t size) = 0;
  /// Would read() give bytes, or the end, without a wait for somebody who writes them? False only says that it may
  /// wait.
  [[nodiscard]] virtual bool ready() const = 0;
  /// For messages and for the place of a row: the path as it was given.
  [[nodiscard]] virtual const std::string& name() const = 0;
};

/// Opens a file, `-` being standard input. What is packed by gzip or zstd is unpacked: told by its first bytes, so that
/// a wrong ending does no harm; several members one after the other are one text. `shown` is the name in messages.
/// A wait for bytes (a pipe) ends soon after `stop` is requested.
[[nodiscard]] Result<std::unique_ptr<Source>> open_file_source(const std::string& path, std::string shown,
                                                               std::stop_token stop);

}    // namespace cepheid::runtime
