#pragma once

#include "runtime/io/source.hpp"

namespace cepheid::runtime {

/// The bytes of an open file as they are. Closes the descriptor at its end, unless it is standard input.
class FileSource final : public Source {
 public:
  FileSource(int descriptor, std::string name, std::stop_token stop);
  ~FileSource() override;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  Result<std::size_t> read(char* to, std::size_t size) override;
  [[nodiscard]] bool ready() const override;
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  /// Waits until there is something to read or a stop is requested; false: the stop came first.
  bool wait_readable();

  int descriptor_;
  bool may_block_;    // a pipe, a terminal: not a file on a disk
  std::string name_;
  std::stop_token stop_;
};

}    // namespace cepheid::runtime
