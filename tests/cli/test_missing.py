#!/usr/bin/env python3
"""Tables with `missing from http`, against a real server."""
import contextlib
import http.client
import http.server
import json
import re
import socket
import threading
import urllib.parse

import unittest

import program

RULES = '''
stream payments {
    from stdin
    schema merchant string, n int, amount double
}
table rates {
    from file "rates.csv" format csv
    schema merchant string, n int, rate double, note string
    key merchant, n
    default note = "none"
    missing from http "${API}"
}
stream rated = from payments lookup rates on (merchant = merchant, n = n) as r
               select merchant, rate = r.rate, note = r.note
sink out from rated to file "out.jsonl"
'''


class Api(http.server.ThreadingHTTPServer):
    """Answers by the merchant that it is asked for, and notes each question."""
    daemon_threads = True

    def __init__(self):
        self.asked = []
        self.connections = set()
        self.go_on = threading.Event()
        super().__init__(('127.0.0.1', 0), ApiHandler)

    @property
    def url(self):
        return f'http://127.0.0.1:{self.server_port}/rates?token=s3cret'


class ApiHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def do_GET(self):
        parts = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(parts.query, strict_parsing=True)
        merchant = query['merchant'][0]
        self.server.asked.append((parts.path, query))
        self.server.connections.add(self.client_address)
        status, body = 200, json.dumps({'rate': 0.5, 'other': 1})
        if merchant.startswith('gone'):
            status, body = 404, '{"error":"no such merchant"}'
        elif merchant.startswith('broken'):
            body = 'this is no JSON'
        elif merchant.startswith('boom'):
            status, body = 500, 'a secret of the server'
        elif merchant.startswith('teapot'):
            status, body = 418, ''
        elif merchant.startswith('whole'):
            body = json.dumps({'merchant': 'another', 'n': 7, 'rate': 0.25, 'note': 'ä'})
        elif merchant.startswith('pretty'):
            body = json.dumps({'rate': 0.125}, indent=4)
        elif merchant.startswith('slow'):
            self.server.go_on.wait(30)
        elif merchant.startswith('cut'):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        data = body.encode()
        self.send_response(status)
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def payment(merchant, n=1):
    return json.dumps({'merchant': merchant, 'n': n, 'amount': 1}).encode() + b'\n'


class MissingTest(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.api = Api()
        threading.Thread(target=self.api.serve_forever, daemon=True).start()
        self.addCleanup(self.api.server_close)
        self.addCleanup(self.api.shutdown)
        self.addCleanup(self.api.go_on.set)
        self.write('rates.csv', 'merchant,n,rate,note\nknown,1,0.75,\n')
        self.write('app.cep', RULES.replace('${API}', self.api.url))

    def run_payments(self, rows):
        """The rows that were written, and standard error."""
        _, err = self.cepheid('run', 'app.cep', stdin=b''.join(rows))
        self.assertNotIn('s3cret', err)
        return self.rows('out.jsonl'), err

    def merchants_asked(self):
        return [query['merchant'][0] for _, query in self.api.asked]

    def test_what_is_not_there_is_asked_for_once(self):
        rows, _ = self.run_payments([payment(m) for m in ['a', 'known', 'gone', 'a', 'gone', 'whole', 'a', 'b']])
        self.assertEqual([row['rate'] for row in rows], [0.5, 0.75, None, 0.5, None, 0.25, 0.5, 0.5])
        self.assertEqual([row['note'] for row in rows], ['none', 'none', 'none', 'none', 'none', 'ä', 'none', 'none'])
        self.assertEqual(self.merchants_asked(), ['a', 'gone', 'whole', 'b'])
        self.assertEqual(len(self.api.connections), 1, 'the connection stays open')

    def test_the_whole_key_is_asked_for(self):
        odd = 'ä&=/? +%"'
        self.run_payments([payment(odd, -3)])
        self.assertEqual(self.api.asked, [('/rates', {'token': ['s3cret'], 'merchant': [odd], 'n': ['-3']})])

    def test_an_answer_may_have_several_lines(self):
        rows, _ = self.run_payments([payment('pretty')])
        self.assertEqual([row['rate'] for row in rows], [0.125])

    def test_an_answer_that_is_no_row_is_told_and_the_key_not_asked_again(self):
        rows, err = self.run_payments([payment('broken'), payment('broken')])
        self.assertEqual([row['rate'] for row in rows], [None, None])
        self.assertIn('table `rates`: an answer that is no row: not a JSON object', err)
        self.assertEqual(len(self.api.asked), 1)

    def test_a_null_in_the_key_is_not_asked_for(self):
        rows, _ = self.run_payments([payment(None), payment('a', None)])
        self.assertEqual([row['rate'] for row in rows], [None, None])
        self.assertEqual(self.api.asked, [])

    def test_answers_that_are_none_are_told_and_the_job_goes_on(self):
        for merchant, told in {'teapot': 'HTTP status 418', 'boom': 'HTTP status 500', 'cut': ''}.items():
            with self.subTest(merchant):
                rows, err = self.run_payments([payment(merchant), payment('known')])
                self.assertEqual([row['rate'] for row in rows], [None, 0.75])
                self.assertIn(told, err)
                self.assertNotIn('a secret of the server', err)
                self.assertIn(f'table `rates`: http://127.0.0.1:{self.api.server_port}: ', err)

    def test_a_server_in_trouble_is_left_alone(self):
        rows, err = self.run_payments([payment(f'boom{i}') for i in range(200)])
        self.assertEqual(len(rows), 200)
        self.assertLess(len(self.api.asked), 20)
        self.assertLess(err.count('table `rates`'), 20, 'at most a line a second')

    def test_nobody_listens(self):
        with socket.create_server(('127.0.0.1', 0)) as taken:
            port = taken.getsockname()[1]
        self.write('app.cep', RULES.replace('${API}', f'http://127.0.0.1:{port}/'))
        rows, err = self.run_payments([payment('a'), payment('known')])
        self.assertEqual([row['rate'] for row in rows], [None, 0.75])
        self.assertIn(f'table `rates`: http://127.0.0.1:{port}: ', err)

    def test_switched_off_it_is_not_asked(self):
        self.write('app.cep', RULES.replace('${API}', ''))
        rows, _ = self.run_payments([payment('a'), payment('known')])
        self.assertEqual([row['rate'] for row in rows], [None, 0.75])
        self.assertEqual(self.api.asked, [])

    def test_state_is_answered_while_the_job_waits_and_has_the_rows_that_came(self):
        job = self.start('run', 'app.cep', '--serve', ':0')
        with contextlib.ExitStack() as stack:
            for pipe in (job.stdin, job.stdout, job.stderr):
                stack.callback(pipe.close)
            stack.callback(job.wait)
            stack.callback(job.kill)
            port = int(re.search(rb':(\d+)$', job.stderr.readline().strip()).group(1))
            job.stdin.write(payment('a') + payment('slow'))
            job.stdin.flush()
            while 'slow' not in self.merchants_asked():
                pass
            connection = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
            stack.callback(connection.close)
            connection.request('GET', '/state/rates?merchant=a')
            self.assertEqual(json.loads(connection.getresponse().read()),
                             {'key': {'merchant': 'a', 'n': 1}, 'value': {'rate': 0.5, 'note': 'none'}})
            self.api.go_on.set()
            job.stdin.close()
            self.assertEqual(job.wait(timeout=60), 0)
        self.assertEqual([row['rate'] for row in self.rows('out.jsonl')], [0.5, 0.5])


if __name__ == '__main__':
    unittest.main()
