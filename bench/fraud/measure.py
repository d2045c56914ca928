#!/usr/bin/env python3
"""Measures fraud scores: throughput, memory of a user, and what a channel that hangs costs.

    measure.py CEPHEID [--transactions N] [--users N] [--rounds N] [--folder FOLDER]

Prints tables in Markdown, as docs/benchmarks.md has them. The transactions are made by examples/payments_fraud/generate
and kept in FOLDER (default: build/fraud). The runs to be compared take turns; the fastest of each counts.
"""
import argparse
import http.server
import json
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DAYS = 90              # the history of the rules: nothing is forgotten
WORKING_SHARE = 0.8    # of days and users, a part pays on workdays only


def make_transactions(a):
    file = a.folder / f't{a.transactions}-u{a.users}.jsonl'
    if not file.exists():
        a.folder.mkdir(parents=True, exist_ok=True)
        per_day = a.transactions / (a.users * DAYS * WORKING_SHARE)
        subprocess.run([ROOT / 'examples/payments_fraud/generate', '--users', str(a.users), '--days', str(DAYS), '--per-day',
                        f'{per_day:.4f}', '--out', file.with_suffix('.part')], check=True)
        file.with_suffix('.part').rename(file)
    return file


def throughput(a, events):
    """Seconds of the fastest run of `cepheid bench`, by mode."""
    found = {}
    for mode in ('engine', 'end-to-end'):
        out = subprocess.run([a.cepheid, 'bench', HERE / 'score.cep', '--events', events, '--take', str(a.transactions),
                              '--repeat', str(a.rounds), '--mode', mode, '--format', 'json'],
                             check=True, capture_output=True, text=True).stdout
        found[mode] = json.loads(out)
    return found


def state(a, events):
    """(users, bytes of their histories) after all transactions, from the job's metrics."""
    process = subprocess.Popen([a.cepheid, 'run', HERE / 'score.cep', '--serve', ':0', '--shards', '1'], text=True,
                               stdin=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, 'INPUT': '/dev/stdin'})
    address = re.search(r'http://\S+', process.stderr.readline()).group(0)
    count = 0
    with open(events, encoding='utf-8') as lines:
        for count, line in enumerate(lines, 1):
            process.stdin.write(line)
            if count == a.transactions:
                break
    process.stdin.flush()
    while True:
        text = urllib.request.urlopen(address + '/metrics').read().decode()
        metrics = dict(re.findall(r'^(\w+)\{fraud="risk"\} (\S+)$', text, re.M))
        if float(metrics['cepheid_scored_total']) == count:
            break
    process.stdin.close()
    process.wait()
    process.stderr.close()
    return float(metrics['cepheid_scored_users']), float(metrics['cepheid_score_state_bytes'])


class HangingServer:
    """Takes requests and never answers."""

    def __init__(self):
        self.over = threading.Event()
        over = self.over

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                over.wait()

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.url = f'http://127.0.0.1:{self.server.server_address[1]}/'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


def run_once(a, events, hook):
    """(events a second, what the program says of the channel) of a run."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, 'INPUT': str(events), 'HOOK': hook, 'OUTPUT': folder + '/out.jsonl'}
        done = subprocess.run([a.cepheid, 'run', HERE / 'alerts.cep', '--state', folder, '--grace', '0', '--no-progress'],
                              check=True, capture_output=True, text=True, env=env)
        rate = float(re.search(r'(\d+) events/s', done.stderr).group(1))
        channel = re.search(r'^channel hook: (.*)$', done.stderr, re.M)
        return rate, channel.group(1) if channel else '', re.search(r'alert some: (\d+) raised', done.stderr).group(1)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('cepheid', type=os.path.abspath, metavar='CEPHEID', help='the program')
    p.add_argument('--transactions', type=int, default=1_000_000, metavar='N', help='(default 1000000)')
    p.add_argument('--users', type=int, default=50_000, metavar='N', help='(default 50000)')
    p.add_argument('--rounds', type=int, default=5, metavar='N', help='runs of each kind (default 5)')
    p.add_argument('--folder', type=pathlib.Path, default=ROOT / 'build' / 'fraud', help='of the transactions')
    a = p.parse_args()
    events = make_transactions(a)

    print('| mode | events/s |\n|---|---:|')
    for mode, report in throughput(a, events).items():
        print(f'| {mode} | {report["events_per_s"]["maximum"]:.0f} |')
    users, size = state(a, events)
    print(f'\n{users:.0f} users, {a.transactions / users:.1f} transactions each: {size / users:.0f} bytes a user, '
          f'{size / a.transactions:.1f} a transaction\n')

    server, rates = HangingServer(), {'no channel': [], 'a channel that hangs': []}
    for _ in range(a.rounds):
        rates['no channel'].append(run_once(a, events, ''))
        rates['a channel that hangs'].append(run_once(a, events, server.url))
    server.close()
    print('| run | alerts | events/s | channel |\n|---|---:|---:|---|')
    for name, runs in rates.items():
        rate, channel, alerts = max(runs)
        print(f'| {name} | {alerts} | {rate:.0f} | {channel} |')


if __name__ == '__main__':
    main()
