"""Other engines and `cepheid bench` on the same events in one run; called by `./dev bench --peers`.

Prints a line for each measurement and writes benchmarks.md, benchmarks.svg, benchmarks.tsv and benchmarks-figures.tsv.
Exit status: 0 measured, 1 ours found another number of matches than Flink or the bar, 2 wrong usage.
"""
import argparse
import pathlib
import shlex
import sys
import time

import chart
import contenders
import core_workloads
import figures
import machine
import pairs
import processes
import programs
import report
import workloads

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PARTS = {'json': pairs.json, 'shards': pairs.shards, 'latency': processes.latency, 'start': processes.start,
         'idle': processes.idle_memory, 'keys': processes.key_memory}
GROUPS = {**workloads.GROUPS, 'figures': [*workloads.RULES, *workloads.LIVE, *workloads.WINDOWS, *PARTS]}
DEFAULT_PEERS = 'flink-nfa,esper,siddhi'


def options():
    p = argparse.ArgumentParser(prog='./dev bench --peers', formatter_class=argparse.RawDescriptionHelpFormatter,
                                epilog='''
parts:  W1 W2 W3 W4 W5 W5b W6 W7 W8 (all: `main`), W6-N for N rules (those of the figures: `rules`), L-N and H-N for N
        live partial matches (`live`), W8s, json, shards, latency, start, idle, keys (these, `rules` and `live`:
        `figures`), `limits`, `core`; bench/peers/README.md tells what they are
peers:  flink-nfa flink-job esper-mr esper-pat siddhi siddhi-every; a beginning names several (esper)''')
    p.add_argument('--only', default='limits,main,figures,core', help='parts, separated by commas')
    p.add_argument('--peer', help=f'peers, separated by commas; without it {DEFAULT_PEERS} on `main`, and on the '
                                  'others only those that a figure needs')
    p.add_argument('--no-java', action='store_true', help='no peers: what is ours, the limits and the bar')
    p.add_argument('--mode', default='engine,end-to-end', help='for W1 to W8: engine, end-to-end or both')
    p.add_argument('--events', type=int, help='events of each workload in place of its own number')
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--warmups', type=int, default=1, help='runs of a peer before those that count')
    p.add_argument('--repeats', type=int, default=3)
    p.add_argument('--pairs', type=int, default=3, help='alternating pairs where two numbers decide a figure')
    p.add_argument('--limit', type=float, default=10, help='seconds for a run; then it is cut off')
    p.add_argument('--cepheid', type=pathlib.Path, default=ROOT / 'build/release/cepheid', help='the program')
    p.add_argument('--cache', type=pathlib.Path, default=ROOT / 'build/peers-cache', help='for events and programs')
    p.add_argument('--out', type=pathlib.Path, default=ROOT / 'docs', help='folder of the files written')
    o = p.parse_args()
    o.command = command_of(p, o)
    o.cache = o.cache.resolve()
    o.cepheid = o.cepheid.resolve()
    o.only = list(dict.fromkeys(name for word in o.only.split(',') for name in GROUPS.get(word, [word])))
    o.mode = o.mode.split(',')
    asked = (o.peer or DEFAULT_PEERS).split(',')
    o.peers = [] if o.no_java else [peer for peer in contenders.JAVA_PEERS if any(names(word, peer) for word in asked)]
    wrong = [name for name in o.only
             if name not in ('limits', 'core', *PARTS) and not workloads.is_workload(name)]
    wrong += [word for word in asked if not any(names(word, peer) for peer in contenders.JAVA_PEERS)]
    wrong += [mode for mode in o.mode if mode not in ('engine', 'end-to-end')]
    if wrong:
        p.error(f'unknown: {", ".join(wrong)}')
    if o.pairs < 1 or o.repeats < 1:
        p.error('at least one pair and one repeat')
    return o


def names(word, peer):
    """A whole name means that peer only."""
    return peer == word or (word not in contenders.JAVA_PEERS and peer.startswith(word + '-'))


def command_of(parser, o):
    """The options that say what is measured, as a command; not those that only name places of this machine."""
    words = ['./dev', 'bench', '--peers']
    for name, value in vars(o).items():
        if name in ('cepheid', 'cache', 'out') or value == parser.get_default(name):
            continue
        words += ['--' + name.replace('_', '-')] + ([] if value is True else [str(value)])
    return shlex.join(words)


