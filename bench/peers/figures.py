"""The figures to reach: what each asks for, and what a run says about it."""
import dataclasses
import math
import statistics

FLAT = 2 / 3    # of the speed at the smallest window: less is not flat


@dataclasses.dataclass
class Sample:
    """A number about one part of a figure: measured as often as there are values."""
    figure: str
    part: str
    values: list
    note: str = ''
    decides: bool = True    # False: shown only

    @property
    def median(self):
        return statistics.median(self.values)


@dataclasses.dataclass
class Figure:
    id: str
    work: str
    target: str
    bound: float
    at_least: bool     # else at most
    unit: str = ''     # of the samples; '': a ratio

    def holds(self, sample):
        return sample.median >= self.bound if self.at_least else sample.median <= self.bound


FIGURES = [
    Figure('keyed-flink', 'W1–W4, engine only', '≥ 50 × Flink\'s NFA alone', 50, True),
    Figure('keyed-fastest', 'W1–W4, engine only', '≥ 10 × the fastest of Esper and Siddhi', 10, True),
    Figure('keyed-probe', 'W1–W4, engine only', '≥ 1/4 of `probe`', 0.25, True),
    Figure('varied', 'V1–V4: W1–W4 renamed, reordered, one step more', '≥ 80% of W1–W4, per event', 0.8, True),
    Figure('bar-update', 'combinations: no match made', '≥ 1/3 of the bar', 1 / 3, True),
    Figure('bar-first', 'combinations: the first, the first 100 matches', '≥ 1/3 of the bar', 1 / 3, True),
    Figure('bar-count', 'combinations: counted', '≥ 1/3 of the bar', 1 / 3, True),
    Figure('bar-all', 'combinations: all matches', '≥ 1/3 of the bar', 1 / 3, True),
    Figure('bar-skip', 'combinations: skip past last', '≥ 1/3 of the bar', 1 / 3, True),
    Figure('bar-flat', 'combinations: as the window grows from 100 to 100,000 events',
           '≥ 2/3 of the speed at 100', FLAT, True),
    Figure('live', 'live partial matches that the event does not concern', '≤ 2 × the time of L-1', 2, False),
    Figure('look-back-flink', 'H-1000: compared with an earlier step\'s field', '≥ 1,000 × Flink\'s NFA', 1000, True),
    Figure('look-back-flat', 'H-100000', '≤ 2 × the time of H-1', 2, False),
    Figure('look-back-esper', 'H-100000', '≥ Esper\'s patterns', 1, True),
    Figure('rules-100', 'W6-100: 100 rules at once', '≤ 2 × the time of one rule, plus 60 ns for each match', 2, False),
    Figure('rules-1000', 'W6-1000: 1,000 rules', '≤ 5 × the time of one rule, plus 60 ns for each match', 5, False),
    Figure('json', 'JSON lines to matches, W1, one thread', '≤ 1.5 × the time of `json-probe`', 1.5, False),
    Figure('windows-tumbling', 'W8', '≥ 10 × the fastest peer', 10, True),
    Figure('windows-sliding', 'W8s', '≤ 2 × the time of W8', 2, False),
    Figure('shards', 'two shards on two cores, W1', '≥ 0.85 × two one-shard runs at the same time, together', 0.85,
           True),
    Figure('latency', 'W1, event to match, in process, at half load', 'p99 < 1 ms', 1, False, 'ms'),
    Figure('start', 'start to first match, a file of 3 lines', '< 50 ms', 50, False, 'ms'),
    Figure('memory-idle', 'idle process', '< 50 MB', 50, False, 'MB'),
    Figure('memory-key', 'a key with one live partial match, 1,000,000 of them', '< 100 bytes beside its events', 100,
           False, 'bytes'),
    Figure('memory-empty', 'a key without a partial match', '0 bytes', 0.5, False, 'bytes'),
]

