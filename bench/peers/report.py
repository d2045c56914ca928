"""docs/benchmarks.md and .tsv from what one run measured."""
import dataclasses
import datetime
import math
import pathlib
import re

import figures

COLUMNS = ['workload', 'contender', 'mode', 'events', 'seconds', 'events_per_s', 'matches', 'peak_mb', 'state_mb',
           'cpu_seconds', 'min_seconds', 'max_seconds', 'end', 'checksum']
REMARKS = pathlib.Path(__file__).resolve().parent / 'remarks.md'


def number(value):
    return f'{value:,.0f}'


def tsv(measurements):
    lines = ['\t'.join(COLUMNS)]
    for m in measurements:
        row = {**dataclasses.asdict(m), 'events_per_s': f'{m.rate:.0f}', 'seconds': f'{m.seconds:.6f}',
               'cpu_seconds': f'{m.cpu_seconds:.6f}', 'min_seconds': f'{m.min_seconds:.6f}',
               'max_seconds': f'{m.max_seconds:.6f}'}
        lines.append('\t'.join(str(row[column]) for column in COLUMNS))
    return '\n'.join(lines) + '\n'


def figures_tsv(samples):
    lines = ['figure\tpart\tmedian\tminimum\tmaximum\tvalues\treached\tnote']
    for figure in figures.FIGURES:
        for s in (s for s in samples if s.figure == figure.id):
            reached = ('yes' if figure.holds(s) else 'no') if s.decides else '-'
            lines.append(f'{figure.id}\t{s.part}\t{s.median:.4f}\t{min(s.values):.4f}\t{max(s.values):.4f}\t'
                         f'{len(s.values)}\t{reached}\t{s.note}')
    return '\n'.join(lines) + '\n'


def remarks():
    """{figure id: text}, written by people."""
    sections = re.split(r'^## +(.*)\n', REMARKS.read_text(), flags=re.MULTILINE)
    texts = {name.strip(): ' '.join(text.split()) for name, text in zip(sections[1::2], sections[2::2])}
    unknown = texts.keys() - {figure.id for figure in figures.FIGURES}
    if unknown:
        raise ValueError(f'{REMARKS.name}: no such figure: {", ".join(sorted(unknown))}')
    return texts


def short(value):
    """Three digits, all before the point, at most four behind it."""
    if math.isinf(value):
        return 'too long'
    digits = 2 - math.floor(math.log10(abs(value))) if value else 0
    return f'{value:,.{min(4, max(0, digits))}f}'


def measured(figure, sample):
    text = f'{sample.part}: {short(sample.median)}{" " + figure.unit if figure.unit else ""}'
    if len(sample.values) > 1:
        text += f' ({short(min(sample.values))} to {short(max(sample.values))})'
    return text + (f', {sample.note}' if sample.note else '')


def figures_table(samples, unsupported):
    lines = ['| figure | work | to reach | measured | reached |', '|---|---|---|---|---|']
    for figure in figures.FIGURES:
        own = [s for s in samples if s.figure == figure.id]
        text = '; '.join(measured(figure, s) for s in own) or '-'
        lines.append(f'| {figure.id} | {figure.work} | {figure.target} | {text} | '
                     f'{figures.verdict(figure, own, unsupported)} |')
    texts = remarks()
    lines += [''] + [f'- **{figure.id}**: {texts[figure.id]}' for figure in figures.FIGURES if figure.id in texts]
    return '\n'.join(lines).rstrip() + '\n'


def cell(m):
    if m is None:
        return '-'
    if m.end == 'limit':
        return f'{number(m.rate)}*' if m.events else 'too long'
    return number(m.rate)


