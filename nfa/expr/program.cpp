// The loop that runs programs. Registers are plain Datums whose types the instructions know; no instruction fails, none
// allocates but for text, lists and objects, in the scratch's arena. An instruction may write the register it reads:
// results are complete values before they are stored.
//
// Values are stored into registers by their parts (store), never as whole Datums: a Datum written in parts and read
// back as a whole stalls the processor for as long as all the rest of a comparison takes.

#include "nfa/expr/program.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <optional>

#include "nfa/expr/compare.hpp"
#include "nfa/expr/number_functions.hpp"
#include "nfa/expr/program_code.hpp"
#include "nfa/expr/regex_options.hpp"
#include "nfa/expr/step_aggregates.hpp"
#include "nfa/expr/text_functions.hpp"
#include "nfa/expr/to_text.hpp"
#include "nfa/expr/value_hash.hpp"
#include "nfa/row/decimal_math.hpp"
#include "nfa/row/number_text.hpp"

namespace cepheid::nfa {
namespace {

void store(Datum& out, bool value) {
  out.boolean = value;
  out.null = false;
}
void store(Datum& out, std::int64_t value) {
  out.integer = value;
  out.null = false;
}
void store(Datum& out, double value) {
  out.number = value;
  out.null = false;
}
void store(Datum& out, const Text* value) {
  out.text = value;
  out.null = false;
}
void store(Datum& out, const Maybe<bool>& maybe) {
  out.boolean = maybe.value;
  out.null = maybe.null;
}
void store(Datum& out, const Maybe<std::int64_t>& maybe) {
  out.integer = maybe.value;
  out.null = maybe.null;
}
void store(Datum& out, const Maybe<double>& maybe) {
  out.number = maybe.value;
  out.null = maybe.null;
}
void store(Datum& out, const Maybe<Int128>& maybe) {
  out.units = maybe.value;
  out.null = maybe.null;
}
void store(Datum& out, const Datum& value) {
  out = value;
}

void store_field(Datum& out, Row row, const FieldSlot& slot) {
  out.null = (row[slot.null_word] & slot.null_mask) != 0;
  __builtin_memcpy(&out.units, row + slot.word, slot.kind == TypeKind::decimal ? 16 : 8);
}

template <typename Number>
Maybe<Number> maybe_of(const std::optional<Number>& value) {
  return value ? Maybe<Number>{*value, false} : Maybe<Number>{};
}
Maybe<Int128> maybe_of(const std::optional<Decimal>& value) {
  return value ? Maybe<Int128>{value->units, false} : Maybe<Int128>{};
}

Maybe<bool> and_of(const Datum& a, const Datum& b) {
  if ((!a.null && !a.boolean) || (!b.null && !b.boolean)) return {false, false};
  return {true, a.null || b.null};
}

Maybe<bool> or_of(const Datum& a, const Datum& b) {
  if ((!a.null && a.boolean) || (!b.null && b.boolean)) return {true, false};
  return {false, a.null || b.null};
}

/// Has the outcome of a comparison a bit of the mask?
bool holds(Outcome outcome, std::uint8_t mask) {
  return (outcome & mask) != 0;
}

re2::StringPiece piece_of(std::string_view text) {
  return {text.data(), text.size()};
}

bool finds(const re2::RE2& regex, std::string_view text) {
  return regex.ok() && regex.Match(piece_of(text), 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

Datum matches_text(std::string_view text, std::string_view expression) {
  const re2::RE2 regex(piece_of(expression), regex_options());
  return regex.ok() ? Datum::of_bool(finds(regex, text)) : Datum();
}

/// Event `index` of a step, counted from the last if negative, or null.
Row event_at(std::span<const Row> events, std::int32_t index) {
  const auto size = static_cast<std::int64_t>(events.size());
  const std::int64_t at = index < 0 ? size + index : index;
  return at >= 0 && at < size ? events[static_cast<std::size_t>(at)] : nullptr;
}

Datum in_list(const Datum& value, const Type& value_type, const Datum& list, const Type& item_type, bool nulls_count) {
  bool null_seen = false;
  for (std::size_t i = 0; i < list.composite->size; ++i) {
    const Datum& item = list.composite->items[i];
    if (item.null) {
      null_seen = true;
    } else if (compare_values(value, value_type, item, item_type) == kEqual) {
      return Datum::of_bool(true);
    }
  }
  return null_seen && nulls_count ? Datum() : Datum::of_bool(false);
}

/// A set of constants as SQL's IN sees it.
template <typename Set, typename Value>
Datum in_set(const Set& set, const Value& value, bool has_null) {
  if (set.contains(value)) return Datum::of_bool(true);
  return has_null ? Datum() : Datum::of_bool(false);
}

/// Null if it throws: then neither the condition nor its opposite holds.
Datum ask(const NativeCondition& condition, Row row, std::exception_ptr& failure) {
  try {
    return Datum::of_bool((*condition.function)(condition.layout->view(row)));
  } catch (...) {
    if (!failure) failure = std::current_exception();
    return {};
  }
}

/// What a run works on.
struct Machine {
  const ExprProgram::Code& code;
  EvalScratch& scratch;
  Datum* registers;

  const Datum& in(Operand operand) const {
    return operand >= 0 ? registers[operand] : code.constants[static_cast<std::size_t>(~operand)];
  }
  std::span<const Operand> list(const Instruction& i) const {
    return {code.operands.data() + i.a, static_cast<std::size_t>(i.b)};
  }

  template <typename Compute>
  void unary(const Instruction& i, Compute compute) const {
    const Datum& a = in(i.a);
    Datum& out = registers[i.dest];
    if (a.null) {
      out.null = true;
    } else {
      store(out, compute(a));
    }
  }
  template <typename Compute>
  void binary(const Instruction& i, Compute compute) const {
    const Datum& a = in(i.a);
    const Datum& b = in(i.b);
    Datum& out = registers[i.dest];
    if (a.null || b.null) {
      out.null = true;
    } else {
      store(out, compute(a, b));
    }
  }
  /// A field against a constant that is not null.
  template <typename Compute>
  void field(const Instruction& i, Row row, Compute compute) const {
    const Datum value = read_field(row, code.slots[static_cast<std::size_t>(i.a)]);
    Datum& out = registers[i.dest];
    if (value.null) {
      out.null = true;
    } else {
      store(out, compute(value, in(i.b)));
    }
  }
  template <typename Compute>
  void calendar(const Instruction& i, Compute compute) const {
    unary(i, [&](const Datum& time) {
      return compute(to_calendar(to_local(time.integer, code.zones[static_cast<std::size_t>(i.b)])));
    });
  }

  Datum concat(const Instruction& i) const;
  Datum hash(const Instruction& i) const;
  Datum extreme(const Instruction& i) const;
  Datum haversine(const Instruction& i) const;
  Datum make_composite(const Instruction& i) const;
};

Datum Machine::concat(const Instruction& i) const {
  std::size_t size = 0;
  for (const Operand operand : list(i)) {
    if (!in(operand).null) size += in(operand).text->size;
  }
  Text* text = scratch.arena.make_text(size);
  char* to = text->bytes;
  for (const Operand operand : list(i)) {
    if (in(operand).null) continue;
    const std::string_view part = in(operand).text->view();
    to = std::copy(part.begin(), part.end(), to);
  }
  return Datum::of_text(text);
}

Datum Machine::hash(const Instruction& i) const {
  ValueHasher hasher;
  auto type = static_cast<std::size_t>(i.c);
  for (const Operand operand : list(i)) {
    const Datum& value = in(operand);
    if (value.null) return {};
    hasher.add(value, code.types[type++]);
  }
  return Datum::of_int(hasher.result());
}

Datum Machine::extreme(const Instruction& i) const {
  const Type& type = code.types[static_cast<std::size_t>(i.c)];
  Datum best;
  for (const Operand operand : list(i)) {
    const Datum& value = in(operand);
    if (value.null) continue;
    if (best.null || compare_values(value, type, best, type) == i.mask) best = value;
  }
  return best;
}

Datum Machine::haversine(const Instruction& i) const {
  double degrees[4] = {};
  std::size_t count = 0;
  for (const Operand operand : list(i)) {
    if (in(operand).null) return {};
    degrees[count++] = in(operand).number;
  }
  return finite(haversine_km(degrees[0], degrees[1], degrees[2], degrees[3]));
}

Datum Machine::make_composite(const Instruction& i) const {
  const std::span<const Operand> operands = list(i);
  auto* items = static_cast<Datum*>(scratch.arena.allocate(operands.size() * sizeof(Datum)));
  for (std::size_t k = 0; k < operands.size(); ++k) new (items + k) Datum(in(operands[k]));
  return Datum::of_composite(new (scratch.arena.allocate(sizeof(Composite))) Composite{operands.size(), items});
}

}    // namespace

const Datum& run_code(const ExprProgram::Code& code, std::size_t start, const EvalInput& input, EvalScratch& scratch) {
  if (scratch.registers.size() < code.register_count) scratch.registers.resize(code.register_count);
  const Machine machine{code, scratch, scratch.registers.data()};
  Datum* const registers = machine.registers;
  Arena& arena = scratch.arena;
  const auto at = [](const auto& table, std::int32_t index) -> decltype(auto) {
    return table[static_cast<std::size_t>(index)];
  };
  const Instruction* const first = code.instructions.data();

  for (const Instruction* next = first + start;;) {
    const Instruction& i = *next++;
    switch (i.op) {
      case Op::halt: return machine.in(i.a);
      case Op::move: registers[i.dest] = machine.in(i.a); break;

      case Op::load_field: store_field(registers[i.dest], input.row, at(code.slots, i.a)); break;
      case Op::load_side_field: {
        const Row side = at(input.sides, i.b);
        registers[i.dest] = side == nullptr ? Datum() : read_field(side, at(code.slots, i.a));
        break;
      }
      case Op::load_step_field: {
        const Row event = event_at(input.taken->events(static_cast<StepId>(i.b)), i.c);
        registers[i.dest] = event == nullptr ? Datum() : read_field(event, at(code.slots, i.a));
        break;
      }
      case Op::load_item: registers[i.dest] = at(input.items, i.a); break;
      case Op::load_time: store(registers[i.dest], input.time_ms); break;
      case Op::ask_native: registers[i.dest] = ask(at(code.natives, i.a), input.row, scratch.failure); break;
      case Op::aggregate_step:
        registers[i.dest] =
            aggregate_events(static_cast<StepAggregate>(i.mask), input.taken->events(static_cast<StepId>(i.b)),
                             at(code.slots, i.a), at(code.types, i.c), arena);
        break;

      case Op::jump: next = first + i.b; break;
      case Op::jump_if_true:
        if (const Datum& a = machine.in(i.a); !a.null && a.boolean) next = first + i.b;
        break;
      case Op::jump_if_false:
        if (const Datum& a = machine.in(i.a); !a.null && !a.boolean) next = first + i.b;
        break;
      case Op::jump_if_not_true:
        if (const Datum& a = machine.in(i.a); a.null || !a.boolean) next = first + i.b;
        break;
      case Op::jump_if_not_null:
        if (!machine.in(i.a).null) next = first + i.b;
        break;

      case Op::and_: store(registers[i.dest], and_of(machine.in(i.a), machine.in(i.b))); break;
      case Op::or_: store(registers[i.dest], or_of(machine.in(i.a), machine.in(i.b))); break;
      case Op::not_: machine.unary(i, [](const Datum& a) { return !a.boolean; }); break;
      case Op::is_null: store(registers[i.dest], machine.in(i.a).null); break;

      case Op::compare_int:
        machine.binary(
            i, [&](const Datum& a, const Datum& b) { return holds(compare_plain(a.integer, b.integer), i.mask); });
        break;
      case Op::compare_double:
        machine.binary(
            i, [&](const Datum& a, const Datum& b) { return holds(compare_plain(a.number, b.number), i.mask); });
        break;
      case Op::compare_decimal:
        machine.binary(i,
                       [&](const Datum& a, const Datum& b) { return holds(compare_plain(a.units, b.units), i.mask); });
        break;
      case Op::compare_text:
        machine.binary(i, [&](const Datum& a, const Datum& b) {
          return holds(compare_text(a.text->view(), b.text->view()), i.mask);
        });
        break;
      case Op::equal_text:
        machine.binary(i, [&](const Datum& a, const Datum& b) {
          return (a.text->view() == b.text->view()) == (i.mask == kEqual);
        });
        break;
      case Op::compare_values:
        machine.binary(i, [&](const Datum& a, const Datum& b) {
          return holds(compare_values(a, at(code.types, i.c), b, at(code.types, i.c + 1)), i.mask);
        });
        break;
      case Op::compare_field_int:
        machine.field(i, input.row, [&](const Datum& a, const Datum& b) {
          return holds(compare_plain(a.integer, b.integer), i.mask);
        });
        break;
      case Op::compare_field_double:
        machine.field(i, input.row,
                      [&](const Datum& a, const Datum& b) { return holds(compare_plain(a.number, b.number), i.mask); });
        break;
      case Op::compare_field_decimal:
        machine.field(i, input.row,
                      [&](const Datum& a, const Datum& b) { return holds(compare_plain(a.units, b.units), i.mask); });
        break;
      case Op::compare_field_text:
        machine.field(i, input.row, [&](const Datum& a, const Datum& b) {
          return holds(compare_text(a.text->view(), b.text->view()), i.mask);
        });
        break;
      case Op::equal_field_text:
        machine.field(i, input.row, [&](const Datum& a, const Datum& b) {
          return (a.text->view() == b.text->view()) == (i.mask == kEqual);
        });
        break;
      case Op::in_texts:
        machine.unary(i, [&](const Datum& a) { return in_set(at(code.text_sets, i.b), a.text->view(), i.mask != 0); });
        break;
      case Op::in_ints:
        machine.unary(i, [&](const Datum& a) { return in_set(at(code.int_sets, i.b), a.integer, i.mask != 0); });
        break;
      case Op::in_list:
        machine.binary(i, [&](const Datum& a, const Datum& b) {
          return in_list(a, at(code.types, i.c), b, at(code.types, i.c + 1), i.mask != 0);
        });
        break;

      case Op::like_pattern:
        machine.unary(i, [&](const Datum& a) { return at(code.like_patterns, i.b).matches(a.text->view()); });
        break;
      case Op::like_text:
        machine.binary(i, [](const Datum& a, const Datum& b) { return matches_like(a.text->view(), b.text->view()); });
        break;
      case Op::matches_regex:
        machine.unary(i, [&](const Datum& a) { return finds(*at(code.regexes, i.b), a.text->view()); });
        break;
      case Op::matches_text:
        machine.binary(i, [](const Datum& a, const Datum& b) { return matches_text(a.text->view(), b.text->view()); });
        break;
      case Op::lower: machine.unary(i, [&](const Datum& a) { return to_lower(a.text->view(), arena); }); break;
      case Op::upper: machine.unary(i, [&](const Datum& a) { return to_upper(a.text->view(), arena); }); break;
      case Op::length_text: machine.unary(i, [](const Datum& a) { return text_length(a.text->view()); }); break;
      case Op::length_list:
        machine.unary(i, [](const Datum& a) { return static_cast<std::int64_t>(a.composite->size); });
        break;
      case Op::contains_text:
        machine.binary(i, [](const Datum& a, const Datum& b) {
          return a.text->view().find(b.text->view()) != std::string_view::npos;
        });
        break;
      case Op::starts_with:
        machine.binary(i, [](const Datum& a, const Datum& b) { return a.text->view().starts_with(b.text->view()); });
        break;
      case Op::ends_with:
        machine.binary(i, [](const Datum& a, const Datum& b) { return a.text->view().ends_with(b.text->view()); });
        break;
      case Op::concat: registers[i.dest] = machine.concat(i); break;
      case Op::substr_from:
        machine.binary(i, [&](const Datum& a, const Datum& b) {
          constexpr auto kAll = std::numeric_limits<std::int64_t>::max();
          const std::int64_t from = std::max<std::int64_t>(b.integer, 1);
          return arena.copy_text(substring(a.text->view(), from, kAll));
        });
        break;
      case Op::substr: {
        const Datum& count = machine.in(i.c);
        machine.binary(i, [&](const Datum& a, const Datum& b) {
          if (count.null || count.integer < 0) return Datum();
          return Datum::of_text(arena.copy_text(substring(a.text->view(), b.integer, count.integer)));
        });
        break;
      }
      case Op::split:
        machine.binary(i, [&](const Datum& a, const Datum& b) {
          return Datum::of_composite(split_text(a.text->view(), b.text->view(), arena));
        });
        break;
      case Op::hash: registers[i.dest] = machine.hash(i); break;

      case Op::add_int:
        machine.binary(i, [](const Datum& a, const Datum& b) {
          std::int64_t sum = 0;
          return int_unless(__builtin_add_overflow(a.integer, b.integer, &sum), sum);
        });
        break;
      case Op::subtract_int:
        machine.binary(i, [](const Datum& a, const Datum& b) {
          std::int64_t difference = 0;
          return int_unless(__builtin_sub_overflow(a.integer, b.integer, &difference), difference);
        });
        break;
      case Op::multiply_int:
        machine.binary(i, [](const Datum& a, const Datum& b) {
          std::int64_t product = 0;
          return int_unless(__builtin_mul_overflow(a.integer, b.integer, &product), product);
        });
        break;
      case Op::remainder_int:
        machine.binary(i, [](const Datum& a, const Datum& b) { return remainder_int(a.integer, b.integer); });
        break;
      case Op::negate_int:
        machine.unary(i, [](const Datum& a) {
          std::int64_t negated = 0;
          return int_unless(__builtin_sub_overflow(std::int64_t{0}, a.integer, &negated), negated);
        });
        break;
      case Op::abs_int:
        machine.unary(i, [](const Datum& a) {
          std::int64_t negated = a.integer;
          if (negated >= 0) return int_unless(false, negated);
          return int_unless(__builtin_sub_overflow(std::int64_t{0}, a.integer, &negated), negated);
        });
        break;
      case Op::round_int:
        machine.binary(i, [](const Datum& a, const Datum& b) { return round_int(a.integer, b.integer); });
        break;

      case Op::add_double:
        machine.binary(i, [](const Datum& a, const Datum& b) { return finite(a.number + b.number); });
        break;
      case Op::subtract_double:
        machine.binary(i, [](const Datum& a, const Datum& b) { return finite(a.number - b.number); });
        break;
      case Op::multiply_double:
        machine.binary(i, [](const Datum& a, const Datum& b) { return finite(a.number * b.number); });
        break;
      case Op::divide_double:
        machine.binary(i, [](const Datum& a, const Datum& b) { return finite(a.number / b.number); });
        break;
      case Op::remainder_double:
        machine.binary(i, [](const Datum& a, const Datum& b) { return finite(std::fmod(a.number, b.number)); });
        break;
      case Op::negate_double: machine.unary(i, [](const Datum& a) { return -a.number; }); break;
      case Op::abs_double: machine.unary(i, [](const Datum& a) { return std::fabs(a.number); }); break;
      case Op::floor_double: machine.unary(i, [](const Datum& a) { return finite(std::floor(a.number)); }); break;
      case Op::ceil_double: machine.unary(i, [](const Datum& a) { return finite(std::ceil(a.number)); }); break;
      case Op::round_double: machine.unary(i, [](const Datum& a) { return finite(std::round(a.number)); }); break;
      case Op::round_double_digits:
        machine.binary(i, [](const Datum& a, const Datum& b) { return round_double(a.number, b.integer); });
        break;
      case Op::sqrt: machine.unary(i, [](const Datum& a) { return finite(std::sqrt(a.number)); }); break;
      case Op::pow:
        machine.binary(i, [](const Datum& a, const Datum& b) { return finite(std::pow(a.number, b.number)); });
        break;
      case Op::ln: machine.unary(i, [](const Datum& a) { return finite(std::log(a.number)); }); break;
      case Op::exp: machine.unary(i, [](const Datum& a) { return finite(std::exp(a.number)); }); break;

      case Op::add_decimal:
        machine.binary(i, [](const Datum& a, const Datum& b) {
          Int128 sum = 0;
          return decimal_unless(__builtin_add_overflow(a.units, b.units, &sum), sum);
        });
        break;
      case Op::subtract_decimal:
        machine.binary(i, [](const Datum& a, const Datum& b) {
          Int128 difference = 0;
          return decimal_unless(__builtin_sub_overflow(a.units, b.units, &difference), difference);
        });
        break;
      case Op::multiply_decimal:
        machine.binary(i, [](const Datum& a, const Datum& b) {
          Int128 product = 0;
          return decimal_unless(__builtin_mul_overflow(a.units, b.units, &product), product);
        });
        break;
      case Op::remainder_decimal:
        machine.binary(i, [](const Datum& a, const Datum& b) { return remainder_decimal(a.units, b.units); });
        break;
      case Op::negate_decimal:
        machine.unary(i, [](const Datum& a) {
          Int128 negated = 0;
          return decimal_unless(__builtin_sub_overflow(Int128{0}, a.units, &negated), negated);
        });
        break;
      case Op::abs_decimal:
        machine.unary(i, [](const Datum& a) {
          Int128 negated = a.units;
          if (negated >= 0) return decimal_unless(false, negated);
          return decimal_unless(__builtin_sub_overflow(Int128{0}, a.units, &negated), negated);
        });
        break;
      case Op::floor_decimal: machine.unary(i, [&](const Datum& a) { return floor_decimal(a.units, i.mask); }); break;
      case Op::ceil_decimal: machine.unary(i, [&](const Datum& a) { return ceil_decimal(a.units, i.mask); }); break;
      case Op::round_decimal:
        machine.unary(i,
                      [&](const Datum& a) { return Datum::of_decimal(divide_rounded(a.units, power_of_ten(i.mask))); });
        break;
      case Op::round_decimal_digits:
        machine.binary(i, [&](const Datum& a, const Datum& b) { return round_decimal(a.units, i.mask, b.integer); });
        break;
      case Op::extreme: registers[i.dest] = machine.extreme(i); break;

      case Op::int_to_double: machine.unary(i, [](const Datum& a) { return static_cast<double>(a.integer); }); break;
      case Op::decimal_to_double:
        machine.unary(i, [&](const Datum& a) { return decimal_to_double(a.units, i.mask); });
        break;
      case Op::text_to_double:
        machine.unary(i, [](const Datum& a) {
          const auto number = double_of_text(a.text->view());
          return maybe_of(number);
        });
        break;
      case Op::double_to_int: machine.unary(i, [](const Datum& a) { return double_to_int(a.number); }); break;
      case Op::decimal_to_int: machine.unary(i, [&](const Datum& a) { return decimal_to_int(a.units, i.mask); }); break;
      case Op::text_to_int:
        machine.unary(i, [](const Datum& a) { return maybe_of(int_of_text(a.text->view())); });
        break;
      case Op::int_to_decimal:
        machine.unary(i, [&](const Datum& a) {
          const auto units = rescale(a.integer, 0, i.c);
          return maybe_of(units);
        });
        break;
      case Op::double_to_decimal:
        machine.unary(i, [&](const Datum& a) { return maybe_of(decimal_of_double(a.number, i.c)); });
        break;
      case Op::decimal_to_decimal:
        machine.unary(i, [&](const Datum& a) {
          const auto units = rescale(a.units, i.mask, i.c);
          return maybe_of(units);
        });
        break;
      case Op::text_to_decimal:
        machine.unary(i, [&](const Datum& a) { return maybe_of(decimal_of_text(a.text->view(), i.c)); });
        break;
      case Op::text_to_timestamp:
        machine.unary(i, [](const Datum& a) { return maybe_of(parse_timestamp(a.text->view())); });
        break;
      case Op::to_text: machine.unary(i, [&](const Datum& a) { return to_text(a, at(code.types, i.c), arena); }); break;

      case Op::hour: machine.calendar(i, [](const Calendar& calendar) { return std::int64_t{calendar.hour}; }); break;
      case Op::minute:
        machine.calendar(i, [](const Calendar& calendar) { return std::int64_t{calendar.minute}; });
        break;
      case Op::day_of_week:
        machine.calendar(i, [](const Calendar& calendar) { return std::int64_t{calendar.day_of_week}; });
        break;
      case Op::date:
        machine.calendar(i, [&](const Calendar& calendar) {
          Text* text = arena.make_text(kMaxTimestampText);
          text->size = static_cast<std::size_t>(write_date(calendar, text->bytes) - text->bytes);
          return text;
        });
        break;
      case Op::format_time:
        machine.calendar(i, [&](const Calendar& calendar) { return at(code.formats, i.c).format(calendar, arena); });
        break;
      case Op::haversine_km: registers[i.dest] = machine.haversine(i); break;

      case Op::make_composite: registers[i.dest] = machine.make_composite(i); break;
    }
  }
}

void TakenEvents::reverse() {
  for (auto& rows : by_step_) std::reverse(rows.begin(), rows.end());
}

// Without an expression the value is null.
ExprProgram::ExprProgram() {
  auto code = std::make_unique<Code>();
  code->constants.emplace_back();
  code->instructions.push_back({.op = Op::halt, .a = ~0});
  code_ = std::move(code);
}
ExprProgram::~ExprProgram() = default;
ExprProgram::ExprProgram(ExprProgram&&) noexcept = default;
ExprProgram& ExprProgram::operator=(ExprProgram&&) noexcept = default;

Datum ExprProgram::evaluate(const EvalInput& input, EvalScratch& scratch) const {
  return run_code(*code_, 0, input, scratch);
}

bool ExprProgram::run_holds(const EvalInput& input, EvalScratch& scratch) const {
  const Datum& datum = run_code(*code_, 0, input, scratch);
  return !datum.null && datum.boolean;
}

}    // namespace cepheid::nfa
