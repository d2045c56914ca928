#!/usr/bin/env python3
"""`cepheid run --serve` and `cepheid query`: the state of a running job, its metrics, its end."""
import contextlib
import http.client
import json
import re
import signal
import socket
import time
import unittest
import urllib.parse

import program

RULES = '''
stream payments {
    from stdin
    schema merchant string, day string, amount decimal(2), ts timestamp
    time ts
    require merchant
}
table names {
    from file "names.csv" format csv
    schema merchant string, name string
    key merchant
}
aggregate totals on payments {
    key merchant, day
    window none
    select merchant, day, count = count(), total = sum(amount)
}
aggregate hours on payments {
    key merchant
    window tumbling 1h
    select merchant, window_start, count = count()
}
rank largest on payments {
    key day
    id merchant
    top 2 by amount desc
    entry merchant, amount
    select day, list = entries
}
pattern twice on payments {
    key merchant
    begin a followed_by b
    within 1h
    emit merchant = a.merchant
}
sink out from totals to file "out.jsonl"
'''


def payment(merchant, day, amount, ts=0):
    return json.dumps({'merchant': merchant, 'day': day, 'amount': amount, 'ts': ts}).encode() + b'\n'


PAYMENTS = [payment('b', 'd1', 1), payment('a', 'd2', 2), payment('a', 'd1', 3), payment('a', 'd1', 4),
            payment('c', 'd1', 0.5, 3_600_000), payment(' ä&=', 'd1', 5, 3_600_000)]


