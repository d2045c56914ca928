"""Random `aggregate` statements on random rows, against an independent calculation.

CEPHEID_SEED: the first seed (default 1). CEPHEID_ROUNDS: how many statements (default 24).
"""
import collections
import datetime
import json
import os
import random
import unittest

import program
from independent import aggregates, dirty_rows

SEED = int(os.environ.get('CEPHEID_SEED', '1'))
ROUNDS = int(os.environ.get('CEPHEID_ROUNDS', '24'))
WORDS = ['a', 'b', 'c', 'Ünï', '']
SECOND = 1000

STREAM = '''
stream s {{
    from file "in.jsonl"
    schema arrival int, time timestamp, `key` string, n int, x double, word string
    time time
    lateness {lateness}ms
    late to late_rows
}}
sink late_out from late_rows select arrival to file "late.jsonl"
'''


def canonical(rows):
    """Rows as texts that are equal just where the rows are: 5.0 is 5."""
    def number(value):
        if isinstance(value, dict):
            return {k: number(v) for k, v in value.items()}
        if isinstance(value, list):
            return [number(v) for v in value]
        return int(value) if isinstance(value, float) and value.is_integer() else value
    return [json.dumps(number(row)) for row in rows]


class Aggregates(program.ProgramTest):
    def random_rows(self, rng, count, step_ms, behind_ms, begin_ms):
        now_ms, rows = begin_ms, []
        for arrival in range(count):
            now_ms += 0 if rng.random() < 0.2 else rng.randrange(2 * step_ms + 1)
            back_ms = 0 if rng.random() < 0.6 else rng.randrange(behind_ms + 1)
            time_ms = now_ms - back_ms
            rows.append({'arrival': arrival, 'time': time_ms // SECOND * SECOND if rng.random() < 0.5 else time_ms,
                         'key': rng.choice(['k1', 'k2', 'k3', None]), 'n': rng.choice([None, *range(-2, 9)]),
                         'x': rng.choice([None, -1.5, 0.25, 0.5, 2.0, 7.75]), 'word': rng.choice([None, *WORDS])})
        return rows

    def random_window(self, rng):
        """(text, arguments of aggregates.run, step of time)"""
        size = rng.choice([5, 10, 60]) * SECOND
        kind = rng.choice(['tumbling', 'sliding', 'sliding', 'session', 'daily'])
        if kind == 'tumbling':
            return f'tumbling {size}ms', {'kind': kind, 'size_ms': size, 'every_ms': size}, size // 5
        if kind == 'sliding':
            every = rng.choice([1, 2, 3, 5, 7, 10, 20]) * SECOND
            return f'sliding {size}ms every {every}ms', {'kind': kind, 'size_ms': size, 'every_ms': every}, size // 5
        if kind == 'session':
            return f'session {size}ms', {'kind': kind, 'size_ms': size}, size // 3
        zone = rng.choice(aggregates.ZONES)
        return f'daily "{zone}"', {'kind': kind, 'zone': aggregates.zone_of(zone)}, 5 * 3600 * SECOND

    def test_random_statements(self):
        for seed in range(SEED, SEED + ROUNDS):
            with self.subTest(CEPHEID_SEED=seed):
                self.run_one(random.Random(seed))

    def run_one(self, rng):
        window, arguments, step_ms = self.random_window(rng)
        lateness, allowed = rng.choice([0, 3, 10]) * step_ms // 3, rng.choice([0, 0, 2, 8]) * step_ms // 2
        on_each_row = rng.random() < 0.2
        begin_ms = rng.choice([-3 * SECOND, dirty_rows.BEGIN_MS, 1_711_800_000_000, 1_730_500_000_000, 1_539_900_000_000])
        rows = self.random_rows(rng, 250, step_ms, rng.choice([0, 2, 8]) * step_ms, begin_ms)
        functions = rng.sample(sorted(aggregates.FUNCTIONS), 6)
        least = rng.choice([0, 0, 2])
        keyed = rng.random() < 0.8
        items = ['window_start', 'window_end', 'count = count()'] + [f'f{i} = {f}' for i, f in enumerate(functions)]
        rules = STREAM.format(lateness=lateness) + f'''
aggregate a on s {{
    {'key `key`' if keyed else ''}
    window {window}
    select {'`key`,' if keyed else ''} {', '.join(items)}
    {f'having count >= {least}' if least else ''}
    {f'allowed_lateness {allowed}ms' if allowed else ''}
    {'emit changes' if on_each_row else ''}
}}
sink out from a to file "out.jsonl"
'''
        self.write('app.cep', rules)
        self.write('in.jsonl', ''.join(json.dumps(row) + '\n' for row in rows))
        self.cepheid('run', 'app.cep')

        of_run = [row if keyed else {**row, 'key': None} for row in rows]
        given, late = aggregates.run(of_run, lateness, allowed, on_each_row, **arguments)
        if not allowed and not on_each_row:
            given.sort(key=lambda window: (window[2], window[3][0]['arrival']))
        want = []
        for key, start_ms, end_ms, of in given:
            row = {'key': key} if keyed else {}
            row.update(window_start=start_ms, window_end=end_ms, count=len(of))
            row.update({f'f{i}': aggregates.FUNCTIONS[f](of) for i, f in enumerate(functions)})
            if len(of) >= least:
                want.append(row)
        want, got = canonical(want), canonical(self.rows('out.jsonl'))
        wrong = list((collections.Counter(want) - collections.Counter(got)).items())[:2]
        over = list((collections.Counter(got) - collections.Counter(want)).items())[:2]
        self.assertEqual((wrong, over), ([], []), rules)
        if not allowed and not on_each_row:
            ends = [row['window_end'] for row in self.rows('out.jsonl')]
            self.assertEqual(ends, sorted(ends), rules)
            if arguments['kind'] != 'sliding':    # windows of one end in the order of their first rows
                self.assertEqual(got, want, rules)
        if arguments['kind'] != 'sliding' or arguments['every_ms'] <= arguments['size_ms']:
            self.assertEqual([row['arrival'] for row in self.rows('late.jsonl')], [row['arrival'] for row in late], rules)


if __name__ == '__main__':
    unittest.main()