WINDOWS = {'windows-tumbling': 'W8', 'windows-sliding': 'W8s'}
BAR_FIGURES = {'none': 'bar-update', 'first=1': 'bar-first', 'first=100': 'bar-first', 'count': 'bar-count',
               'all': 'bar-all', 'skip': 'bar-skip'}


def ratio(a, b):
    """How many times as fast `a` is as `b`: 0 where not one run of `a` ended in time. None: one was not measured."""
    if a is None or b is None or b.rate == 0:
        return None
    return a.rate / b.rate


def times(a, b):
    """How many times the time per event of `b` an event of `a` takes."""
    faster = ratio(a, b)
    return None if faster is None else 1 / faster if faster > 0 else math.inf


def derived(measurements):
    """Samples that follow from the measurements of one run."""
    found = {(m.workload, m.contender): m for m in measurements if m.mode == 'engine'}
    ours = lambda name: found.get((name, 'cepheid'))
    samples = [
        ('live', 'L-1000', times(ours('L-1000'), ours('L-1')), ''),
        ('live', 'L-1000000', times(ours('L-1000000'), ours('L-1')), ''),
        ('look-back-flink', 'H-1000', ratio(ours('H-1000'), found.get(('H-1000', 'flink-nfa'))), ''),
        ('look-back-flat', 'H-100000', times(ours('H-100000'), ours('H-1')), ''),
        ('look-back-esper', 'H-100000', ratio(ours('H-100000'), found.get(('H-100000', 'esper-pat'))), ''),
        ('rules-100', 'W6-100', rules_ratio(ours('W6-100'), ours('W6-1')), ''),
        ('rules-1000', 'W6-1000', rules_ratio(ours('W6-1000'), ours('W6-1')), ''),
    ]
    return ([Sample(figure, part, [value], note) for figure, part, value, note in samples if value is not None] +
            beside_bar(measurements) + flat_windows(measurements))


def rules_ratio(many, one):
    if many is None or one is None or one.seconds == 0:
        return None
    if many.seconds == 0:
        return math.inf
    return max(0.0, many.seconds - 60e-9 * int(many.matches)) / one.seconds


def core_lines(measurements):
    """{(workload, window, mode): {contender: measurement}}"""
    lines = {}
    for m in measurements:
        if m.workload.startswith('core '):
            _, name, window = m.workload.split()
            lines.setdefault((name, int(window), m.mode), {})[m.contender] = m
    return lines


def beside_bar(measurements):
    """For each mode the median of the ratios of its lines, and the worst line."""
    ratios = {}
    for (name, window, mode), line in core_lines(measurements).items():
        value = ratio(line.get('cepheid'), line.get('bar'))
        if value is not None:
            ratios.setdefault(mode, []).append((value, f'{name} {window:,}'))
    samples = []
    for mode, lines in ratios.items():
        worst, name = min(lines)
        samples += [Sample(BAR_FIGURES[mode], f'{mode} median', [statistics.median(v for v, _ in lines)],
                           f'{len(lines)} lines'),
                    Sample(BAR_FIGURES[mode], f'{mode} worst', [worst], name)]
    return samples


def flat_windows(measurements):
    """The speed at a window of 100,000 events over that at 100."""
    lines = core_lines(measurements)
    samples = []
    for (name, window, mode), line in lines.items():
        small = lines.get((name, 100, mode), {})
        value = ratio(line.get('cepheid'), small.get('cepheid'))
        if window == 100_000 and mode in ('none', 'count') and value is not None:
            bar = ratio(line['bar'], small['bar'])
            samples.append(Sample('bar-flat', f'{name} {mode}', [value], f'bar {bar:.2f}'))
    return samples


def verdict(figure, samples, unsupported):
    """Reached or not; where parts differ, those that are not."""
    deciding = [s for s in samples if s.decides]
    if not deciding:
        return 'not measured yet' if WINDOWS.get(figure.id) in unsupported else 'not measured'
    missed = [s.part for s in deciding if not figure.holds(s)]
    if not missed:
        return 'yes'
    return 'no' if len(missed) == len(deciding) else f'no: {", ".join(missed)}'
