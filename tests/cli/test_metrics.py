#!/usr/bin/env python3
"""`/metrics` of a running job: what docs/operations.md says is there, in Prometheus's form, with the right counts."""
import json
import os
import pathlib
import re
import time
import unittest

import program
from test_serve import ServedJob

PAGE = pathlib.Path(__file__).resolve().parent.parent.parent / 'docs' / 'operations.md'

RULES = '''
stream payments {
    from stdin
    schema id string, user string, type string, amount double, ts timestamp
    time ts
    lateness 10s
    require id, user
}
table names {
    from file "names.csv" format csv
    schema user string, name string
    key user
    missing from http "http://127.0.0.1:1/nobody"
}
stream named = from payments lookup names on (user = user) select id, user, name = names.name, ts
fraud risk on payments {
    key user
    roles amount = amount, type = type
    amount
    levels high 0.6 "look", low 0 "go on"
}
pattern twice on payments {
    key user
    begin a where amount > 100
    followed_by b where amount > 100
    within 1h
    after_match skip_past_last
    on_timeout emit id = a.id
    emit id = b.id
}
aggregate minutes on payments { window tumbling 1m select window_start, count = count() }
channel hook { file "told.jsonl" }
alert large on payments { when amount > 100 dedupe 1m by user notify hook }
metrics_alert broken when cepheid_events_total > 1000000 notify hook
sink named_out from named to file "named.jsonl"
sink risk_out from risk to file "risk.jsonl"
'''


def payment(identity, user, amount, ts_s):
    return json.dumps({'id': identity, 'user': user, 'type': 'card', 'amount': amount, 'ts': ts_s * 1000}).encode() + b'\n'


def documented():
    """The metrics of the page's table."""
    text = PAGE.read_text(encoding='utf-8')
    table = re.search(r'^\| metric \| .*?\n\n', text, re.M | re.S).group(0)
    return set(re.findall(r'`(cepheid_\w+)`', '\n'.join(re.findall(r'^\| (`.*?) \|', table, re.M))))


def families(text):
    """{name: (type, [(sample's name, labels, value)])}; fails where the text has not Prometheus's form."""
    found, name = {}, None
    for line in text.splitlines():
        if helped := re.fullmatch(r'# HELP (\w+) (.+)', line):
            name = helped[1]
            assert name not in found, f'{name} twice'
        elif typed := re.fullmatch(r'# TYPE (\w+) (counter|gauge|histogram)', line):
            assert typed[1] == name, line
            found[name] = (typed[2], [])
        else:
            sample = re.fullmatch(r'(\w+?)(\{.*\})? (\S+)', line)
            kind, samples = found[name]
            parts = ('_bucket', '_sum', '_count') if kind == 'histogram' else ('',)
            assert sample[1] in [name + part for part in parts], line
            labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', sample[2] or ''))
            samples.append((sample[1], labels, float(sample[3])))
    return found


class Metrics(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.write('app.cep', RULES)
        self.write('names.csv', 'user,name\nann,Ann\nbob,Bob\n')
        job = ServedJob(self, '--state', str(self.folder / 'state'))
        job.process.stdin.write(b'broken\n' + payment('p1', 'ann', 10, 1000) + payment('p2', 'ann', 20, 1001)
                                + payment('p3', 'ann', 500, 1002) + payment('p4', 'ann', 600, 1003)
                                + payment('p5', 'bob', 700, 1004) + payment('late', 'ann', 5, 60)
                                + b'{"id":"p6"}\n' + payment('p7', 'carl', 1, 5000))
        job.process.stdin.flush()
        job.wait_for('cepheid_events_total{stream="payments"} 7\n')
        job.wait_for('cepheid_alerts_sent_total{channel="hook"} 2\n')
        job.wait_for('cepheid_scored_total{fraud="risk"} 7\n')
        self.text = job.text('/metrics')
        self.families = families(self.text)
        self.assertEqual(job.end(), 0)

    def value(self, name, **labels):
        for sample, has, value in self.families[name.removesuffix('_count')][1]:
            if sample == name and has == labels:
                return value
        self.fail(f'no {name}{labels}:\n{self.text}')

    def test_the_families_are_those_of_the_page_and_their_names_follow_prometheus(self):
        self.assertEqual(set(self.families), documented())
        for name, (kind, samples) in self.families.items():
            self.assertEqual(name.endswith('_total'), kind == 'counter', name)
            self.assertGreater(len(samples), 0, name)
            if kind == 'histogram':
                self.assertTrue(name.endswith('_seconds'), name)
                buckets = [(labels['le'], value) for sample, labels, value in samples if sample.endswith('_bucket')]
                self.assertEqual(buckets[-1][0], '+Inf')
                self.assertEqual([v for _, v in buckets], sorted(v for _, v in buckets))

    def test_counts_are_right(self):
        for name, labels, value in [
                ('events_total', {'stream': 'payments'}, 7), ('events_invalid_total', {'stream': 'payments'}, 2),
                ('matches_total', {'pattern': 'twice'}, 1), ('timeouts_total', {'pattern': 'twice'}, 1),
                ('partial_matches', {'pattern': 'twice'}, 0), ('scored_total', {'fraud': 'risk'}, 7),
                ('scored_users', {'fraud': 'risk'}, 3), ('scoring_latency_seconds_count', {}, 7),
                ('event_latency_seconds_count', {}, 1), ('table_rows', {'table': 'names'}, 2),
                ('table_asked_total', {'table': 'names'}, 1), ('table_asks_failed_total', {'table': 'names'}, 1),
                ('alerts_raised_total', {'alert': 'large'}, 2), ('alerts_held_back_total', {'alert': 'large'}, 1),
                ('alerts_sent_total', {'channel': 'hook'}, 2), ('alerts_queued', {'channel': 'hook'}, 0),
                ('alerts_failed_total', {'channel': 'hook'}, 0), ('statement_rows_total', {'statement': 'minutes'}, 1),
                ('sink_rows_total', {'sink': 'named_out'}, 7), ('sink_rows_total', {'sink': 'risk_out'}, 7),
                ('checkpoint_failures_total', {}, 0)]:
            with self.subTest(metric=name):
                self.assertEqual(self.value('cepheid_' + name, **labels), value)
        self.assertGreater(self.value('cepheid_score_state_bytes', fraud='risk'), 0)
        self.assertAlmostEqual(self.value('cepheid_error_ratio'), 2 / 9)
        self.assertAlmostEqual(self.value('cepheid_watermark_lag_seconds', stream='payments'), time.time() - 4990, delta=100)


if __name__ == '__main__':
    unittest.main()
