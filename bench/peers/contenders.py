"""Runs one contender on one workload: `cepheid`, a Java peer, the limits of the machine, the bar of core/."""
import dataclasses
import json
import signal
import subprocess

import programs

JAVA_PEERS = ['flink-nfa', 'flink-job', 'esper-mr', 'esper-pat', 'siddhi', 'siddhi-every']

LOADING_SECONDS = 10


@dataclasses.dataclass
class Measurement:
    """The median run. `end`: `full`, or `limit` where it was cut off (then the figures are of the part done)."""
    workload: str
    contender: str
    mode: str    # engine or end-to-end; of core: what is done with matches
    events: int
    seconds: float
    matches: str = ''
    peak_mb: int = 0
    cpu_seconds: float = 0
    min_seconds: float = 0
    max_seconds: float = 0
    end: str = 'full'
    checksum: str = ''

    @property
    def rate(self):
        return self.events / self.seconds if self.seconds > 0 else 0


def stop_at(process, seconds):
    """Its output; after so many seconds it is asked to stop, later made to."""
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
    try:
        return process.communicate(timeout=10)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0]


def run_cepheid(cepheid, name, rules, events, mode, *, setup=0, take=None, work='count', repeats=3, limit=20):
    """A Measurement; None if the rule file, or the mode for it, is not supported; one with end `limit` and 0 events if
    no run ended in time."""
    command = [cepheid, 'bench', rules, '--events', events, '--mode', mode, '--setup', setup, '--matches', work,
               '--repeat', repeats, '--format', 'json']
    if take:
        command += ['--take', take]
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    # `limit` is about the runs; loading and the setup come on top.
    out = stop_at(process, limit * repeats + LOADING_SECONDS)
    if process.returncode == 2:
        return None
    if process.returncode != 0:
        return Measurement(name, 'cepheid', mode, 0, 0, end='limit')
    got = json.loads(out)
    return Measurement(name, 'cepheid', mode, got['events'], got['seconds']['median'], str(got['matches']),
                       got['peak_bytes'] >> 20, got['cpu_seconds']['median'], got['seconds']['minimum'],
                       got['seconds']['maximum'], checksum=got.get('checksum', ''))


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
    return Measurement(workload.name, peer, mode, int(column[3]), float(column[4]), column[6], int(column[7]),
                       float(column[9]), float(column[10]), float(column[11]), column[12], column[13])


def run_limits(cache, workload, repeats):
    out = subprocess.run([cache / 'bin/limits', workload.file, str(repeats)], stdout=subprocess.PIPE, text=True,
                         check=True).stdout
    rows = [line.split('\t') for line in out.splitlines()]
    return [Measurement('limits', row[1], 'engine' if row[2] == 'engine' else 'end-to-end', int(row[3]), float(row[4]),
                        peak_mb=int(row[7])) for row in rows]


def run_bar(cache, name, mode, stream, events, arguments, repeats):
    command = [cache / 'bin/bar', *arguments, '--events', str(events), '--repeat', str(repeats), stream]
    out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    column = out.splitlines()[-1].split('\t')
    return Measurement(name, 'bar', mode, int(column[1]), float(column[2]), column[4], int(column[5]),
                       float(column[7]))
