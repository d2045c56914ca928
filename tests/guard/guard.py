#!/usr/bin/env python3
"""Holds the number of instructions that fixed workloads take against those recorded in bench/instructions.tsv.

    guard.py PROGRAM                     compares; PROGRAM is build/release/bench/guard_workloads
    guard.py PROGRAM --record REASON     writes down what is counted now: REASON is what made it change

Instructions, unlike seconds, are the same on each run, so that a few percent more are a fact. They depend on the
compiler and the libraries: the recorded ones are those of Debian 12's.
Exit status: 0 good (or far fewer instructions, which asks to be recorded), 1 too many or a workload failed, 2 wrong
usage.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

RECORDED = pathlib.Path(__file__).resolve().parents[2] / 'bench/instructions.tsv'
HEADER = 'workload\tinstructions\treason of the last change'
TOLERANCE = 0.05
UNCHANGED = 0.005    # a smaller change is not worth a reason

# glibc and simdjson choose implementations by the processor's features: here those that every x86-64-v2 has.
ENVIRONMENT = {
    'PATH': os.environ.get('PATH', ''),
    'LC_ALL': 'C',
    'GLIBC_TUNABLES': 'glibc.cpu.hwcaps=-AVX2,-AVX_Fast_Unaligned_Load,-ERMS',
    'SIMDJSON_FORCE_IMPLEMENTATION': 'westmere',
}


class Failure(Exception):
    """A workload did not run."""


def names_of(program):
    return subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()


def count(program, name):
    """The instructions of a workload, and what it says of itself."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / 'callgrind.out'
        command = ['valgrind', '--tool=callgrind', '--instr-atstart=no', f'--callgrind-out-file={out}', program, name]
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)
        totals = re.search(r'^totals: (\d+)', out.read_text() if out.exists() else '', re.MULTILINE)
        if done.returncode != 0 or totals is None or int(totals[1]) == 0:
            raise Failure(f'{name} failed (exit status {done.returncode})\n{done.stdout}{done.stderr}')
        return int(totals[1]), done.stdout.strip()


def count_all(program):
    """By name."""
    names = names_of(program)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(names, pool.map(lambda name: count(program, name), names)))


def read_recorded():
    """By name: instructions, reason."""
    if not RECORDED.exists():
        return {}
    lines = RECORDED.read_text(encoding='utf-8').splitlines()[1:]
    return {name: (int(number), reason) for name, number, reason in (line.split('\t') for line in lines)}


def record(counted, reason):
    """Writes all numbers, and the reason for those that have changed."""
    recorded = read_recorded()
    lines = [HEADER]
    for name, (number, _) in counted.items():
        before, old_reason = recorded.get(name, (None, None))
        changed = before is None or abs(number - before) > before * UNCHANGED
        lines.append(f'{name}\t{number}\t{reason if changed else old_reason}')
    RECORDED.write_text('\n'.join(lines) + '\n', encoding='utf-8')


def compare(counted):
    """Prints a line for each workload; gives those with too many instructions and those with far fewer."""
    recorded = read_recorded()
    worse, better = [], []
    for name, (number, result) in counted.items():
        if name not in recorded:
            print(f'{name:20} {number:14,}  not recorded          ({result})')
            worse.append(name)
            continue
        before = recorded[name][0]
        change = number / before - 1
        print(f'{name:20} {number:14,}  {change:+7.2%} of {before:,}  ({result})')
        if change > TOLERANCE:
            worse.append(name)
        elif change < -TOLERANCE:
            better.append(name)
    return worse, better


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('program')
    parser.add_argument('--record', metavar='REASON')
    options = parser.parse_args()
    if options.record is not None and not re.fullmatch(r'[^\t\n]*\S[^\t\n]*', options.record):
        parser.error('--record needs a reason, in one line')

    try:
        counted = count_all(options.program)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    worse, better = compare(counted)
    how = './dev guard --record "why"'
    if options.record is not None:
        record(counted, options.record)
        print(f'recorded in {RECORDED.relative_to(RECORDED.parents[1])}')
        return 0
    if better:
        print(f'more than {TOLERANCE:.0%} fewer instructions: {", ".join(better)}\nrecord that: {how}')
    if worse:
        print(f'more than {TOLERANCE:.0%} too many instructions: {", ".join(worse)}\n'
              f'if it has to be so, record it with the reason: {how}')
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