class ServedJob:
    """A job that reads its rows from standard input and serves at a port of its own choice."""

    def __init__(self, test, *words):
        self.process = test.start('run', 'app.cep', '--serve', ':0', *words)
        self.port = int(re.search(rb':(\d+)$', self.process.stderr.readline().strip()).group(1))
        self.connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
        test.addCleanup(self.close)
        self.events = 0

    def close(self):
        self.connection.close()
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError):
                pipe.close()

    def give(self, rows):
        """Hands rows to the job and waits until it has worked on them."""
        self.process.stdin.write(b''.join(rows))
        self.process.stdin.flush()
        self.events += len(rows)
        self.wait_for(f'cepheid_events_total{{stream="payments"}} {self.events}\n')

    def wait_for(self, metric):
        end = time.monotonic() + 60
        while metric not in self.text('/metrics'):
            if time.monotonic() > end:
                raise AssertionError(f'{metric} did not come:\n{self.text("/metrics")}')

    def ask(self, path, method='GET', headers={}):
        """(status, text, headers) of the answer, on the one connection."""
        self.connection.request(method, path, headers=headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers

    def text(self, path):
        return self.ask(path)[1]

    def state(self, path):
        """The keys and values that are found, as pairs."""
        status, text, _ = self.ask('/state/' + path)
        if status != 200:
            raise AssertionError(f'{status} {text}')
        return [(row['key'], row['value']) for row in program.json_lines(text)]

    def end(self):
        """Standard input ends, and so does the job; its exit status."""
        self.process.stdin.close()
        return self.process.wait(timeout=60)


class ServedTest(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.write('app.cep', RULES)
        self.write('names.csv', 'merchant,name\na,Ann\nb,"Bob ""B"""\n')

    def served(self, rows=PAYMENTS):
        job = ServedJob(self)
        job.give(rows)
        return job


class ServeTest(ServedTest):
    def test_one_key_and_prefixes_of_a_running_total(self):
        job = self.served()
        self.assertEqual(job.text('/state/totals?merchant=a&day=d1'),
                         '{"key":{"merchant":"a","day":"d1"},"value":{"count":2,"total":7.00}}\n')
        self.assertEqual([key['day'] for key, _ in job.state('totals?merchant=a')], ['d1', 'd2'])
        self.assertEqual([key['merchant'] for key, _ in job.state('totals')], [' ä&=', 'a', 'a', 'b', 'c'])
        self.assertEqual(job.state('totals?' + urllib.parse.urlencode({'merchant': ' ä&='}))[0][1],
                         {'count': 1, 'total': 5})
        self.assertEqual(job.state('totals?merchant=nobody'), [])
        job.give([payment('a', 'd1', 10)])
        self.assertEqual(job.state('totals?merchant=a&day=d1')[0][1], {'count': 3, 'total': 17})

    def test_state_of_windows_rankings_and_tables(self):
        job = self.served(PAYMENTS[:4])
        self.assertEqual(job.state('hours?merchant=a'), [({'merchant': 'a'}, {'window_start': 0, 'count': 3})])
        self.assertEqual(job.state('largest?day=d1'),
                         [({'day': 'd1'}, {'entries': [{'merchant': 'a', 'amount': 4}, {'merchant': 'b', 'amount': 1}],
                                           'total': 2})])
        self.assertEqual(job.state('names?merchant=b'), [({'merchant': 'b'}, {'name': 'Bob "B"'})])
        job.give([payment('z', 'd3', 1, 7_200_000)])    # the window has ended, its keys are gone
        self.assertEqual([key for key, _ in job.state('hours')], [{'merchant': 'z'}])
        listed = {state['name']: (state['keys'], [part['field'] for part in state['key']])
                  for state in json.loads(job.text('/state'))}
        self.assertEqual(listed, {'names': (2, ['merchant']), 'totals': (4, ['merchant', 'day']),
                                  'hours': (1, ['merchant']), 'largest': (2, ['day'])})

    def test_pages(self):
        rows = [payment(f'm{i:04}', 'd1', 1) for i in range(1000)]
        job = self.served(rows)
        found = []
        after = ''
        while True:
            status, text, headers = job.ask(f'/state/totals?limit=170{after}')
            self.assertEqual(status, 200)
            page = program.json_lines(text)
            self.assertLessEqual(len(page), 170)
            found += [row['key']['merchant'] for row in page]
            if 'Cepheid-Next' not in headers:
                break
            after = '&after=' + headers['Cepheid-Next']
        self.assertEqual(found, [f'm{i:04}' for i in range(1000)])

    def test_a_list_for_those_who_accept_json(self):
        job = self.served()
        status, text, headers = job.ask('/state/totals?merchant=a', headers={'Accept': 'application/json'})
        self.assertEqual((status, headers['Content-Type']), (200, 'application/json'))
        self.assertEqual(len(json.loads(text)), 2)
        self.assertEqual(job.ask('/state/totals')[2]['Content-Type'], 'application/x-ndjson')

    def test_mistakes(self):
        job = self.served()
        for path, status in {'/state/nothing': 404, '/nothing': 404, '/': 404, '/state/totals?day=d1': 400,
                             '/state/totals?amount=1': 400, '/state/totals?limit=x': 400, '/state/names?merchant=a&x=1': 400,
                             '/state/totals?after=1': 400, '/state/../health': 200}.items():
            got, text, _ = job.ask(path)
            self.assertEqual(got, status, path)
            if status != 200:
                self.assertIn('error', json.loads(text))
        self.assertEqual(job.ask('/health', method='HEAD')[:2], (200, ''))
        self.assertEqual(job.ask('/health')[:2], (200, 'ok\n'), 'the connection is as it was')
        self.assertEqual(job.ask('/state', method='POST')[0], 405)

    def test_an_open_connection_stays_open(self):
        job = self.served()
        job.ask('/health')
        before = job.connection.sock
        for _ in range(50):
            job.state('totals?merchant=a')
        self.assertIs(job.connection.sock, before)
        self.assertIsNotNone(before)

    def test_metrics(self):
        job = self.served(PAYMENTS + [payment('a', 'd1', 1, 3_700_000), payment('late', 'd1', 1, 0)])
        job.process.stdin.write(b'no json\n')
        job.process.stdin.flush()
        job.wait_for('cepheid_events_invalid_total{stream="payments"} 1\n')
        metrics = job.text('/metrics')
        for line in ['cepheid_matches_total{pattern="twice"} ', 'cepheid_partial_matches{pattern="twice"} ',
                     'cepheid_event_latency_seconds_bucket{le="+Inf"} ', 'cepheid_table_rows{table="names"} 2\n',
                     'cepheid_sink_rows_total{sink="out"} 8\n', 'cepheid_watermark_lag_seconds{stream="payments"} ']:
            self.assertIn(line, metrics)
        self.assertTrue(all(re.fullmatch(r'# (HELP|TYPE) \w+ .*|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [-+.\w]+', line)
                            for line in metrics.splitlines()), metrics)

    def test_ready_and_the_end_of_the_input(self):
        job = self.served()
        self.assertEqual(job.ask('/ready')[:2], (200, 'ready\n'))
        self.assertEqual(job.end(), 0)
        with self.assertRaises(OSError):
            socket.create_connection(('127.0.0.1', job.port), timeout=5).close()
        self.assertEqual(len(self.rows('out.jsonl')), len(PAYMENTS))

    def test_sigterm_ends_it_with_open_connections(self):
        job = self.served()
        idle = socket.create_connection(('127.0.0.1', job.port))
        self.addCleanup(idle.close)
        job.ask('/health')
        job.process.send_signal(signal.SIGTERM)
        self.assertEqual(job.process.wait(timeout=60), 0)
        self.assertEqual(idle.recv(1), b'')
        self.assertEqual(len(self.rows('out.jsonl')), len(PAYMENTS))

    def test_a_port_that_is_taken_is_told_before_anything_is_written(self):
        self.write('out.jsonl', 'as it was')
        with socket.create_server(('127.0.0.1', 0)) as taken:
            port = taken.getsockname()[1]
            _, err = self.cepheid('run', 'app.cep', '--serve', f'127.0.0.1:{port}', status=1)
        self.assertIn(f'error: cannot listen at `127.0.0.1:{port}`: Address already in use', err)
        self.assertEqual(self.read('out.jsonl'), 'as it was')

    def test_an_address_that_is_none(self):
        for address in ['8080', ':', ':99999', 'a:b:1']:
            _, err = self.cepheid('run', 'app.cep', '--serve', address, status=2)
            self.assertIn(f'`{address}` is no `[ADDRESS]:PORT`', err)


class QueryTest(ServedTest):
    def query(self, job, *words, status=0):
        return self.cepheid('query', 'app.cep', *words, '--server', f':{job.port}', status=status)

    def test_prints_a_line_for_each_key(self):
        job = self.served()
        one = '{"key":{"merchant":"a","day":"d1"},"value":{"count":2,"total":7.00}}\n'
        self.assertEqual(self.query(job, 'totals', 'merchant=a', 'day=d1'), (one, ''))
        self.assertEqual(self.query(job, 'totals', 'a', 'd1'), (one, ''))
        self.assertEqual(self.query(job, 'totals', 'day=d1', 'a'), (one, ''))
        self.assertEqual(len(self.query(job, 'totals', 'a')[0].splitlines()), 2)
        self.assertEqual(len(self.query(job, 'totals', ' ä&=')[0].splitlines()), 1)
        self.assertEqual(self.query(job, 'totals', 'nobody'), ('', ''))

    def test_prints_all_pages_or_as_many_as_wanted(self):
        job = self.served([payment(f'm{i:04}', 'd1', 1) for i in range(2500)])
        self.assertEqual([json.loads(line)['key']['merchant'] for line in self.query(job, 'totals')[0].splitlines()],
                         [f'm{i:04}' for i in range(2500)])
        for limit in (1, 1000, 1001):
            self.assertEqual(len(self.query(job, 'totals', '--limit', limit)[0].splitlines()), limit)

    def test_mistakes(self):
        job = self.served()
        self.assertIn('no table, aggregate or rank `total`; did you mean `totals`?',
                      self.query(job, 'total', status=2)[1])
        self.assertIn('has only 1 fields', self.query(job, 'names', 'a', 'b', status=2)[1])
        self.assertIn('can be asked for only with `merchant`', self.query(job, 'totals', 'day=d1', status=2)[1])
        self.assertEqual(self.cepheid('query', 'app.cep', 'totals', '--server', 'x', status=2)[0], '')
        self.assertEqual(self.cepheid('query', 'app.cep', 'totals', '--limit', '0', status=2)[0], '')
        self.assertEqual(self.cepheid('query', 'none.cep', 'totals', status=2)[0], '')

    def test_nobody_answers(self):
        with socket.create_server(('127.0.0.1', 0)) as taken:
            port = taken.getsockname()[1]
        _, err = self.cepheid('query', 'app.cep', 'totals', '--server', f':{port}', status=1)
        self.assertIn(f'error: http://127.0.0.1:{port}: ', err)


if __name__ == '__main__':
    unittest.main()
