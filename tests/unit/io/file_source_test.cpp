#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "runtime/io/sink.hpp"
#include "runtime/io/source.hpp"

namespace cepheid::runtime {
namespace {

class Files : public testing::Test {
 protected:
  Files() {
    std::string name = testing::TempDir() + "/cepheid-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~Files() override { std::filesystem::remove_all(folder_); }

  std::string put(const std::string& name, const std::string& bytes) {
    const std::string path = (folder_ / name).string();
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  static std::string gzipped(const std::string& text) {
    z_stream stream{};
    ::deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string packed(::deflateBound(&stream, text.size()) + 32, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    ::deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    ::deflateEnd(&stream);
    return packed;
  }
  static std::string zstd(const std::string& text) {
    std::string packed(::ZSTD_compressBound(text.size()), '\0');
    packed.resize(::ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
    return packed;
  }
  /// The whole of a file, or what came before the error and its message.
  static std::string read_all(const std::string& path) {
    auto source = open_file_source(path, path, {});
    if (!source) return source.error().message;
    std::string text;
    char piece[7];
    for (;;) {
      Result<std::size_t> got = (*source)->read(piece, sizeof piece);
      if (!got) return text + "|" + got.error().message;
      if (*got == 0) return text;
      text.append(piece, *got);
    }
  }

  std::filesystem::path folder_;
};

using FileSourceTest = Files;
using FileSinkTest = Files;

TEST_F(FileSourceTest, GivesTheBytesAsTheyAre) {
  EXPECT_EQ(read_all(put("a", "one\ntwo, without a line end")), "one\ntwo, without a line end");
  EXPECT_EQ(read_all(put("empty", "")), "");
  EXPECT_EQ(read_all(put("short", "\x1f")), "\x1f");
}

TEST_F(FileSourceTest, UnpacksMembersOneAfterTheOtherWhateverTheNameIs) {
  EXPECT_EQ(read_all(put("a.gz", gzipped("first\n") + gzipped("second\n"))), "first\nsecond\n");
  EXPECT_EQ(read_all(put("b.txt", zstd("first\n") + zstd("second\n"))), "first\nsecond\n");
}

TEST_F(FileSourceTest, BrokenPackedDataIsAnErrorBehindWhatCouldBeRead) {
  const std::string packed = gzipped("first\n") + gzipped("second\n");
  const std::string path = put("a.gz", packed.substr(0, packed.size() - 6));
  EXPECT_EQ(read_all(path), "first\nsecond\n|cannot unpack `" + path + "`: it ends in the middle of its data");
}

TEST_F(FileSourceTest, MissingFileIsNamed) {
  EXPECT_EQ(read_all("/no/such/file"), "cannot open `/no/such/file`: No such file or directory");
}

TEST_F(FileSinkTest, MakesFoldersAndEmptiesTheFile) {
  const std::string path = (folder_ / "x" / "y" / "out.txt").string();
  for (const char* text : {"long text\n", "short\n"}) {
    auto sink = open_file_sink(path, path);
    ASSERT_TRUE(sink);
    ASSERT_TRUE((*sink)->write(text));
    ASSERT_TRUE((*sink)->flush());
    EXPECT_EQ(read_all(path), text);
  }
  ASSERT_TRUE(open_file_sink(path, path));
  EXPECT_EQ(read_all(path), "");
}

TEST_F(FileSinkTest, AFullDiskIsReported) {
  auto sink = open_file_sink("/dev/full", "/dev/full");
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->write("x"));
  const Result<void> flushed = (*sink)->flush();
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().message, "cannot write `/dev/full`: No space left on device");
}

}    // namespace
}    // namespace cepheid::runtime
