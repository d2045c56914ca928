"""Runs one contender on one workload: `cepheid`, a Java peer, the limits of the machine, the bar of core/."""
import dataclasses
import json
import signal
import subprocess
import sys

import programs

JAVA_PEERS = ['flink-nfa', 'flink-job', 'esper-mr', 'esper-pat', 'siddhi', 'siddhi-every']

LOADING_SECONDS = 10


@dataclasses.dataclass
class Measurement:
    """The median run; of core, the best one. `end`: `full`, or `limit` where it was cut off (then the figures are of
    the part done)."""
    workload: str
    contender: str
    mode: str    # engine or end-to-end; of core: what is done with matches
    events: int
    seconds: float
    matches: str = ''
    peak_mb: int = 0
    state_mb: int = 0    # of the peak, what came on top of the loaded events; known of `cepheid` and the bar
    cpu_seconds: float = 0
    min_seconds: float = 0
    max_seconds: float = 0
    end: str = 'full'
    checksum: str = ''

    @property
    def rate(self):
        return self.events / self.seconds if self.seconds > 0 else 0


def stop_at(process, seconds):
    """Its output and its errors; after so many seconds it is asked to stop, later made to."""
    try:
        return process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
    try:
        return process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()


def start_cepheid(cepheid, rules, events, mode, *, setup=0, take=None, work='count', repeats=3, shards=1):
    command = [cepheid, 'bench', rules, '--events', events, '--mode', mode, '--setup', setup, '--matches', work,
               '--repeat', repeats, '--shards', shards, '--format', 'json']
    if take:
        command += ['--take', take]
    return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True)


def finish_cepheid(process, name, mode, seconds):
    """A Measurement of the runs that ended within so many seconds; None if the rule file, or the mode for it, is not
    supported; one with end `limit` and 0 events if no run ended."""
    out, errors = stop_at(process, seconds)
    if process.returncode == 2:
        print(f'{name}, {mode}: {errors.strip().splitlines()[0]}', file=sys.stderr)
        return None
    if process.returncode != 0:
        return Measurement(name, 'cepheid', mode, 0, 0, end='limit')
    got = json.loads(out)
    return Measurement(name, 'cepheid', mode, got['events'], got['seconds']['median'], str(got['matches']),
                       got['peak_bytes'] >> 20, (got['peak_bytes'] - got['start_bytes']) >> 20,
                       got['cpu_seconds']['median'], got['seconds']['minimum'], got['seconds']['maximum'],
                       checksum=got.get('checksum', ''))


def run_cepheid(cepheid, name, rules, events, mode, *, limit=10, repeats=3, **options):
    """As start_cepheid, finish_cepheid. `limit`: half the seconds for all runs; loading comes on top."""
    process = start_cepheid(cepheid, rules, events, mode, repeats=repeats, **options)
    return finish_cepheid(process, name, mode, seconds_for(limit))


def seconds_for(limit):
    """Runs that take a `limit` each are two; of short ones all are done."""
    return 2 * limit + LOADING_SECONDS


def run_java(cache, peer, workload, mode, warmups, repeats, limit):
    """A Measurement; None if the peer cannot say the workload."""
    their_mode = 'engine' if mode == 'engine' else 'e2e'
    command = [*programs.java_command(cache, peer), peer, workload.name, str(workload.file), their_mode, str(warmups),
               str(repeats), str(limit)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    head = f'{workload.name}\t{peer}\t{their_mode}\t'
    lines = [line for line in done.stdout.splitlines() if line.startswith(head)]
    if done.returncode != 0 or not lines or lines[-1].split('\t')[3] == 'n/a':
        return None
    column = lines[-1].split('\t')
    return Measurement(workload.name, peer, mode, int(column[3]), float(column[4]), column[6], int(column[7]), 0,
                       float(column[9]), float(column[10]), float(column[11]), column[12], column[13])


def run_limits(cache, workload, repeats, name=None):
    """All limits, or the one named."""
    command = [cache / 'bin/limits', workload.file, str(repeats)] + ([name] if name else [])
    out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    rows = [line.split('\t') for line in out.splitlines()]
    return [Measurement('limits', row[1], 'engine' if row[2] == 'engine' else 'end-to-end', int(row[3]), float(row[4]),
                        peak_mb=int(row[7])) for row in rows]


def run_bar(cache, name, mode, stream, events, arguments, repeats):
    command = [cache / 'bin/bar', *arguments, '--events', str(events), '--repeat', str(repeats), stream]
    out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    column = out.splitlines()[-1].split('\t')
    return Measurement(name, 'bar', mode, int(column[1]), float(column[2]), column[4], int(column[5]),
                       int(column[5]) - int(column[6]), float(column[7]))
