"""Random `join`, `rank` and `table latest` statements on random rows, against an independent calculation.

CEPHEID_SEED: the first seed (default 1). CEPHEID_ROUNDS: how many statements of each kind (default 16).
"""
import json
import os
import random
import unittest

import program
from independent import joins_and_ranks

SEED = int(os.environ.get('CEPHEID_SEED', '1'))
ROUNDS = int(os.environ.get('CEPHEID_ROUNDS', '16'))


def equal(a, b):
    return a is not None and a == b


# Conditions of joins: the rule text and the same over two rows.
CONDITIONS = [
    ('c.a == k.a', lambda c, k: equal(c['a'], k['a'])),
    ('c.a == k.a and (c.b == k.b or c.n == k.n)',
     lambda c, k: equal(c['a'], k['a']) and (equal(c['b'], k['b']) or equal(c['n'], k['n']))),
    ('c.b == k.b or c.n == k.x and c.a == "a1"',
     lambda c, k: equal(c['b'], k['b']) or equal(c['n'], k['x']) and c['a'] == 'a1'),
    ('c.n > k.n', lambda c, k: c['n'] is not None and k['n'] is not None and c['n'] > k['n']),
    ('concat(c.a, c.b) == concat(k.b, k.a) or c.a is null and k.a is null',
     lambda c, k: (c['a'] or '') + (c['b'] or '') == (k['b'] or '') + (k['a'] or '') or c['a'] is None and k['a'] is None),
    ('c.a == k.a and c.x != k.x and k.b in ("a1", "b1")',
     lambda c, k: equal(c['a'], k['a']) and None not in (c['x'], k['x']) and c['x'] != k['x'] and k['b'] in ('a1', 'b1')),
]

SCHEMA = 'arrival int, time timestamp, id string, a string, b string, n int, x double'


