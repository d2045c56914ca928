#include "cepheid/engine.hpp"

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

#include "nfa/engine/engine.hpp"
#include "nfa/row/bytes.hpp"
#include "patterns/embed/match_impl.hpp"
#include "patterns/embed/row_batch_impl.hpp"
#include "patterns/embed/rules_impl.hpp"

namespace cepheid::inline v0 {

struct Engine::Impl {
  /// The engine of the patterns with one `on` list.
  struct Group final : nfa::MatchConsumer {
    Group(Impl& impl, const Rules::Impl::Group& group) : owner(impl), rules(group) {}
    void on_match(const nfa::MatchView& match) override { owner.tell(*this, match); }

    Impl& owner;
    const Rules::Impl::Group& rules;
    std::unique_ptr<nfa::Engine> engine;
  };
  struct Reader {
    nfa::Engine* engine;
    std::uint32_t input;
  };
  struct StreamState {
    const Rules::Impl::StreamRules* rules = nullptr;
    std::vector<Reader> readers;
    std::vector<std::uint32_t> required;
    TimeMs low_ms = kBeginOfTime;
    StreamStats stats;
  };
  /// Marks that the engine is at work: what callbacks call meanwhile is refused.
  class Working {
   public:
    explicit Working(Impl& impl) : impl_(impl) { impl_.working = true; }
    ~Working() { impl_.working = false; }
    Working(const Working&) = delete;
    Working& operator=(const Working&) = delete;

   private:
    Impl& impl_;
  };

  Impl(Rules of, Handlers to, Options with) : rules(std::move(of)), handlers(std::move(to)), options(with) {
    view.rules = rules.impl().get();
    for (const Rules::Impl::StreamRules& stream : rules.impl()->streams) {
      streams.push_back({.rules = &stream, .readers = {}, .required = stream.plan->required, .stats = {}});
    }
    make_groups();
    where_is.resize(rules.patterns());
    for (const auto& group : groups) {
      for (std::uint32_t i = 0; i < group->rules.patterns.size(); ++i) {
        where_is[static_cast<std::uint32_t>(group->rules.patterns[i])] = {group.get(), i};
      }
    }
  }

  void make_groups() {
    for (const Rules::Impl::Group& group : rules.impl()->groups) {
      groups.push_back(std::make_unique<Group>(*this, group));
      groups.back()->engine = make_engine(*groups.back());
    }
    find_readers();
  }
  [[nodiscard]] std::unique_ptr<nfa::Engine> make_engine(Group& group) const {
    std::vector<std::shared_ptr<const nfa::PatternSpec>> specs;
    for (const PatternId id : group.rules.patterns) {
      specs.emplace_back(rules.impl(), &rules.impl()->of(id).plan->spec);
    }
    return std::make_unique<nfa::Engine>(std::move(specs), static_cast<nfa::MatchConsumer&>(group),
                                         nfa::Engine::Options{.merge_partial_matches = options.merge_partial_matches,
                                                              .texts_stay = options.symbols_only});
  }
  void find_readers() {
    for (StreamState& stream : streams) stream.readers.clear();
    for (const auto& group : groups) {
      for (std::uint32_t input = 0; input < group->rules.streams.size(); ++input) {
        of(group->rules.streams[input]).readers.push_back({group->engine.get(), input});
      }
    }
  }

  StreamState& of(StreamId id) { return streams[static_cast<std::uint32_t>(id)]; }

  /// Runs a callback; what it throws leaves the engine once the work at hand is done.
  template <typename Callback, typename... Args>
  void call(const Callback& callback, const Args&... args) {
    if (!callback) return;
    try {
      callback(args...);
    } catch (...) {
      if (!failure) failure = std::current_exception();
    }
  }

  void tell(const Group& group, const nfa::MatchView& match) {
    const auto& callback = match.timed_out ? handlers.on_timeout : handlers.on_match;
    if (!callback) return;
    view.group = &group.rules;
    view.pattern = group.rules.patterns[match.pattern];
    view.match = &match;
    view.computed = false;
    call(callback, Match(view));
  }

  Pushed refuse_invalid(StreamId id, const std::uint64_t* words, std::string_view reason) {
    ++of(id).stats.invalid;
    call(handlers.on_invalid, id, of(id).rules->layout->view(words), reason);
    return Pushed::invalid;
  }

  /// Null where all required fields are there.
  static const Field* find_missing(const StreamState& stream, const std::uint64_t* words) {
    const nfa::RowLayout& layout = *stream.rules->layout;
    for (const std::uint32_t field : stream.required) {
      const FieldSlot& slot = layout.slot(field);
      if ((words[slot.null_word] & slot.null_mask) != 0) return &layout.schema().fields()[field];
    }
    return nullptr;
  }

