"""Work for the merged structure of partial matches (core/bar.cpp): all combinations, windows of 20 to 1,000,000 events.

A stream `synN` has 1,000,000 events, one each ms, of N equally likely types and 10,000 users; a window of w events is
`within w ms`. Modes: `none` (keep the structure up to date, make no match), `first=1` and `first=100` (make at most so
many matches for each event that completes some), `all`, `count` (how many matches, modulo 2^64, none made; only without
a key), and `skip` (one match, then all is forgotten).
"""
import dataclasses
import string
import subprocess

WINDOWS = (100, 1_000, 10_000, 100_000)
BAR_MODES = {'none': 'update', 'first=1': 'first --limit 1', 'first=100': 'first --limit 100', 'all': 'all',
             'count': 'count', 'skip': 'skip'}
LETTERS = string.ascii_uppercase


@dataclasses.dataclass
class Core:
    name: str
    types: int              # of the stream
    steps: list             # `B`, `B|C`, `B+`
    all_matches: dict       # window: events whose matches are all made
    windows: tuple = WINDOWS
    listed: tuple = (20, 1_000, 100_000)    # windows for first=1, first=100 and skip
    keyed: bool = False
    strict: bool = False


WORKLOADS = [
    Core('seq3', 9, list(LETTERS[:3]), {100: 1_000_000, 1_000: 20_000}),
    Core('seq6', 12, list(LETTERS[:6]), {100: 200_000}),
    Core('seq9', 15, list(LETTERS[:9]), {100: 1_000_000}),
    Core('kleene', 9, ['A', 'B+', 'C'], {20: 1_000_000, 100: 3_000}, windows=(20, *WINDOWS)),
    Core('disj', 10, ['A', 'B|C', 'D'], {100: 500_000}),
    Core('part10k', 9, list(LETTERS[:3]), {100_000: 1_000_000, 1_000_000: 1_000_000},
         windows=(*WINDOWS, 1_000_000), listed=(100_000, 1_000_000), keyed=True),
    Core('strict3', 9, list(LETTERS[:3]), {100: 1_000_000}, windows=(100,), strict=True),
    # The last type never comes: nothing but the upkeep of partial matches. `Z` is a type of no stream.
    Core('seq3_nolast', 9, [*LETTERS[:3], 'Z'], {}, windows=(10_000,), listed=()),
    Core('seq6_nolast', 12, [*LETTERS[:6], 'Z'], {}, windows=(10_000,), listed=()),
    Core('seq9_nolast', 15, [*LETTERS[:9], 'Z'], {}, windows=(10_000,), listed=()),
    Core('kleene_nolast', 9, ['A', 'B+', 'C', 'Z'], {}, windows=(10_000,), listed=()),
]


def bar_arguments(core, window, mode):
    steps = ','.join((':' if core.strict and i else '') + step for i, step in enumerate(core.steps))
    return ['--steps', steps, '--window', str(window), *('--mode ' + BAR_MODES[mode]).split(),
            *(['--keyed'] if core.keyed else [])]


def rules(core, window, mode):
    """The same as a rule file."""
    lines = ['stream events {', '    schema type string, id int, ts timestamp, user int, price double, volume int',
             '    time ts', '}', '', f'pattern {core.name} on events {{']
    if core.keyed:
        lines.append('    key user')
    for i, step in enumerate(core.steps):
        link = 'begin' if i == 0 else 'next' if core.strict else 'followed_by_any'
        types = ', '.join(f'"{name}"' for name in step.rstrip('+').split('|'))
        condition = f'type in ({types})' if ',' in types else f'type == {types}'
        loop = ' one_or_more allow_combinations' if step.endswith('+') else ''
        lines.append(f'    {link:<15} s{i + 1} where {condition}{loop}')
    lines += [f'    within {window}ms', f'    after_match {"skip_past_last" if mode == "skip" else "no_skip"}', '}', '']
    return '\n'.join(lines)


def runs():
    """(workload, window, mode, events) of each line of the table."""
    for core in WORKLOADS:
        for mode in BAR_MODES:
            for window in core.windows:
                # Enough for five windows, few enough for a quick table.
                events = 1_000_000 if window > 100_000 else 500_000
                if mode == 'first=100':
                    events = 200_000
                if mode == 'all':
                    events = core.all_matches.get(window, 0)
                elif mode == 'count':
                events = 0 if core.keyed or core.strict else events
            elif mode != 'none' and window not in core.listed:
                    events = 0
                if events:
                    yield core, window, mode, events


def stream_file(core, cache):
    file = cache / f'data/syn{core.types}.jsonl'
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        part = file.with_suffix('.part')
        with open(part, 'wb') as out:
            subprocess.run([cache / 'bin/core_generate', '1000000', str(core.types), '10000', str(core.types)],
                           stdout=out, check=True)
        part.rename(file)
    return file


def rule_file(core, window, mode, cache):
    file = cache / f'data/{core.name}_w{window}{"_skip" if mode == "skip" else ""}.cep'
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(rules(core, window, mode))
    return file
