#!/usr/bin/env python3
"""`cepheid test`: the tests that rule files hold."""
import re
import unittest

import program

RULES = '''
stream payments {
    from file "no such file"
    schema id string, user string, amount double, ts timestamp
    time ts
    lateness 10s
    require id, ts
}
table limits {
    from file "limits.csv"
    format csv
    schema user string, most double
    key user
    default most = 100
}
stream large = from payments
               lookup limits on (user = user)
               where amount > limits.most
               select id, user, amount, most = limits.most, ts
pattern twice on large {
    key user
    begin a followed_by b
    within 1h
    after_match skip_past_last
    emit first = a.id, last = b.id
}
channel hook { webhook url "http://127.0.0.1:9/nobody" }
alert twice_large on twice { severity "critical" notify hook }
sink out from large to file "out.jsonl"
'''
PASSES = '''
test "what is above the default" {
    given payments: {"id": "p1", "user": "ann", "amount": 150, "ts": 1000},
                    {"id": "p2", "user": "ann", "amount": 50, "ts": 2000}
    expect large: {"id": "p1", "most": 100}
    expect no twice
    expect no twice_large
}
'''
TABLE = '''
test "a limit of one's own" {
    given limits: {"user": "ann", "most": 10}
    given payments: {"id": "p1", "user": "ann", "amount": 20, "ts": 1000},
                    {"id": "p2", "user": "bob", "amount": 20, "ts": 2000},
                    {"id": "p3", "user": "ann", "amount": 30, "ts": 3000}
    expect large: {"id": "p3", "amount": 30, "most": 10}, {"id": "p1"}
    expect twice: {"first": "p1", "last": "p3"}
    expect twice_large: {"severity": "critical"}
}
'''
FAILS = '''
test "wrong in two places" {
    given payments: {"id": "p1", "user": "ann", "amount": 150, "ts": 1000}
    expect large:
        {"id": "p1"},
        {"id": "p1", "amount": 151}
    expect no large
}
'''