class Run:
    def __init__(self, o):
        self.o = o
        self.measurements = []
        self.samples = []
        self.unsupported = set()
        self.notes = []
        self.ours_differs = False

    def take(self, measurement):
        if measurement is None:
            return
        self.measurements.append(measurement)
        print(report.tsv([measurement]).split('\n')[1], flush=True)

    def take_samples(self, samples):
        self.samples += samples
        for s in samples:
            print(f'{s.figure}\t{s.part}\t{s.median:.4f}\t{s.note}', flush=True)

    def part(self, name):
        if name == 'limits':
            self.limits()
        elif name == 'core':
            self.core()
        elif name in PARTS:
            self.take_samples(PARTS[name](self.o))
        else:
            self.workload(name)

    def limits(self):
        workload = workloads.prepare('W1', self.o.cache, self.o.events, self.o.seed)
        for measurement in contenders.run_limits(self.o.cache, workload, self.o.repeats):
            self.take(measurement)

    def peers_of(self, name):
        if name in workloads.MAIN or self.o.peer:
            return self.o.peers
        return [peer for peer in self.o.peers if peer in workloads.FIGURE_PEERS.get(name, [])]

    def workload(self, name):
        o = self.o
        workload = workloads.prepare(name, o.cache, o.events, o.seed)
        for mode in o.mode if name in workloads.MAIN else ['engine']:
            begin = len(self.measurements)
            for peer in self.peers_of(name):
                # One repeat is enough where no figure depends on it.
                repeats = o.repeats if mode == 'engine' else 1
                self.take(contenders.run_java(o.cache, peer, workload, mode, o.warmups, repeats, o.limit))
            # Over a tenth of the events a run is short: more of them.
            repeats = o.repeats if name in workloads.MAIN else 2 * o.repeats
            ours = contenders.run_cepheid(o.cepheid, name, workload.rules, workload.file, mode, setup=workload.setup,
                                          repeats=repeats, limit=o.limit)
            self.take(ours)
            if ours is None:
                self.unsupported.add(name)
            measured = self.measurements[begin:]
            self.compare(workload, measured)
            if mode == 'engine' and name in workloads.KEYED:
                self.take_samples(pairs.keyed(o, name, measured))
            if mode == 'engine' and name == 'W8':
                self.take_samples(pairs.windows(o, measured))

    def compare(self, workload, measurements):
        """With what Flink finds: known beforehand, or just now."""
        wanted = workloads.expected_matches(workload)
        for m in measurements:
            if wanted is None and m.contender.startswith('flink') and m.end == 'full':
                wanted = int(m.matches)
        for m in measurements:
            if wanted is not None and m.end == 'full' and int(m.matches) != wanted:
                self.notes.append(f'{m.workload}, {m.mode}: {m.contender} finds {m.matches} matches, Flink {wanted}')
                self.ours_differs |= m.contender == 'cepheid'

    def core(self):
        o = self.o
        too_long = set()    # a larger window is never less work
        for core, window, mode, events in core_workloads.runs():
            if o.events:
                events = min(events, o.events)
            name = f'core {core.name} {window}'
            stream = core_workloads.stream_file(core, o.cache, o.seed)
            arguments = core_workloads.bar_arguments(core, window, mode)
            bar = contenders.run_bar(o.cache, name, mode, stream, events, arguments, o.repeats)
            self.take(bar)
            if (core.name, mode) in too_long:
                self.take(contenders.Measurement(name, 'cepheid', mode, 0, 0, end='limit'))
                continue
            rules = core_workloads.rule_file(core, window, mode, o.cache)
            ours = contenders.run_cepheid(o.cepheid, name, rules, stream, 'engine', take=events,
                                          work='count' if mode == 'skip' else mode, repeats=o.repeats,
                                          limit=o.limit / 2)
            if ours is None:
                continue
            ours.mode, ours.seconds = mode, ours.min_seconds    # the best run, as of the bar
            self.take(ours)
            if ours.end == 'limit':
                too_long.add((core.name, mode))
            # The bar's counts beyond 64 bits are about.
            known = mode != 'none' and bar.matches.isdigit()
            if known and ours.end == 'full' and ours.matches != bar.matches:
                self.notes.append(f'{name}, {mode}: cepheid finds {ours.matches} matches, the bar {bar.matches}')
                self.ours_differs = True


def main():
    o = options()
    begin = time.monotonic()
    report.remarks()    # a mistake in them is better told now
    programs.build_cpp(o.cache)
    if {'latency', 'keys'} & set(o.only) and not programs.build_on_library(o.cache, o.cepheid.parent):
        sys.exit(f'latency, keys: {o.cepheid.parent} is no build folder with the library')
    if o.peers:
        programs.build_java(o.cache)
    run = Run(o)
    print('\t'.join(report.COLUMNS))
    for name in o.only:
        run.part(name)
    samples = run.samples + figures.derived(run.measurements)
    o.out.mkdir(parents=True, exist_ok=True)
    about = machine.versions(o.cepheid, bool(o.peers))
    page = report.markdown(run.measurements, samples, about, o.command, run.notes, run.unsupported)
    (o.out / 'benchmarks.md').write_text(page)
    (o.out / 'benchmarks.tsv').write_text(report.tsv(run.measurements))
    (o.out / 'benchmarks-figures.tsv').write_text(report.figures_tsv(samples))
    (o.out / 'benchmarks.svg').write_text(chart.svg(run.measurements))
    for note in run.notes:
        print(note, file=sys.stderr)
    print(f'{(time.monotonic() - begin) / 60:.0f} minutes', file=sys.stderr)
    return 1 if run.ours_differs else 0


if __name__ == '__main__':
    sys.exit(main())
