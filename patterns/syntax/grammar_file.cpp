// A rule file: streams, derived streams, tables and sinks, and what to do with what is no statement.

#include <memory>

#include "patterns/syntax/grammar.hpp"
#include "patterns/syntax/number.hpp"

namespace cepheid::patterns::syntax::grammar {

namespace {

using x3::_attr;
using x3::_val;

// ---- addresses

auto set_address(Address::Kind kind) {
  return [kind](auto& context) { _val(context).kind = kind; };
}
const auto set_target = [](auto& context) { _val(context).target = std::move(_attr(context)); };
const auto set_start = [](auto& context) { _val(context).start_earliest = _attr(context).is(Word::earliest); };
const auto set_option_name = [](auto& context) { _val(context).name = std::move(_attr(context)); };
const auto set_option_value = [](auto& context) { _val(context).value = std::move(_attr(context)); };

// ---- formats, schemas

auto set_format(Format::Kind kind) {
  return [kind](auto& context) { _val(context).kind = kind; };
}
const auto set_template = [](auto& context) { _val(context).text = std::move(_attr(context)); };
auto set_type(TypeName::Kind kind) {
  return [kind](auto& context) { _val(context).kind = kind; };
}
const auto set_scale = [](auto& context) {
  _val(context).scale = integer_value(state_of(context).text(_attr(context)));
};
const auto add_part = [](auto& context) { _val(context).parts.push_back(std::move(_attr(context))); };
const auto set_field_path = [](auto& context) { _val(context).path = std::move(_attr(context)); };
const auto set_field_type = [](auto& context) { _val(context).type = std::move(_attr(context)); };
const auto keep = [](auto& context) { _val(context).push_back(std::move(_attr(context))); };

// ---- statements

auto begin_statement(Word statement) {
  return [statement](auto& context) { state_of(context).begin_statement(statement); };
}
const auto enter_braces = [](auto& context) { state_of(context).set_in_braces(true); };
const auto set_name = [](auto& context) { _val(context).name = std::move(_attr(context)); };
const auto note_broken = [](auto& context) { _val(context).broken = state_of(context).broken(); };
const auto add_source = [](auto& context) {
  if (!state_of(context).given_up()) _val(context).from.push_back(std::move(_attr(context)));
};

const auto set_stage_condition = [](auto& context) {
  _val(context).kind = Derived::Stage::Kind::where;
  _val(context).where = std::move(_attr(context));
};
const auto set_stage_items = [](auto& context) {
  _val(context).kind = Derived::Stage::Kind::select;
  _val(context).select = std::move(_attr(context));
};
const auto set_stage_lateness = [](auto& context) {
  _val(context).kind = Derived::Stage::Kind::lateness;
  _val(context).lateness = _attr(context);
};
const auto set_stage_lookup = [](auto& context) {
  _val(context).kind = Derived::Stage::Kind::lookup;
  _val(context).lookup = std::move(_attr(context));
};
const auto set_lookup_table = [](auto& context) { _val(context).table = std::move(_attr(context)); };
const auto set_lookup_key = [](auto& context) { _val(context).key = std::move(_attr(context)); };
const auto add_stage = [](auto& context) {
  if (!state_of(context).given_up()) _val(context).stages.push_back(std::move(_attr(context)));
};

const auto set_target_address = [](auto& context) { _val(context).address = std::move(_attr(context)); };
const auto add_target = [](auto& context) {
  if (!state_of(context).given_up()) _val(context).to.push_back(std::move(_attr(context)));
};
template <typename Part>
auto set_of_address(Part Address::*member) {
  return [member](auto& context) { _val(context).address.*member = std::move(_attr(context)); };
}
const auto add_target_option = [](auto& context) {
  _val(context).address.options.push_back(std::move(_attr(context)));
};
const auto set_target_format = [](auto& context) { _val(context).format = std::move(_attr(context)); };

const auto set_misspelled_word = [](auto& context) {
  const Iterator token = x3::_where(context).begin() - 1;
  state_of(context).begin_statement(Word::none);
  state_of(context).unexpected(token, "a statement is expected, such as `stream`, `pattern` or `sink`");
  _val(context).word = state_of(context).text(*token);
};

/// Statements without a name stand for nothing that others could read.
const auto add_statement = [](auto& context) {
  if (!_attr(context).name.text.empty()) _val(context).statements.emplace_back(std::move(_attr(context)));
};

const auto add_test = [](auto& context) { _val(context).statements.emplace_back(std::move(_attr(context))); };

const auto is_derived = [](const ParserState&, const Token* token) {
  return token->is(Word::stream) && token[1].kind != TokenKind::end && token[2].is(Sign::assign);
};
/// Takes the rest of a statement that is not looked at.
struct SkippedStatementParser : x3::parser<SkippedStatementParser> {
  using attribute_type = x3::unused_type;
  static const bool has_attribute = false;

