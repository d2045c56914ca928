"""The workloads: which events, which rules, how many matches."""
import dataclasses
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
KEYED = ['W1', 'W2', 'W3', 'W4']
MAIN = [*KEYED, 'W5', 'W5b', 'W6', 'W7', 'W8']
RULES = ['W6-1', 'W6-100', 'W6-1000']
LIVE = ['L-1', 'L-1000', 'L-1000000', 'H-1', 'H-1000', 'H-100000']
WINDOWS = ['W8s']
GROUPS = {'main': MAIN, 'rules': RULES, 'live': LIVE}
# Of all but the main ones: peers that a figure to reach is about; others run only where they are asked for.
FIGURE_PEERS = {'H-1000': ['flink-nfa'], 'H-100000': ['esper-pat']}

W6_RULE = '''
pattern W6_{i} on events {{
    key user
    begin       login    where type == "login"
    followed_by view     where type == "view" one_or_more greedy
    followed_by purchase where type == "purchase" and price > {limit}
    within 10m
    after_match skip_past_last
    emit first_id = login.id, views = count(view), last_id = purchase.id
}}
'''
STREAM = '''stream events {
    schema id int, user string, type string, ts timestamp, price double, country string
    time ts
}
'''


def is_workload(name):
    """V1 to V4 are not: they are measured beside W1 to W4."""
    counted = name.partition('-')[2].isdigit() and name.partition('-')[0] in ('W6', 'L', 'H')
    return name in MAIN or name in WINDOWS or counted


@dataclasses.dataclass
class Workload:
    """A workload with its files made. `setup` events of `events` come before the clock."""
    name: str
    events: int
    setup: int
    seed: int
    file: pathlib.Path     # JSON lines
    rules: pathlib.Path


def prepare(name, cache, wanted_events=None, seed=1):
    """Makes what is missing in the folder `cache`, where the programs are in `bin`."""
    if name[0] in 'LH':
        return prepare_live(name, cache, wanted_events or 100_000, seed)
    if name in ('W5', 'W5b'):
        # Of 100,000 users whatever the number of events: so the window holds about 100, or 1,000, events.
        events, users = wanted_events or (100_000 if name == 'W5' else 20_000), 100_000
    else:
        events = wanted_events or (100_000 if name.startswith('W6') else 1_000_000)
        users = min(100_000, max(1, events // 10))
    kind, renamed = ('v', ['--renamed']) if name[0] == 'V' else ('e', [])
    file = make_events(cache, f'{kind}{events}-u{users}-s{seed}', '--events', events, '--users', users, '--seed', seed,
                       *renamed)
    return Workload(name, events, 0, seed, file, rule_file(name, cache))


def prepare_live(name, cache, events, seed):
    live = int(name[2:])
    kind = 'other' if name[0] == 'L' else 'purchase'
    file = make_events(cache, f'{name}-{events}-s{seed}', '--live', live, '--kind', kind, '--events', events, '--seed',
                       seed)
    return Workload(name, events, live, seed, file, HERE / 'rules/live.cep')


def make_events(cache, name, *words):
    folder = cache / 'data'
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f'{name}.jsonl'
    if not file.exists():
        part = file.with_suffix('.part')
        subprocess.run([cache / 'bin/generate', *map(str, words), '--out', part], check=True)
        part.rename(file)
    return file


def rule_file(name, cache):
    """The rules of a name; those of W6-n are written: rule i is W1 with a purchase dearer than 5 i."""
    if not name.startswith('W6'):
        return HERE / f'rules/{name}.cep'
    count = int(name[3:] or 100)
    file = cache / f'data/W6-{count}.cep'
    file.write_text(STREAM + ''.join(W6_RULE.format(i=i, limit=5 * i) for i in range(count)))
    return file


def expected_matches(workload):
    """What Flink finds, where it is known."""
    for line in (HERE / 'expected.tsv').read_text().splitlines()[1:]:
        name, events, seed, matches = line.split('\t')
        if (name, int(events), int(seed)) == (workload.name, workload.events, workload.seed):
            return int(matches)
    return 0 if workload.setup else None