  /// A row's time, if the row may be worked on: it is not invalid, and not late.
  std::optional<TimeMs> good_time(const StreamState& stream, const std::uint64_t* words) const {
    const auto field = stream.rules->plan->time_field;
    if (!field || find_missing(stream, words) != nullptr) return std::nullopt;
    const auto time_ms = static_cast<TimeMs>(words[stream.rules->layout->slot(*field).word]);
    return time_ms < stream.low_ms ? std::nullopt : std::optional(time_ms);
  }
  /// Takes note of a row that is worked on.
  nfa::Engine::Arrival arrive(StreamState& stream, const std::uint64_t* words, TimeMs time_ms) {
    ++stream.stats.taken;
    stream.low_ms = std::max(stream.low_ms, subtract_saturated(time_ms, stream.rules->plan->lateness));
    return {words, time_ms, stream.low_ms, ++sequence};
  }

  Pushed take(StreamId id, const std::uint64_t* words, std::optional<TimeMs> time_ms) {
    StreamState& stream = of(id);
    if (const Field* missing = find_missing(stream, words)) {
      return refuse_invalid(id, words, "the required field `" + missing->name + "` is null");
    }
    if (!time_ms) {
      const auto field = stream.rules->plan->time_field;
      if (!field) return refuse_invalid(id, words, "the stream has no `time`, and the row was pushed without one");
      time_ms = static_cast<TimeMs>(words[stream.rules->layout->slot(*field).word]);
    }
    if (*time_ms < stream.low_ms) {
      ++stream.stats.late;
      call(handlers.on_late, id, stream.rules->layout->view(words));
      return Pushed::late;
    }
    const nfa::Engine::Arrival arrival = arrive(stream, words, *time_ms);
    for (const Reader& reader : stream.readers) reader.engine->push(reader.input, {&arrival, 1});
    return Pushed::taken;
  }

  std::size_t take_all(const RowBatch::Impl& batch) {
    StreamState& stream = of(batch.stream);
    std::size_t taken = 0;
    const auto push = [&] {
      for (const Reader& reader : stream.readers) reader.engine->push(reader.input, arrivals);
      arrivals.clear();
    };
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const std::uint64_t* words = batch.row(i);
      const std::string_view reason = batch.reason(i);
      const std::optional<TimeMs> time_ms = reason.empty() ? good_time(stream, words) : std::nullopt;
      if (time_ms) {
        ++taken;
        arrivals.push_back(arrive(stream, words, *time_ms));
        // What one row leads to in several engines is told before the next row's.
        if (stream.readers.size() > 1 || arrivals.size() == kAtOnce) push();
        continue;
      }
      // Callbacks come in the order of the rows.
      push();
      const Pushed pushed =
          reason.empty() ? take(batch.stream, words, std::nullopt) : refuse_invalid(batch.stream, words, reason);
      taken += pushed == Pushed::taken ? 1 : 0;
    }
    push();
    return taken;
  }

  void advance(StreamId id, TimeMs low_ms) {
    StreamState& stream = of(id);
    if (low_ms <= stream.low_ms) return;
    stream.low_ms = low_ms;
    for (const Reader& reader : stream.readers) reader.engine->advance(reader.input, low_ms, sequence);
  }

  /// Lets out what a callback or a callable condition threw.
  void rethrow() {
    for (const auto& group : groups) {
      if (std::exception_ptr thrown = group->engine->take_failure(); thrown && !failure) failure = std::move(thrown);
    }
    if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
  }

  const Rules rules;
  const Handlers handlers;
  const Options options;
  std::vector<StreamState> streams;
  std::vector<std::unique_ptr<Group>> groups;
  std::vector<std::pair<Group*, std::uint32_t>> where_is;    // by pattern
  Match::Impl view;
  std::uint64_t sequence = 0;
  std::vector<nfa::Engine::Arrival> arrivals;    // of a batch, not pushed yet
  static constexpr std::size_t kAtOnce = 256;
  bool working = false;
  std::exception_ptr failure;
};

Engine::Engine(Rules rules, Handlers handlers, Options options)
    : impl_(std::make_unique<Impl>(std::move(rules), std::move(handlers), options)) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

const Rules& Engine::rules() const {
  return impl_->rules;
}

bool Engine::symbols_only() const {
  return impl_->options.symbols_only;
}

Pushed Engine::push_row(StreamId stream, const std::uint64_t* words) {
  if (impl_->working) return Pushed::refused;
  Pushed pushed = Pushed::refused;
  {
    const Impl::Working working(*impl_);
    pushed = impl_->take(stream, words, std::nullopt);
  }
  impl_->rethrow();
  return pushed;
}

Pushed Engine::push(StreamId stream, const RowView& row) {
  if (&row.schema() != &impl_->rules.schema(stream)) return Pushed::refused;
  return push_row(stream, row.words());
}