class JoinsAndRanks(program.ProgramTest):
    def random_rows(self, rng, count, step_ms, behind_ms):
        now_ms, rows = 0, []
        for arrival in range(count):
            now_ms += 0 if rng.random() < 0.3 else rng.randrange(2 * step_ms + 1)
            time_ms = now_ms - (0 if rng.random() < 0.6 else rng.randrange(behind_ms + 1))
            rows.append({'arrival': arrival, 'time': time_ms // 10 * 10 if rng.random() < 0.7 else time_ms,
                         'id': rng.choice([None, *(f'i{i}' for i in range(12))]), 'a': rng.choice([None, 'a1', 'a2', 'b1']),
                         'b': rng.choice([None, 'a1', 'b1', '']), 'n': rng.choice([None, 0, 1, 2, 3]),
                         'x': rng.choice([None, 0.0, 1.0, 2.0, 2.5])})
        return rows

    def write_rows(self, name, rows):
        self.write(name, ''.join(json.dumps(row) + '\n' for row in rows))

    def test_random_joins(self):
        for seed in range(SEED, SEED + ROUNDS):
            with self.subTest(CEPHEID_SEED=seed):
                self.run_join(random.Random(seed))

    def run_join(self, rng):
        condition, fits = rng.choice(CONDITIONS)
        keep, keep_left = rng.choice(['all', 'first', 'last']), rng.random() < 0.5
        before, lateness = rng.choice([0, 50, 400]), [rng.choice([0, 40, 200]) for _ in range(2)]
        same = rng.random() < 0.2    # a stream with itself
        later = self.random_rows(rng, 200, rng.choice([10, 30]), rng.choice([0, 60, 300]))
        earlier = later if same else self.random_rows(rng, 200, rng.choice([10, 30]), rng.choice([0, 60, 300]))
        sides = ['c_rows c', f'{"c_rows" if same else "k_rows"} k']
        rng.shuffle(sides)
        rules = f'''
stream c_rows {{ from file "c.jsonl" schema {SCHEMA} time time lateness {lateness[0]}ms }}
stream k_rows {{ from file "k.jsonl" schema {SCHEMA} time time lateness {lateness[1]}ms }}
join j {{
    {', '.join(sides)}
    on {condition}
    within k {before}ms before c
    keep {'left ' if keep_left else ''}{keep}
    select c = c.arrival, k = k.arrival, at = event_time()
}}
sink out from j to file "out.jsonl"
'''
        self.write('app.cep', rules)
        self.write_rows('c.jsonl', later)
        self.write_rows('k.jsonl', [] if same else earlier)
        self.cepheid('run', 'app.cep')
        pairs = joins_and_ranks.join(joins_and_ranks.in_time(later, lateness[0]),
                                     joins_and_ranks.in_time(earlier, lateness[0 if same else 1]), before, fits, keep, keep_left)
        want = [{'c': c['arrival'], 'k': k and k['arrival'], 'at': c['time']} for c, k in pairs]
        self.assertEqual(self.rows('out.jsonl'), want, rules)

    def test_random_ranks(self):
        for seed in range(SEED, SEED + ROUNDS):
            with self.subTest(CEPHEID_SEED=seed):
                self.run_rank(random.Random(seed))

    def run_rank(self, rng):
        rows = self.random_rows(rng, 400, 10, 100)
        keys = rng.choice([[], ['a'], ['a', 'b']])
        top = rng.choice([None, 1, 2, 5])
        by = [(name, rng.random() < 0.5) for name in rng.sample(['n', 'x'], rng.choice([1, 2]))]
        entry = rng.choice([['id'], ['id', 'n'], ['x', 'b']])
        leave, leaves = rng.choice([('', lambda row: False), ('leave when x == 0', lambda row: row['x'] == 0),
                                    ('leave when b is null', lambda row: row['b'] is None)])
        rules = f'''
stream s {{ from file "in.jsonl" schema {SCHEMA} time time }}
rank r on s {{
    {'key ' + ', '.join(keys) if keys else ''}
    id id
    {leave}
    {f'top {top}' if top else ''} by {', '.join(f"{name} {'desc' if down else 'asc'}" for name, down in by)}
    entry {', '.join(entry)}
    select {''.join(f'{key}, ' for key in keys)}entries, total, arrival
}}
sink out from r to file "out.jsonl"
'''
        self.write('app.cep', rules)
        self.write_rows('in.jsonl', rows)
        self.cepheid('run', 'app.cep')
        given = joins_and_ranks.rank(rows, lambda row: tuple(row[key] for key in keys), leaves,
                                     lambda row: [(row[name], down) for name, down in by],
                                     lambda row: {name: row[name] for name in entry}, top)
        want = [{**dict(zip(keys, key)), 'entries': entries, 'total': total, 'arrival': row['arrival']}
                for key, entries, total, row in given]
        self.assertEqual(self.rows('out.jsonl'), want, rules)

    def test_random_tables(self):
        for seed in range(SEED, SEED + ROUNDS):
            with self.subTest(CEPHEID_SEED=seed):
                self.run_table(random.Random(seed))

    def run_table(self, rng):
        """A stream that asks a table fed by another one, and by itself: what comes together is in the order of time."""
        asked, fed = self.random_rows(rng, 300, 10, 60), self.random_rows(rng, 300, 10, 60)
        itself = rng.random() < 0.3
        if itself:
            fed = []
        rules = f'''
stream asking {{ from file "asking.jsonl" schema {SCHEMA} time time }}
stream feeding {{ from file "feeding.jsonl" schema {SCHEMA} time time }}
table latest_row latest from {'feeding, asking' if itself else 'feeding'} {{ key a, b  default n = -1 }}
stream answers = from asking
    lookup latest_row on (b = b, a = a) as now
    lookup latest_row as_of time - 20 on (a = a, b = b) as before
    select arrival, found = now.arrival, n = now.n, before = before.arrival, before_n = before.n
sink out from answers to file "out.jsonl"
'''
        self.write('app.cep', rules)
        self.write_rows('asking.jsonl', asked)
        self.write_rows('feeding.jsonl', fed)
        self.cepheid('run', 'app.cep')

        events, rest = [], {'asking': list(asked), 'feeding': list(fed)}
        while any(rest.values()):    # always the row with the smallest time among the next ones, then that of `asking`
            name = min((n for n in rest if rest[n]), key=lambda n: (rest[n][0]['time'], n))
            events.append((name, rest[name].pop(0)))
        versions, want = {}, []
        for name, row in events:
            key = (row['a'], row['b'])
            if (name == 'feeding' or itself) and None not in key:
                versions.setdefault(key, []).append(row)
            if name == 'asking':
                known = versions.get(key, [])
                by_then = sorted((v for v in known if v['time'] <= row['time'] - 20), key=lambda v: v['time'])
                now, before = known[-1] if known else {}, by_then[-1] if by_then else {}

                def n_of(found):
                    return -1 if found.get('n') is None else found['n']
                want.append({'arrival': row['arrival'], 'found': now.get('arrival'), 'n': n_of(now),
                             'before': before.get('arrival'), 'before_n': n_of(before)})
        self.assertEqual(self.rows('out.jsonl'), want, rules)


if __name__ == '__main__':
    unittest.main()
