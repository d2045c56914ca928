"""The applications in examples/: on their own samples, and on random data against what was worked out independently.

CEPHEID_SEED: the first seed (default 1). CEPHEID_EXAMPLE_ROUNDS: how many rounds of random data (default 2).
"""
import json
import os
import pathlib
import re
import shutil
import unittest

import program
from independent import ad_exchange, dirty_rows, payments_fraud, rows_compared, running_totals, settlement, shop_windows

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent.parent / 'examples'
SEED = int(os.environ.get('CEPHEID_SEED', '1'))
MONDAY_MS = 1_710_720_000_000    # 2024-03-18, on which things happen in payments_fraud
ROUNDS = int(os.environ.get('CEPHEID_EXAMPLE_ROUNDS', '2'))


class Samples(program.ProgramTest):
    """No variable set: the samples beside the rule file."""

    def run_example(self, name):
        folder = self.folder / name
        shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns('out'))
        _, err = self.cepheid('run', f'{name}/app.cep')
        return folder / 'out', err

    def test_the_rows_in_the_readmes_are_those_that_come_out(self):
        for name, output in [('running_totals', 'totals.jsonl'), ('large_transactions', 'large.txt')]:
            out, _ = self.run_example(name)
            shown = re.findall(r'```(?:json)?\n(.*?)```', (EXAMPLES / name / 'README.md').read_text(encoding='utf-8'), re.S)
            self.assertEqual((out / output).read_text(encoding='utf-8'), shown[-1])

    def test_every_output_of_every_example_has_something_to_show(self):
        for name in ('ad_exchange', 'operations', 'payments_fraud', 'settlement', 'shop'):
            out, err = self.run_example(name)
            for path in out.iterdir():
                self.assertGreater(path.stat().st_size, 0, f'{name}/{path.name}')
            self.assertEqual(sum(map(int, re.findall(r'(\d+) late', err))), 0, err)

    def test_each_rule_of_payments_fraud_fires_where_its_readme_says(self):
        out, _ = self.run_example('payments_fraud')
        fired, levels = {}, {}
        for row in program.json_lines((out / 'risk.jsonl').read_text(encoding='utf-8')):
            if row['timestamp'] >= MONDAY_MS:
                fired.setdefault(row['user_id'], set()).update(factor['type'] for factor in row['risk_factors'])
                levels[row['user_id']] = row['risk_level']    # the last one's
        alerts = program.json_lines((out / 'alerts.jsonl').read_text(encoding='utf-8'))
        page = (EXAMPLES / 'payments_fraud' / 'README.md').read_text(encoding='utf-8')
        shown = re.findall(r'^\| `(u\d+)` \|.*?\| (.*) \|$', page, re.M)
        self.assertEqual(sorted(fired), [user for user, _ in shown])
        of_patterns = [alert['user_id'] for alert in alerts if alert['risk_score'] == 1 and alert['severity'] == 'critical'][-2:]
        for user, gets in shown:
            with self.subTest(user=user):
                codes = set(re.findall(r'`(\w+)`', gets)) - {'card_testing', 'account_takeover'}
                self.assertEqual(fired[user], codes)
                self.assertEqual(user in of_patterns, 'an alert of' in gets)
                for level in re.findall(r'\b(low|medium|high|critical)\b', gets):
                    self.assertEqual(levels[user], level)

    def test_the_rule_files_own_tests_pass(self):
        self.cepheid('test', EXAMPLES / 'payments_fraud' / 'app.cep')

    def test_generators_write_the_samples(self):
        for name, arguments in [('ad_exchange', []), ('settlement', []), ('operations', '--out requests.jsonl'.split()),
                                ('payments_fraud', '--out transactions.jsonl'.split()),
                                ('shop', '--events 400 --users 30 --seed 7 --out events.jsonl'.split())]:
            folder = self.folder / name
            folder.mkdir()
            shutil.copy(EXAMPLES / name / 'generate', folder)
            program.subprocess.run([folder / 'generate', *arguments], cwd=folder, check=True)
            for path in folder.glob('*.jsonl'):
                self.assertEqual(path.read_bytes(), (EXAMPLES / name / path.name).read_bytes(), path.name)


class RandomData(program.ProgramTest):
    def compare(self, name, module, count):
        for seed in range(SEED, SEED + ROUNDS):
            folder = self.folder / str(seed)
            folder.mkdir()
            env, outputs = module.make(dirty_rows.Dirty(seed), folder, count)
            self.cepheid('run', EXAMPLES / name / 'app.cep', env={**os.environ, **{k: str(v) for k, v in env.items()}})
            for output, (want, ordered) in outputs.items():
                got = rows_compared.read_rows(folder / f'{output}.jsonl')
                wrong = rows_compared.differences(want, got, ordered)
                self.assertEqual(wrong[:5], [], f'{output}.jsonl, CEPHEID_SEED={seed}: {len(wrong)} differences')
                self.assertGreater(len(want), 20)

    def test_running_totals(self):
        self.compare('running_totals', running_totals, 2000)

    def test_settlement(self):
        self.compare('settlement', settlement, 2000)

    def test_ad_exchange(self):
        self.compare('ad_exchange', ad_exchange, 2000)

    def test_payments_fraud(self):
        self.compare('payments_fraud', payments_fraud, 2500)

    def test_windows_of_shop(self):
        self.compare('shop', shop_windows, 2500)


if __name__ == '__main__':
    unittest.main()