class RuleTests(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.write('limits.csv', 'user,most\ncarl,1000\n')

    def run_tests(self, rules, *words, status=0):
        self.write('app.cep', RULES + rules)
        return self.cepheid('test', 'app.cep', *words, status=status)

    def line_of(self, part):
        """Which line of the rule file has this."""
        lines = self.read('app.cep').split('\n')
        return next(i for i, line in enumerate(lines, 1) if part in line)

    def test_good_ones_pass_and_touch_nothing(self):
        out, err = self.run_tests(PASSES + TABLE)
        self.assertEqual(out, "ok     what is above the default\nok     a limit of one's own\n2 passed, 0 failed\n")
        self.assertEqual(err, '')
        self.assertEqual({path.name for path in self.folder.iterdir()}, {'app.cep', 'limits.csv'})

    def test_a_table_is_read_from_its_file_unless_the_test_gives_rows(self):
        self.run_tests('test "file" { given payments: {"id": "p1", "user": "carl", "amount": 500, "ts": 1} expect no large }')
        self.run_tests('test "given" { given limits: {"user": "dora", "most": 1}\n'
                       '  given payments: {"id": "p1", "user": "carl", "amount": 500, "ts": 1}\n'
                       '  expect large: {"most": 100} }')

    def test_a_failure_tells_place_and_rows(self):
        out, _ = self.run_tests(PASSES + FAILS, status=1)
        line = self.line_of('"amount": 151')
        self.assertIn(f'FAILED wrong in two places\n  app.cep:{line}:9: `large` gives no such row; it gives\n'
                      '    {"id":"p1","user":"ann","amount":150,"most":100,"ts":1000}\n', out)
        self.assertIn(f'  app.cep:{line + 1}:', out)
        self.assertIn('`large` gives 1 rows, not none', out)
        self.assertTrue(out.endswith('1 passed, 1 failed\n'), out)

    def test_each_expected_row_is_found_in_a_row_of_its_own(self):
        rules = '''test "two of one" {
    given payments: {"id": "p1", "user": "ann", "amount": 150, "ts": 1000}%s
    expect large: {"user": "ann"}, {"user": "ann", "amount": 150}
}'''
        self.run_tests(rules % '', status=1)
        self.run_tests(rules % ', {"id": "p2", "user": "ann", "amount": 151, "ts": 2000}')

    def test_rows_are_late_as_they_would_be(self):
        given = ('{"id": "p1", "user": "ann", "amount": 200, "ts": 60000},'
                 '{"id": "p2", "user": "ann", "amount": 200, "ts": %d},'
                 '{"id": "p3", "user": "ann", "amount": 200, "ts": 61000}')
        self.run_tests(f'test "in time" {{ given payments: {given % 50000} expect twice: {{"first": "p2", "last": "p1"}} }}')
        self.run_tests(f'test "late" {{ given payments: {given % 49999} expect twice: {{"first": "p1", "last": "p3"}}\n'
                   'expect large: {"id": "p2"} }')

    def test_a_row_that_is_none_fails(self):
        out, _ = self.run_tests('test "null" { given payments: {"id": null, "ts": 1} expect no large }', status=1)
        self.assertRegex(out, r'app\.cep:\d+:\d+: no row of `payments`: `id` is missing')

    def test_only_some(self):
        out, _ = self.run_tests(PASSES + TABLE + FAILS, '--only', 'above')
        self.assertEqual(out, 'ok     what is above the default\n1 passed, 0 failed\n')
        out, _ = self.run_tests(PASSES + TABLE, '--quiet')
        self.assertEqual(out, '2 passed, 0 failed\n')

    def test_nothing_to_run_is_wrong_usage(self):
        _, err = self.run_tests(PASSES, '--only', 'nowhere', status=2)
        self.assertIn('no `test` has such a title', err)
        _, err = self.run_tests('', status=2)
        self.assertIn('there is no `test`', err)

    def test_mistakes_are_found_when_the_file_is_loaded(self):
        for wrong, at, message in [
                ('test "a" { given payment: {"id": "p1"} expect no large }', 'payment', 'payments'),
                ('test "a" { given payments: {"id": "p1", "ts": 1} expect large: {"idd": "p1"} }', 'idd', 'idd'),
                ('test "a" { given payments: {"id": "p1", "ts": 1} expect no larger }', 'larger', 'large'),
                ('test "a" { given large: {"id": "p1"} expect no twice }', 'large', 'large'),
                ('test "a" { given payments: {"id": } expect no large }', 'id', '')]:
            with self.subTest(rules=wrong):
                _, err = self.run_tests(wrong, status=2)
                self.assertRegex(err, rf'app\.cep:{self.line_of(wrong)}:\d+')
                self.assertIn(message, err)

    def test_several_files(self):
        self.write('other.cep', RULES + TABLE)
        self.write('app.cep', RULES + PASSES)
        out, _ = self.cepheid('test', 'app.cep', 'other.cep')
        self.assertEqual(len(re.findall('^ok ', out, re.M)), 2)
        self.assertTrue(out.endswith('2 passed, 0 failed\n'))

    def test_a_running_total_a_window_and_a_join_with_the_end_of_time(self):
        self.run_tests('''
aggregate totals on payments { key user window none select user, total = sum(amount) }
aggregate minutes on payments { window tumbling 1m select window_start, count = count() }
test "all that waits for time comes" {
    given payments: {"id": "p1", "user": "ann", "amount": 1.5, "ts": 1000},
                    {"id": "p2", "user": "ann", "amount": 2, "ts": 61000}
    expect totals: {"user": "ann", "total": 1.5}, {"user": "ann", "total": 3.5}
    expect minutes: {"window_start": 0, "count": 1}, {"window_start": 60000, "count": 1}
}''')


if __name__ == '__main__':
    unittest.main()