def table(measurements, mode, contenders, workloads):
    found = {(m.workload, m.contender): m for m in measurements if m.mode == mode}
    shown = [c for c in contenders if any((w, c) in found for w in workloads)]
    lines = ['| workload | ' + ' | '.join(shown) + ' | ours / the best other | matches |',
             '|---|' + '---:|' * (len(shown) + 2)]
    for workload in workloads:
        ours = found.get((workload, 'cepheid'))
        others = [found[workload, c].rate for c in shown if c != 'cepheid' and (workload, c) in found]
        ratio = f'{ours.rate / max(others):.1f}' if ours and ours.rate and others and max(others) > 0 else '-'
        cells = [cell(found.get((workload, c))) for c in shown]
        matches = number(int(ours.matches)) if ours and ours.matches else '-'
        if cells != ['-'] * len(cells):
            lines.append(f'| {workload} | ' + ' | '.join(cells) + f' | {ratio} | {matches} |')
    return '\n'.join(lines) + '\n'


def ours_first(measurements):
    return sorted({m.contender for m in measurements}, key=lambda c: (c != 'cepheid', c))


def core_table(lines, mode):
    """`lines`: figures.core_lines()."""
    rows = ['| workload, window | cepheid | bar | ours / bar | cepheid MB | bar MB | matches |',
            '|---|' + '---:|' * 6]
    for (name, window, line_mode), line in lines.items():
        if line_mode != mode:
            continue
        ours, bar = line.get('cepheid'), line['bar']
        value = figures.ratio(ours, bar)
        rows.append(f'| {name} {number(window)} | {cell(ours)} | {cell(bar)} | {"-" if value is None else short(value)}'
                    f' | {ours.state_mb if ours and ours.events else "-"} | {bar.state_mb} | {count(bar.matches)} |')
    return '\n'.join(rows) + '\n'


def count(matches):
    return number(int(matches)) if matches.isdigit() else matches


def markdown(measurements, samples, about, command, notes, unsupported):
    """The page. `about`: lines of machine.versions(); `unsupported`: workloads that `cepheid` cannot do yet."""
    names = list(dict.fromkeys(m.workload for m in measurements))
    core = [name for name in names if name.startswith('core ')]
    usual = [name for name in names if name not in core and name != 'limits']
    contenders = ours_first(m for m in measurements if m.workload != 'limits')
    limits = [m for m in measurements if m.workload == 'limits']
    parts = ['# Benchmarks\n',
             f'Written by `{command}` on {datetime.date.today()}. What the workloads are: `bench/peers/README.md`. All '
             'figures of a table come from one run on one machine, one thread each; compare no figures of different '
             'runs. The median of the repeats in events per second; every figure is in `benchmarks.tsv`.\n',
             '\n'.join(f'- {line}' for line in about) + '\n',
             '`*`: cut off at the time limit, the mean speed until then. `too long`: no run ended in time, or not '
             'even with a smaller window. `-`: the '
             'contender cannot say it, or was not run.\n']
    parts += ['## Figures to reach\n',
              'Of what is measured in alternating pairs, the median and the spread of the ratios; every value is in '
              '`benchmarks-figures.tsv`. Part by part: a workload, a mode, or what is named.\n',
              figures_table(samples, unsupported)]
    if limits:
        parts += ['## What the machine can do\n',
                  '| limit | events/s |\n|---|---:|\n' +
                  '\n'.join(f'| {m.contender} | {number(m.rate)} |' for m in limits) + '\n']
    if usual:
        parts.append('![Events per second](benchmarks.svg)\n')
    for mode, title in (('engine', 'The engine alone, events in memory'),
                        ('end-to-end', 'From a JSON file to matches')):
        if any(m.mode == mode and m.workload in usual for m in measurements):
            parts += [f'## {title}\n', table(measurements, mode, contenders, usual)]
    if core:
        parts += ['## All combinations: beside the bar\n',
                  'The best of the repeats on both sides. MB: the peak of the state, over the loaded events.\n']
        lines = figures.core_lines(measurements)
        for mode in dict.fromkeys(mode for _, _, mode in lines):
            parts += [f'Matches: `{mode}`\n', core_table(lines, mode)]
    if notes:
        parts += ['## Where the number of matches differs\n', '\n'.join(f'- {note}' for note in notes) + '\n']
    return '\n'.join(parts)
