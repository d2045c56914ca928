"""Figures of a whole process: start, idle memory, latency, memory of keys."""
import pathlib
import re
import statistics
import subprocess
import time

import workloads
from figures import Sample

STARTS = 20
KEYS = 1_000_000
IDLE_SECONDS = 1


def start(o):
    """From the start of `cepheid match` to the first byte that it prints, milliseconds, once for each of STARTS."""
    file = o.cache / 'data/three.jsonl'
    file.parent.mkdir(parents=True, exist_ok=True)
    line = '{{"id":{0},"user":"u1","type":"{1}","ts":170000000000{0},"price":1.0,"country":"KR"}}\n'
    file.write_text(''.join(line.format(i, name) for i, name in enumerate(['login', 'purchase', 'other'])))
    values = []
    for _ in range(STARTS):
        begin = time.perf_counter()
        process = subprocess.Popen([o.cepheid, 'match', workloads.HERE / 'rules/W3.cep', '--events', file],
                                   stdout=subprocess.PIPE)
        first = process.stdout.read(1)
        values.append((time.perf_counter() - begin) * 1e3)
        process.communicate()
        if not first:
            raise RuntimeError('`cepheid match` found nothing in the file of three lines')
    return [Sample('start', 'W3', values)]


def idle_memory(o):
    """VmRSS of `cepheid run` whose standard input is open and silent."""
    rules = o.cache / 'data/idle.cep'
    text = (workloads.HERE / 'rules/W1.cep').read_text()
    rules.write_text(text.replace('stream events {', 'stream events {\n    from stdin'))
    process = subprocess.Popen([o.cepheid, 'run', rules, '--quiet'], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    time.sleep(IDLE_SECONDS)
    if process.poll() is not None:
        raise RuntimeError('`cepheid run` does not wait for its standard input')
    kilobytes = int(re.search(r'VmRSS:\s*(\d+)', pathlib.Path(f'/proc/{process.pid}/status').read_text())[1])
    process.stdin.close()
    process.wait()
    return [Sample('memory-idle', 'run', [kilobytes / 1024])]


def latency(o):
    workload = workloads.prepare('W1', o.cache, o.events, o.seed)
    runs = [columns(o.cache / 'bin/latency', workload.rules, workload.file) for _ in range(o.pairs)]
    rate = statistics.median(run[1] for run in runs)
    names = [f'{name}{since}' for since in ('', ' since due') for name in ('p50', 'p99', 'p99.9', 'maximum')]
    samples = [Sample('latency', name, [run[3 + i] / 1e3 for run in runs], decides=name == 'p99')
               for i, name in enumerate(names)]
    samples[1].note = f'at {rate:,.0f} events/s'
    return samples


def key_memory(o):
    live, event, passed, saved, other = columns(o.cache / 'bin/key_memory', workloads.HERE / 'rules/W1.cep', KEYS)
    return [Sample('memory-key', 'W1', [live - event], f'and {event:.0f} for its event'),
            Sample('memory-empty', 'window passed', [passed], f'{saved:.1f} in a saved state'),
            Sample('memory-empty', 'nothing begun', [other])]


def columns(*command):
    out = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [float(word) + 0.0 for word in out.split('\t')]    # never -0.0
