#include "runtime/io/in_memory.hpp"

#include <utility>

namespace cepheid::runtime {

namespace {

class TextSource final : public Source {
 public:
  TextSource(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {}

  Result<std::size_t> read(char* to, std::size_t size) override {
    const std::size_t given = text_.copy(to, size, next_);
    next_ += given;
    return given;
  }
  [[nodiscard]] bool ready() const override { return true; }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  std::string name_;
  std::string text_;
  std::size_t next_ = 0;
};

class TextSink final : public Sink {
 public:
  explicit TextSink(std::string& out) : out_(out) {}

  Result<void> write(std::string_view bytes) override {
    out_.append(bytes);
    return {};
  }
  Result<void> flush() override { return {}; }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  std::string& out_;
  std::string name_ = "memory";
};

}    // namespace

std::unique_ptr<Source> make_text_source(std::string name, std::string text) {
  return std::make_unique<TextSource>(std::move(name), std::move(text));
}

std::unique_ptr<Sink> make_text_sink(std::string& out) {
  return std::make_unique<TextSink>(out);
}

}    // namespace cepheid::runtime
