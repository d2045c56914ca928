#include <set>

#include <fmt/format.h>

#include "patterns/check/addresses.hpp"
#include "patterns/check/schemas.hpp"
#include "patterns/check/scope.hpp"
#include "patterns/check/statements.hpp"

namespace cepheid::patterns {

namespace {

class StreamCheck {
 public:
  StreamCheck(const syntax::Stream& stream, CheckContext& context)
      : stream_(stream), context_(context), diagnostics_(context.diagnostics) {}

  void run();

 private:
  void check_source();
  void check_time();
  void check_required();
  void require(std::uint32_t field);
  void wrong(DiagnosticKind kind, Span span, std::string message, std::string hint = {}) {
    diagnostics_.error(kind, span, std::move(message), std::move(hint));
  }
  [[nodiscard]] std::string nearest_field(std::string_view path) const { return Fields(schema_).nearest(path); }

  const syntax::Stream& stream_;
  CheckContext& context_;
  Diagnostics& diagnostics_;
  SourcePlan source_;
  Schema schema_;
  std::set<std::string, std::less<>> wrong_fields_;    // declared, but wrongly: not unknown
};

void StreamCheck::run() {
  check_source();
  CheckedSchema checked = check_schema(stream_.schema, "stream", stream_.name, stream_.broken, context_);
  schema_ = std::move(checked.schema);
  wrong_fields_ = std::move(checked.wrong_fields);
  check_time();
  check_required();
  source_.lateness = stream_.lateness ? stream_.lateness->ms : 0;
  if (stream_.idle) source_.idle = stream_.idle->ms;
  // Whatever else is wrong: with right fields, what reads the stream can be checked.
  if (!checked.ok || stream_.broken) return;

  const auto layout = std::make_shared<const nfa::RowLayout>(schema_);
  const RelationId id = add_relation(stream_.name, layout, std::move(source_), context_);
  const auto add_side_output = [&](const syntax::Name& name, std::shared_ptr<const nfa::RowLayout> rows, bool late) {
    return add_relation(name, std::move(rows), SideOutputPlan{.source = id, .late = late}, context_);
  };
  std::optional<RelationId> late_to;
  std::optional<RelationId> invalid_to;
  if (stream_.late_to) late_to = add_side_output(*stream_.late_to, layout, true);
  if (stream_.invalid_to) {
    const Schema invalid({{"line", Type::string()}, {"place", Type::string()}, {"reason", Type::string()}});
    invalid_to = add_side_output(*stream_.invalid_to, std::make_shared<const nfa::RowLayout>(invalid), false);
  }
  auto& added = std::get<SourcePlan>(context_.plan.relations[id].body);
  added.late_to = late_to;
  added.invalid_to = invalid_to;
}

void StreamCheck::check_source() {
  for (const syntax::Address& address : stream_.from) {
    auto checked = check_address(address, diagnostics_);
    if (!checked || !checked->on || source_.from) continue;
    (void)check_supported(address, diagnostics_);
    source_.from = std::move(checked->address);
  }
  if (!stream_.format) return;
  switch (stream_.format->kind) {
    case syntax::Format::Kind::json: source_.format = SourceFormat::json; break;
    case syntax::Format::Kind::csv: source_.format = SourceFormat::csv; break;
    case syntax::Format::Kind::avro:
      source_.format = SourceFormat::avro;
      if (source_.from) {
        wrong(DiagnosticKind::not_supported, stream_.format->span, "`format avro` is not supported yet");
      }
      break;
    case syntax::Format::Kind::text: break;    // only of targets
  }
}

void StreamCheck::check_time() {
  if (!stream_.time || stream_.schema.empty()) return;
  const std::string path = join_path(*stream_.time);
  if (wrong_fields_.contains(path)) return;
  const auto field = schema_.find(path);
  if (!field) {
    wrong(DiagnosticKind::unknown_field, stream_.time->span,
          fmt::format("unknown field `{}` in stream `{}`", path, stream_.name.text), did_you_mean(nearest_field(path)));
    return;
  }
  const Type& type = schema_.fields()[*field].type;
  if (type.kind != TypeKind::timestamp) {
    wrong(DiagnosticKind::wrong_type, stream_.time->span,
          fmt::format("`time` needs a timestamp, `{}` is {}", path, to_string(type)),
          fmt::format("declare it `{} timestamp`{}", path,
                      type.kind == TypeKind::int_ ? ": whole numbers are read as ms" : ""));
    return;
  }
  source_.time_field = *field;
  require(*field);
}

void StreamCheck::check_required() {
  if (stream_.schema.empty()) return;
  for (const syntax::Path& required : stream_.require) {
    const std::string path = join_path(required);
    if (wrong_fields_.contains(path)) continue;
    auto field = schema_.find(path);
    if (!field) field = schema_.find_presence(path);
    if (field) {
      require(*field);
      continue;
    }
    wrong(DiagnosticKind::unknown_field, required.span,
          fmt::format("unknown field `{}` in stream `{}`", path, stream_.name.text), did_you_mean(nearest_field(path)));
  }
}

void StreamCheck::require(std::uint32_t field) {
  for (const std::uint32_t known : source_.required) {
    if (known == field) return;
  }
  source_.required.push_back(field);
}

}    // namespace

void check_stream(const syntax::Stream& stream, CheckContext& context) {
  StreamCheck(stream, context).run();
}

}    // namespace cepheid::patterns
