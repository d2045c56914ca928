#!/usr/bin/env python3
"""`/silences` of `cepheid run --serve`: silences of a running job; what a server must bear that reads bodies."""
import json
import socket
import threading
import time
import unittest

import program
from test_serve import ServedJob

RULES = '''
stream payments {
    from stdin
    schema id int, user string, amount double, ts timestamp
    time ts
}
channel hook { file "told.jsonl" }
alert large on payments {
    when amount > 100
    severity "critical"
    notify hook
}
sink raised_out from large to file "raised.jsonl"
'''
JSON = {'Content-Type': 'application/json'}
MOST = 64 * 1024    # bytes of a body


def payment(id, user='ann'):
    return json.dumps({'id': id, 'user': user, 'amount': 200, 'ts': id * 1000}).encode() + b'\n'


def silence(id='move', user='ann', **more):
    return {'id': id, 'matchers': {'user': user}, 'until': '2100-01-01T00:00:00.000Z', 'comment': '', **more}


def request_text(method, path, *headers, body=b''):
    return '\r\n'.join([f'{method} {path} HTTP/1.1', 'Host: x', *headers, '', '']).encode() + body


class SilencedJob(ServedJob):
    def __init__(self, test):
        super().__init__(test, '--state', test.folder / 'state')
        end = time.monotonic() + 60
        while self.ask('/ready')[0] != 200:    # it serves before it is ready
            test.assertLess(time.monotonic(), end)

    def send(self, method, path, body=None, headers=JSON):
        """(status, JSON of the answer or None, headers), on the one connection."""
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None, answer.headers

    def post(self, silence, **more):
        return self.send('POST', '/silences', json.dumps(silence), **more)

    def ids(self):
        return [each['id'] for each in self.send('GET', '/silences')[1]]