  template <typename Ctx, typename RContext, typename Attribute>
  bool parse(Iterator& first, const Iterator&, const Ctx& context, RContext&, Attribute&) const {
    const ParserState& state = state_of(context);
    // After the name stands what tells a statement with braces from others, in which an object may have some.
    const bool has_body =
        first != state.last() && !first->is(Sign::assign) && !first->is(Word::from) && !first->is(Word::when);
    first = state.next_statement(first, has_body);
    return true;
  }
};
const SkippedStatementParser skipped_statement;

}    // namespace

const x3::rule<struct OptionId, Address::Option> option = "option";
const x3::rule<struct SourceAddressId, Address> source_address = "address of a source";
const x3::rule<struct TargetAddressId, Address> target_address = "address of a target";
const x3::rule<struct SourceFormatId, Format> source_format = "format of a source";
const x3::rule<struct TargetFormatId, Format> target_format = "format of a target";
const x3::rule<struct TypeNameId, TypeName> type_name = "type";
const x3::rule<struct NextPathId, Path> next_path = "path after a comma";
const x3::rule<struct PathsId, std::vector<Path>> paths = "paths";
const x3::rule<struct FieldId, SchemaField> field = "field";
const x3::rule<struct NextFieldId, SchemaField> next_field = "field after a comma";
const x3::rule<struct SchemaId, std::vector<SchemaField>> schema = "schema";
const x3::rule<struct StreamNameId, Name> stream_name = "name of a stream";
const x3::rule<struct StreamId, Stream> stream = "stream";
const x3::rule<struct StageId, Derived::Stage> stage = "stage";
const x3::rule<struct LookupId, Lookup> lookup = "lookup";
const x3::rule<struct DerivedId, Derived> derived = "derived stream";
const x3::rule<struct TableId, Table> table = "table";
const x3::rule<struct TargetId, Sink::To> target = "target";
const x3::rule<struct SinkId, Sink> sink = "sink";
const x3::rule<struct MisspelledId, UnknownStatement> misspelled = "no statement";
const x3::rule<struct FileId, File> file = "file";

// ---- addresses

const auto option_def = word(Word::option) >> string[set_option_name] >>
                        sign(Sign::assign, {"`=`"}) >> string[set_option_value];
const auto outer_address =
    word(Word::file)[set_address(Address::Kind::file)] >> string[set_target] |
    word(Word::http)[set_address(Address::Kind::http)] >> string[set_target] |
    word(Word::redis)[set_address(Address::Kind::redis)] >> string[set_target] |
    word(Word::postgres)[set_address(Address::Kind::postgres)] >> string[set_target] >>
        word(Word::table, {"`table`", {Word::table}}) >> string[set_once(&Address::table)] |
    word(Word::kafka)[set_address(Address::Kind::kafka)] >> string[set_target] >>
        word(Word::brokers, {"`brokers`", {Word::brokers}}) >> string[set_once(&Address::brokers)];
const Expected kStart = {"`earliest` or `latest`", {Word::earliest, Word::latest}};
const Expected kSource = {"`file`, `stdin`, `kafka`, `http`, `redis` or `postgres`",
                          {Word::file, Word::stdin_, Word::kafka, Word::http, Word::redis, Word::postgres}};
const Expected kTarget = {"`file`, `stdout`, `kafka`, `http`, `redis` or `postgres`",
                          {Word::file, Word::stdout_, Word::kafka, Word::http, Word::redis, Word::postgres}};
const auto source_address_def =
    spanned[(outer_address | word(Word::stdin_)[set_address(Address::Kind::stdin_)] | otherwise(kSource)) >>
            *(word(Word::group) >> string[set_once(&Address::group)] |
              word(Word::start) >> any_of({Word::earliest, Word::latest}, kStart)[set_start] |
              option[append_to(&Address::options)])];
const auto target_address_def =
    spanned[outer_address | word(Word::stdout_)[set_address(Address::Kind::stdout_)] | otherwise(kTarget)];

// ---- formats, schemas

const auto source_format_def =
    spanned[word(Word::json)[set_format(Format::Kind::json)] | word(Word::csv)[set_format(Format::Kind::csv)] |
            word(Word::avro)[set_format(Format::Kind::avro)] |
            otherwise({"`json`, `csv` or `avro`", {Word::json, Word::csv, Word::avro}})];
const auto target_format_def =
    spanned[word(Word::json)[set_format(Format::Kind::json)] | word(Word::csv)[set_format(Format::Kind::csv)] |
            word(Word::text)[set_format(Format::Kind::text)] >> template_string[set_template] |
            otherwise({"`json`, `csv` or `text`", {Word::json, Word::csv, Word::text}})];

const Expected kTypeName = {"a type: `bool`, `int`, `double`, `decimal(…)`, `string` or `timestamp`",
                            {Word::bool_, Word::int_, Word::double_, Word::decimal, Word::string, Word::timestamp}};
const auto type_name_def =
    spanned[word(Word::string)[set_type(TypeName::Kind::string)] | word(Word::int_)[set_type(TypeName::Kind::int_)] |
            word(Word::double_)[set_type(TypeName::Kind::double_)] |
            word(Word::bool_)[set_type(TypeName::Kind::bool_)] |
            word(Word::timestamp)[set_type(TypeName::Kind::timestamp)] |
            word(Word::decimal)[set_type(TypeName::Kind::decimal)] >> sign(Sign::open_round, {"`(`"}) >>
                kind(TokenKind::integer, {"a whole number of digits"})[set_scale] >> sign(Sign::close_round, {"`)`"}) |
            otherwise(kTypeName)];

constexpr std::string_view kFieldName = "a field's name";
const auto more_parts = *(sign(Sign::dot) >> name(NamePlace::after_dot, kFieldName)[add_part]);
const auto path_def = spanned[name(NamePlace::declared, kFieldName)[add_part] >> more_parts];
const auto next_path_def = spanned[name(NamePlace::listed, kFieldName)[add_part] >> more_parts];
const auto paths_def = path[keep] >> *(sign(Sign::comma) >> next_path[keep]);
const auto field_def = path[set_field_path] >> type_name[set_field_type];
const auto next_field_def = next_path[set_field_path] >> type_name[set_field_type];
const auto schema_def = field[keep] >> *(sign(Sign::comma) >> next_field[keep]);

// ---- streams

const auto stream_name_def =
    name(NamePlace::declared, "a stream's name")[([](auto& context) { _val(context) = std::move(_attr(context)); })];
const auto to_stream = word(Word::to, {"`to`", {Word::to}});
const auto stream_clause = recovering[clause(Word::format) >> source_format[set_once(&Stream::format)] |
                                      clause(Word::schema) >> schema[set_once(&Stream::schema)] |
                                      clause(Word::time) >> path[set_once(&Stream::time)] |
                                      clause(Word::lateness) >> duration[set_once(&Stream::lateness)] |
                                      clause(Word::idle) >> duration[set_once(&Stream::idle)] |
                                      clause(Word::late) >> to_stream >> stream_name[set_once(&Stream::late_to)] |
                                      clause(Word::invalid) >> to_stream >> stream_name[set_once(&Stream::invalid_to)] |
                                      clause(Word::require) >> paths[set_once(&Stream::require)]];
/// Its own part: of a source that did not parse nothing is kept.
const x3::rule<struct SourceId, Address> source = "source";
const auto source_def =
    recovering[word(Word::from) >> source_address[([](auto& context) { _val(context) = std::move(_attr(context)); })]];
const auto stream_def = spanned[word(Word::stream)[begin_statement(Word::stream)] >>
                                recovering_to_body[stream_name[set_name] >> body_ahead({"`{` or `=`"})] >>
                                -(sign(Sign::open_brace)[enter_braces] >>
                                  *(source[add_source] | stream_clause |
                                    MisplacedParser(true, "a clause of the stream or `}` is expected")) >>
                                  sign(Sign::close_brace)) >>
                                x3::eps[note_broken]];

const auto lookup_def = name(NamePlace::declared, "a table's name")[set_lookup_table] >>
                        -(word(Word::as_of) >> expression[set_once(&Lookup::as_of)]) >>
                        word(Word::on, {"`on`", {Word::on, Word::as_of}}) >>
                        sign(Sign::open_round, {"`(`"}) >> named_items[set_lookup_key] >>
                        sign(Sign::close_round, {"`,` or `)`"}) >>
                        -(word(Word::as) >> name(NamePlace::declared, kAnyName)[set_once(&Lookup::as)]);
constexpr std::string_view kStageHint = "`where`, `lookup`, `select`, `lateness` or a statement is expected";
const auto stage_def =
    spanned[recovering[word(Word::where) >> complete(kStageHint)[expression][set_stage_condition] |
                       word(Word::select) >> items[set_stage_items] | word(Word::lookup) >> lookup[set_stage_lookup] |
                       clause(Word::lateness) >> duration[set_stage_lateness]]];
const auto derived_def =
    spanned[ahead(is_derived) >> word(Word::stream)[begin_statement(Word::stream)] >>
            recovering[stream_name[set_name] >> sign(Sign::assign) >> word(Word::from, {"`from`", {Word::from}}) >>
                       names[set_once(&Derived::inputs)]] >>
            *(stage[add_stage] | MisplacedParser(true, kStageHint)) >> x3::eps[note_broken]];

// ---- tables

constexpr std::string_view kTableHint = "a clause of the table or `}` is expected";
const auto table_clause = recovering[clause(Word::format) >> source_format[set_once(&Table::format)] |
                                     clause(Word::schema) >> schema[set_once(&Table::schema)] |
                                     clause(Word::key) >> names[set_once(&Table::key)] |
                                     clause(Word::refresh) >> duration[set_once(&Table::refresh)] |
                                     clause(Word::default_) >> named_items[set_once(&Table::defaults)] |
                                     clause(Word::missing) >> word(Word::from, {"`from`", {Word::from}}) >>
                                         source_address[set_once(&Table::missing)]];
const auto table_head = recovering_to_body[name(NamePlace::declared, "the table's name")[set_name] >>
                                           -(word(Word::latest) >> word(Word::from, {"`from`", {Word::from}}) >>
                                             names[set_once(&Table::latest_from)]) >>
                                           body_ahead({"`latest from` or `{`"})];
const auto table_def =
    spanned[word(Word::table)[begin_statement(Word::table)] >> table_head >>
            -(sign(Sign::open_brace)[enter_braces] >>
              *(source[add_source] | table_clause | MisplacedParser(true, kTableHint)) >> sign(Sign::close_brace)) >>
            x3::eps[note_broken]];

// ---- sinks

const auto target_part = word(Word::key) >> expressions[set_of_address(&Address::key)] |
                         word(Word::format) >> target_format[set_target_format] | option[add_target_option];
const auto target_def = recovering[word(Word::to) >> target_address[set_target_address] >> *target_part];
constexpr std::string_view kSinkHint = "`where`, `select`, `to` or a statement is expected";
const auto sink_clause = recovering[clause(Word::where) >> complete(kSinkHint)[expression][set_once(&Sink::where)] |
                                    clause(Word::select) >> items[set_once(&Sink::select)]];
const auto sink_def =
    spanned[word(Word::sink)[begin_statement(Word::sink)] >>
            recovering[name(NamePlace::declared, "the sink's name")[set_name] >>
                       word(Word::from, {"`from`", {Word::from}}) >> names[set_once(&Sink::inputs)]] >>
            *(target[add_target] | sink_clause | MisplacedParser(true, kSinkHint)) >> x3::eps[note_broken]];

// ---- the file

const auto misspelled_def = spanned[TokenParser([](const Token& token) { return token.kind != TokenKind::end; },
                                                Expected{})[set_misspelled_word] >>
                                    -name(NamePlace::declared)[set_name] >> skipped_statement];
const auto file_def = *(pattern[add_statement] | derived[add_statement] | stream[add_statement] | sink[add_statement] |
                        table[add_statement] | aggregate[add_statement] | join[add_statement] | rank[add_statement] |
                        alert[add_statement] | metrics_alert[add_statement] | channel[add_statement] |
                        fraud[add_statement] | test[add_test] | misspelled[add_statement]);

BOOST_SPIRIT_DEFINE(option, source_address, target_address, source_format, target_format, type_name, path, next_path,
                    paths, field, next_field, schema, stream_name, source, stream, stage, lookup, derived, table,
                    target, sink, misspelled, file)
BOOST_SPIRIT_INSTANTIATE(decltype(path), Iterator, Context)

}    // namespace cepheid::patterns::syntax::grammar

namespace cepheid::patterns::syntax {

File parse_statements(ParserState& state) {
  using namespace grammar;
  Iterator first = state.first();
  const Iterator last = state.last();
  File result;
  x3::parse(first, last, x3::with<StateTag>(state)[grammar::file], result);
  return result;
}

}    // namespace cepheid::patterns::syntax
