"""docs/benchmarks.md, .svg and .tsv from what one run measured."""
import dataclasses
import datetime
import math
import os
import pathlib
import platform
import re
import subprocess

COLUMNS = ['workload', 'contender', 'mode', 'events', 'seconds', 'events_per_s', 'matches', 'peak_mb', 'cpu_seconds',
           'min_seconds', 'max_seconds', 'end', 'checksum']
COLOURS = ['#1b6ca8', '#d95f02', '#7570b3', '#66a61e', '#e6ab02', '#a6761d', '#666666']


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


def versions(cepheid, with_java):
    """Lines about the machine and the programs."""
    cpu = re.search(r'model name\s*: (.*)', pathlib.Path('/proc/cpuinfo').read_text())
    memory = int(re.search(r'MemTotal:\s*(\d+)', pathlib.Path('/proc/meminfo').read_text())[1]) >> 20
    first_line = lambda *command: subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                                 text=True).stdout.split('\n')[0]
    cores = len(os.sched_getaffinity(0))
    lines = [f'{cores} cores of {cpu[1] if cpu else platform.machine()}, {memory} GiB of memory, '
             f'Linux {platform.release().split("-")[0]}',
             f'cepheid {first_line(cepheid, "--version")}, {first_line("g++", "--version")}']
    if with_java:
        pom = (pathlib.Path(__file__).resolve().parent / 'java/pom.xml').read_text()
        names = [f'{name.capitalize()} {version}' for name, version in
                 re.findall(r'<(flink|esper|siddhi)\.version>([^<]*)<', pom)]
        lines.append(f'{", ".join(names)}; {first_line("java", "-version")}')
    return lines


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


def markdown(measurements, about, command, notes):
    """The page. `about`: lines of versions()."""
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
        parts.append('## All combinations: beside the bar\n')
        for mode in dict.fromkeys(m.mode for m in measurements if m.workload in core):
            parts += [f'Matches: `{mode}`\n', table(measurements, mode, ['cepheid', 'bar'], core)]
    if notes:
        parts += ['## Where the number of matches differs\n', '\n'.join(f'- {note}' for note in notes) + '\n']
    return '\n'.join(parts)


def svg(measurements):
    """Bars of events per second, engine mode, on a logarithmic axis; '' if there is nothing to draw."""
    shown = [m for m in measurements if m.mode == 'engine' and m.rate > 0 and m.workload != 'limits']
    if not shown:
        return ''
    contenders = ours_first(shown)
    workloads = list(dict.fromkeys(m.workload for m in shown))
    low = math.floor(math.log10(min(m.rate for m in shown)))
    high = max(low + 1, math.ceil(math.log10(max(m.rate for m in shown))))
    left, width, bar, top = 90, 560, 12, 50
    x = lambda rate: left + width * (math.log10(rate) - low) / (high - low)
    out, y = [], top
    for workload in workloads:
        begin = y
        for contender in contenders:
            m = next((m for m in shown if (m.workload, m.contender) == (workload, contender)), None)
            if m is None:
                continue
            length = max(1, x(m.rate) - left)
            out.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 2}" '
                       f'fill="{COLOURS[contenders.index(contender) % len(COLOURS)]}"/>')
            out.append(f'<text x="{left + length + 4:.1f}" y="{y + bar - 3}">{number(m.rate)}</text>')
            y += bar
        out.append(f'<text x="{left - 8}" y="{(begin + y) / 2 + 4:.0f}" text-anchor="end">{workload}</text>')
        y += 10
    for power in range(low, high + 1):
        at = x(10 ** power)
        out.insert(0, f'<line x1="{at:.1f}" y1="{top - 6}" x2="{at:.1f}" y2="{y}" stroke="#ddd"/>')
        out.append(f'<text x="{at:.1f}" y="{y + 14}" text-anchor="middle">{number(10 ** power)}</text>')
    for i, contender in enumerate(contenders):
        out.append(f'<rect x="{left + i * 90}" y="14" width="10" height="10" fill="{COLOURS[i % len(COLOURS)]}"/>')
        out.append(f'<text x="{left + i * 90 + 14}" y="23">{contender}</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 90}" height="{y + 24}" '
            'font-family="sans-serif" font-size="10">\n<rect width="100%" height="100%" fill="white"/>\n' +
            '\n'.join(out) + '\n</svg>\n')