class SilencesTest(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.write('app.cep', RULES)

    def job(self):
        return SilencedJob(self)

    def told(self):
        told = self.folder / 'told.jsonl'
        return [alert['row']['id'] for alert in self.rows(told.name)] if told.exists() else []

    def raised(self):
        return [row['id'] for row in self.rows('raised.jsonl')]

    def raw(self, job, text, then=b''):
        """All that a connection of its own is answered until the server closes it: to `text`, then to `then`, which is
        sent when the first answer has begun."""
        with socket.create_connection(('127.0.0.1', job.port), timeout=60) as connection:
            connection.sendall(text)
            answer = connection.recv(65536)
            if then:
                connection.sendall(then)
            while True:
                try:
                    more = connection.recv(65536)
                except ConnectionResetError:    # it closed before it had read all
                    more = b''
                if not more:
                    return answer.decode()
                answer += more


class Silencing(SilencesTest):
    def test_what_is_silenced_is_told_to_nobody_until_the_silence_is_deleted(self):
        job = self.job()
        job.give([payment(1)])
        status, stored, headers = job.post(silence())
        self.assertEqual((status, stored, headers['Location']), (201, silence(), '/silences/move'))
        job.give([payment(2), payment(3, 'bob'), payment(4)])
        job.wait_for('cepheid_alerts_sent_total{channel="hook"} 2\n')
        metrics = job.text('/metrics')
        self.assertIn('cepheid_alerts_suppressed_total{channel="hook"} 2\n', metrics)
        self.assertIn('cepheid_alerts_raised_total{alert="large"} 4\n', metrics)
        status, text, headers = job.ask('/silences/move', method='DELETE')
        self.assertEqual((status, text), (204, ''))
        self.assertNotIn('Content-Length', headers)
        job.give([payment(5)])
        self.assertEqual(job.end(), 0)
        self.assertEqual(self.told(), [1, 3, 5])
        self.assertEqual(self.raised(), [1, 2, 3, 4, 5])

    def test_list_and_one(self):
        job = self.job()
        self.assertEqual(job.send('GET', '/silences')[:2], (200, []))
        job.post(silence('a'))
        job.post(silence('b', comment='"ä"\n'))
        self.assertEqual(job.send('GET', '/silences')[:2], (200, [silence('a'), silence('b', comment='"ä"\n')]))
        self.assertEqual(job.send('GET', '/silences/b')[:2], (200, silence('b', comment='"ä"\n')))
        self.assertEqual(job.ask('/silences/b', method='HEAD')[:2], (200, ''))
        self.assertEqual(job.ask('/silences', method='HEAD')[:2], (200, ''))
        for method in ('GET', 'DELETE'):
            status, answer, _ = job.send(method, '/silences/c')
            self.assertEqual(status, 404)
            self.assertIn('no silence `c`', answer['error'])

    def test_a_post_replaces(self):
        job = self.job()
        job.post(silence())
        job.post(silence(user='bob'))
        self.assertEqual(job.send('GET', '/silences')[1], [silence(user='bob')])
        job.give([payment(1), payment(2, 'bob')])
        self.assertEqual(job.end(), 0)
        self.assertEqual(self.told(), [1])

    def test_for_a_while_and_without_id(self):
        job = self.job()
        status, stored, headers = job.post({'matchers': {'alert': 'large'}, 'for': '1h30m'})
        self.assertEqual(status, 201)
        self.assertEqual(headers['Location'], '/silences/' + stored['id'])
        self.assertEqual(job.send('GET', headers['Location'])[:2], (200, stored))
        self.assertEqual(set(stored), {'id', 'matchers', 'until', 'comment'})

    def test_they_outlive_the_process_in_their_file(self):
        job = self.job()
        job.post(silence())
        self.assertEqual(job.end(), 0)
        self.assertEqual(json.loads(self.read('state/alerts/silences.json')), [silence()])
        job = self.job()
        self.assertEqual(job.send('GET', '/silences')[1], [silence()])
        job.give([payment(1)])
        self.assertEqual(job.end(), 0)
        self.assertEqual(self.told(), [])

    def test_one_of_the_file_is_listed_and_can_be_deleted(self):
        (self.folder / 'state' / 'alerts').mkdir(parents=True)
        self.write('state/alerts/silences.json',
                   '[{"id": "a b/ä", "until": 4102444800000}, {"until": 1, "id": "over"}]')
        job = self.job()
        self.assertEqual(job.send('GET', '/silences')[1], [silence('a b/ä', matchers={})])
        self.assertEqual(job.ask('/silences/a%20b%2F%C3%A4', method='DELETE')[0], 204)
        self.assertEqual(job.ids(), [])

    def test_a_file_that_is_not_understood_stays(self):
        job = self.job()
        job.post(silence())
        self.write('state/alerts/silences.json', '[{ by hand')
        for method, path in (('POST', '/silences'), ('DELETE', '/silences/move')):
            status, answer, _ = job.send(method, path, json.dumps(silence('b')))
            self.assertEqual(status, 500)
            self.assertIn('is not understood', answer['error'])
        self.assertEqual(self.read('state/alerts/silences.json'), '[{ by hand')
        self.assertEqual(job.ids(), ['move'], 'what was understood last holds on')

    def test_posts_of_several_connections_all_arrive(self):
        job = self.job()
        statuses = []

        def post(name):
            for i in range(10):
                text = json.dumps(silence(f'{name}-{i}')).encode()
                answer = self.raw(job, request_text('POST', '/silences', 'Content-Type: application/json',
                                                    'Connection: close', f'Content-Length: {len(text)}', body=text))
                statuses.append(answer.split()[1])

        threads = [threading.Thread(target=post, args=(name,)) for name in 'abcdefgh']
        for thread in threads:
            thread.start()
        job.give([payment(i) for i in range(100)])    # while the dispatcher has work
        for thread in threads:
            thread.join()
        self.assertEqual(statuses, ['201'] * 80)
        self.assertEqual(sorted(job.ids()), sorted(f'{name}-{i}' for name in 'abcdefgh' for i in range(10)))

    def test_the_end_of_the_job_ends_an_unfinished_post(self):
        job = self.job()
        with socket.create_connection(('127.0.0.1', job.port), timeout=60) as connection:
            connection.sendall(request_text('POST', '/silences', 'Content-Type: application/json', 'Content-Length: 99',
                                            'Expect: 100-continue'))
            self.assertIn(b' 100 ', connection.recv(65536))    # it waits for the body now
            self.assertEqual(job.end(), 0)


class Mistakes(SilencesTest):
    def test_of_the_silence(self):
        job = self.job()
        for body in ['', '{', '[]', 'null', '{}', '{"for": 2}', '{"for": "soon"}', '{"until": "soon"}', '{"until": 1}',
                     '{"until": "2001-01-01T00:00:00Z"}', '{"for": "1h", "until": "2100-01-01T00:00:00Z"}',
                     '{"for": "1h", "id": "a/b"}', '{"for": "1h", "user": "ann"}',
                     '{"for": "1h", "matchers": {"id": 1}}', b'{"for": "1h", "comment": "\xff"}', '[' * 60_000]:
            status, answer, _ = job.send('POST', '/silences', body)
            self.assertEqual((status, list(answer)), (400, ['error']), body)
        self.assertEqual(job.ids(), [])

    def test_forms_of_web_pages_are_not_taken(self):
        job = self.job()
        for kind in ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']:
            self.assertEqual(job.post(silence(), headers={'Content-Type': kind})[0], 415)
        self.assertEqual(job.send('POST', '/silences', json.dumps(silence()), headers={})[0], 415)
        self.assertEqual(job.post(silence(), headers={'Content-Type': 'application/json;charset=utf-8'})[0], 201)
        self.assertEqual(job.ids(), ['move'])

    def test_methods_that_a_path_does_not_have(self):
        job = self.job()
        for path, allowed in {'/silences': 'GET, HEAD, POST', '/silences/x': 'GET, HEAD, DELETE', '/state': 'GET, HEAD',
                              '/state/x': 'GET, HEAD', '/health': 'GET, HEAD', '/metrics': 'GET, HEAD'}.items():
            for method in ('POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'):
                if method in allowed:
                    continue
                status, answer, headers = job.send(method, path, b'{}')
                self.assertEqual((status, headers['Allow']), (405, allowed), (method, path))
                self.assertIn('error', answer)
        self.assertEqual(job.send('POST', '/nothing', b'{}')[0], 404)

    def test_of_rules_without_channels(self):
        self.write('app.cep', RULES.replace('channel hook { file "told.jsonl" }', '').replace('notify hook', ''))
        job = self.job()
        for method, path in (('GET', '/silences'), ('POST', '/silences'), ('DELETE', '/silences/a')):
            status, answer, _ = job.send(method, path, json.dumps(silence()))
            self.assertEqual(status, 404)
            self.assertIn('no alert of this job goes to a channel', answer['error'])


class Bodies(SilencesTest):
    def padded(self, size):
        """A silence whose text has that many bytes."""
        empty = json.dumps(silence())
        return json.dumps(silence(comment='x' * (size - len(empty))))

    def test_the_longest_body(self):
        job = self.job()
        self.assertEqual(job.send('POST', '/silences', self.padded(MOST))[0], 201)
        status, answer, headers = job.send('POST', '/silences', self.padded(MOST + 1))
        self.assertEqual((status, headers['Connection']), (413, 'close'))
        self.assertIn('65536 bytes', answer['error'])
        self.assertEqual(job.send('POST', '/silences', self.padded(500_000))[0], 413)
        self.assertEqual(job.ids(), ['move'])

    def test_chunks(self):
        job = self.job()

        def post(body, size):
            """In pieces of this size; what http.client is given as an iterator it sends in chunks."""
            return job.send('POST', '/silences', iter([body[i:i + size].encode() for i in range(0, len(body), size)]))

        for size in (1, 7, 1000):
            self.assertEqual(post(json.dumps(silence(f'a{size}')), size)[:2], (201, silence(f'a{size}')))
        before = job.connection.sock
        self.assertEqual(post(self.padded(MOST), 1000)[0], 201)
        self.assertIs(job.connection.sock, before)
        self.assertEqual(post(self.padded(MOST + 1), 1000)[0], 413)
        self.assertEqual(post('{', 1)[0], 400)
        self.assertEqual(job.ids(), ['a1', 'a7', 'a1000', 'move'])

    def test_a_connection_is_as_it_was_after_each_answer(self):
        job = self.job()
        self.assertEqual(job.ids(), [])
        before = job.connection.sock
        for status, method, path, body in [(400, 'POST', '/silences', '{'), (405, 'PUT', '/silences', b'x' * MOST),
                                           (404, 'DELETE', '/silences/x', '{}'), (404, 'POST', '/nothing', '{}'),
                                           (200, 'GET', '/silences', 'GET /nothing HTTP/1.1\r\n\r\n'),
                                           (201, 'POST', '/silences', json.dumps(silence())),
                                           (204, 'DELETE', '/silences/move', None)]:
            self.assertEqual(job.send(method, path, body)[0], status)
            self.assertEqual(job.ids(), ['move'] if status == 201 else [])
            self.assertIs(job.connection.sock, before)

    def test_requests_one_behind_the_other(self):
        job = self.job()
        head = ('POST', '/silences', 'Content-Type: application/json')
        posts = b''
        for i in range(20):
            text = json.dumps(silence(f's{i}')).encode()
            if i % 2:
                posts += request_text(*head, f'Content-Length: {len(text)}', body=text)
            else:
                chunks = b'%x\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n' % (7, text[:7], len(text) - 7, text[7:])
                posts += request_text(*head, 'Transfer-Encoding: chunked', body=chunks)
        answer = self.raw(job, posts + request_text('GET', '/health', 'Connection: close'))
        self.assertEqual(answer.count('HTTP/1.1 201 Created\r\n'), 20)
        self.assertTrue(answer.endswith('ok\n'), answer)
        self.assertEqual(job.ids(), [f's{i}' for i in range(20)])

    def test_bodies_that_end_too_early_change_nothing(self):
        job = self.job()
        text = json.dumps(silence()).encode()
        head = ('POST', '/silences', 'Content-Type: application/json')
        for sent in [request_text(*head, f'Content-Length: {len(text) + 1}', body=text),
                     request_text(*head, 'Transfer-Encoding: chunked', body=b'%x\r\n%b\r\n' % (len(text), text)),
                     request_text(*head, 'Transfer-Encoding: chunked', body=b'%x\r\n%b' % (len(text) + 9, text))]:
            with socket.create_connection(('127.0.0.1', job.port), timeout=60) as connection:
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
                answer = connection.recv(65536)
                self.assertTrue(answer.startswith(b'HTTP/1.1 400 '), answer)
            with socket.create_connection(('127.0.0.1', job.port), timeout=60) as connection:
                connection.sendall(sent)    # and it is gone
        self.assertEqual(job.ids(), [])

    def test_bodies_of_which_nobody_can_tell_the_end_are_refused(self):
        job = self.job()
        text = json.dumps(silence()).encode()
        head = ('POST', '/silences', 'Content-Type: application/json')
        length = f'Content-Length: {len(text)}'
        chunks = b'%x\r\n%b\r\n0\r\n\r\n' % (len(text), text)
        hidden = request_text('GET', '/health')
        for sent in [request_text(*head, length + 'x', body=text + hidden),
                     request_text(*head, 'Content-Length: +1', body=b'{' + hidden),
                     request_text(*head, length, 'Content-Length: 1', body=text + hidden),
                     request_text(*head, length, 'Transfer-Encoding: chunked', body=chunks + hidden),
                     request_text(*head, 'Transfer-Encoding: identity', body=text + hidden),
                     request_text(*head, 'Transfer-Encoding: chunked', body=b'zz\r\n' + hidden),
                     request_text(*head, 'Transfer-Encoding: chunked', body=b'3\r\nabcdefg' + hidden)]:
            answer = self.raw(job, sent)
            self.assertTrue(answer.startswith('HTTP/1.1 400 '), answer)
            self.assertEqual(answer.count('HTTP/1.1 '), 1, answer)
        self.assertEqual(job.ids(), [])

    def test_a_huge_length_is_refused_before_the_body_comes(self):
        job = self.job()
        for length in (MOST + 1, 10**12, 2**63 - 1, 2**64, 10**40):
            answer = self.raw(job, request_text('POST', '/silences', 'Content-Type: application/json',
                                                f'Content-Length: {length}', 'Expect: 100-continue'))
            self.assertTrue(answer.startswith('HTTP/1.1 413 '), answer)

    def test_a_client_that_sends_all_before_it_reads_gets_its_answer(self):
        job = self.job()
        with socket.create_connection(('127.0.0.1', job.port), timeout=60) as connection:
            connection.sendall(request_text('POST', '/silences', 'Content-Type: application/json',
                                            'Content-Length: 500000', body=b' ' * 100_000))
            answer = connection.recv(65536)    # it has made up its mind
            for _ in range(40):
                connection.sendall(b' ' * 10_000)
            while more := connection.recv(65536):    # to a good end, not a reset
                answer += more
        self.assertTrue(answer.startswith(b'HTTP/1.1 413 '), answer)
        self.assertEqual(answer.count(b'HTTP/1.1 '), 1)

    def test_chunks_without_end_are_refused(self):
        job = self.job()
        sent = request_text('POST', '/silences', 'Content-Type: application/json', 'Transfer-Encoding: chunked')
        with socket.create_connection(('127.0.0.1', job.port), timeout=60) as connection:
            connection.sendall(sent)
            with self.assertRaises(OSError):    # when it has had enough
                for _ in range(100_000):        # more than all buffers between
                    connection.sendall(b'400\r\n' + b' ' * 1024 + b'\r\n')
        self.assertEqual(job.ids(), [])
        answer = self.raw(job, sent + (b'400\r\n' + b' ' * 1024 + b'\r\n') * 65, then=b'0\r\n\r\n')
        self.assertTrue(answer.startswith('HTTP/1.1 413 '), answer)

    def test_a_client_that_waits_to_be_asked_for_its_body(self):
        job = self.job()
        text = json.dumps(silence()).encode()
        answer = self.raw(job, request_text('POST', '/silences', 'Content-Type: application/json', 'Connection: close',
                                            f'Content-Length: {len(text)}', 'Expect: 100-continue'), then=text)
        self.assertTrue(answer.startswith('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n'), answer)


if __name__ == '__main__':
    unittest.main()