Pushed Engine::push(StreamId stream, const RowView& row, TimeMs time_ms) {
  if (impl_->working || &row.schema() != &impl_->rules.schema(stream)) return Pushed::refused;
  Pushed pushed = Pushed::refused;
  {
    const Impl::Working working(*impl_);
    pushed = impl_->take(stream, row.words(), time_ms);
  }
  impl_->rethrow();
  return pushed;
}

std::size_t Engine::push(const RowBatch& rows) {
  const RowBatch::Impl& batch = *rows.impl_;
  if (impl_->working || batch.rules.impl() != impl_->rules.impl()) return 0;
  std::size_t taken = 0;
  {
    const Impl::Working working(*impl_);
    taken = impl_->take_all(batch);
  }
  impl_->rethrow();
  return taken;
}

bool Engine::advance(StreamId stream, TimeMs low_ms) {
  if (impl_->working) return false;
  {
    const Impl::Working working(*impl_);
    impl_->advance(stream, low_ms);
  }
  impl_->rethrow();
  return true;
}

bool Engine::advance(TimeMs low_ms) {
  if (impl_->working) return false;
  {
    const Impl::Working working(*impl_);
    for (std::uint32_t i = 0; i < impl_->streams.size(); ++i) impl_->advance(static_cast<StreamId>(i), low_ms);
  }
  impl_->rethrow();
  return true;
}

// ---- state

namespace {

constexpr std::uint64_t kMagic = 0x6574617473706563;    // "cepstate", the lowest byte first
constexpr std::uint64_t kFormatVersion = 1;

}    // namespace

std::string Engine::save() const {
  std::string bytes;
  nfa::ByteWriter out(bytes);
  out.fixed64(kMagic);
  out.varint(kFormatVersion);
  const std::size_t block = out.begin_block();
  out.varint(impl_->sequence);
  out.varint(impl_->streams.size());
  for (const Impl::StreamState& stream : impl_->streams) {
    out.text(stream.rules->name);
    out.signed_varint(stream.low_ms);
    for (const std::uint64_t count : {stream.stats.taken, stream.stats.late, stream.stats.invalid}) out.varint(count);
  }
  out.varint(impl_->groups.size());
  for (const auto& group : impl_->groups) group->engine->save(out);
  out.end_block(block);
  return bytes;
}

Result<void> Engine::load(std::string_view bytes) {
  if (impl_->working) return Error{"an engine cannot load a state inside its own callback"};
  if (impl_->options.symbols_only) return Error{"an engine that takes symbols only cannot load a state"};
  const Error damaged{"the saved state is damaged or not whole"};
  nfa::ByteReader all(bytes);
  if (all.fixed64() != kMagic) return Error{"these bytes are no saved state of an engine"};
  if (const std::uint64_t version = all.varint(); !all.ok() || version != kFormatVersion) {
    return Error{"the saved state has format version " + std::to_string(version) + "; this library reads version " +
                 std::to_string(kFormatVersion)};
  }
  nfa::ByteReader in = all.block();
  if (!in.ok() || all.remaining() != 0) return damaged;

  const std::uint64_t sequence = in.varint();
  std::vector<Impl::StreamState> streams = impl_->streams;
  if (in.varint() != streams.size()) return Error{"the saved state is of other rules: they had other streams"};
  for (Impl::StreamState& stream : streams) {
    if (const std::string_view name = in.text(); name != stream.rules->name) {
      return Error{"the saved state is of other rules: it has a stream `" + std::string(name) + "` where these have `" +
                   std::string(stream.rules->name) + "`"};
    }
    stream.low_ms = in.signed_varint();
    for (std::uint64_t* count : {&stream.stats.taken, &stream.stats.late, &stream.stats.invalid}) *count = in.varint();
  }
  if (in.varint() != impl_->groups.size()) return Error{"the saved state is of other rules: they had other patterns"};
  std::vector<std::unique_ptr<nfa::Engine>> engines;
  for (const auto& group : impl_->groups) {
    engines.push_back(impl_->make_engine(*group));
    CEPHEID_TRY(engines.back()->load(in));
  }
  if (!in.ok() || in.remaining() != 0) return damaged;

  impl_->sequence = sequence;
  impl_->streams = std::move(streams);
  for (std::size_t i = 0; i < engines.size(); ++i) impl_->groups[i]->engine = std::move(engines[i]);
  impl_->find_readers();
  return {};
}

// ---- figures

TimeMs Engine::low_ms(StreamId stream) const {
  return impl_->of(stream).low_ms;
}

const PatternStats& Engine::stats(PatternId pattern) const {
  const auto& [group, position] = impl_->where_is[static_cast<std::uint32_t>(pattern)];
  return group->engine->stats(position);
}

const StreamStats& Engine::stats(StreamId stream) const {
  return impl_->of(stream).stats;
}

std::size_t Engine::memory_bytes() const {
  std::size_t bytes = 0;
  for (const auto& group : impl_->groups) bytes += group->engine->memory_bytes();
  return bytes;
}

}    // namespace cepheid::inline v0
