#!/usr/bin/env python3
"""Alerts of a rule file on their way to real servers of this machine, also when these are down and the program is killed.

CEPHEID_SEED: of the moments at which it is killed (default 1). CEPHEID_KILLS: how often (default 10).
"""
import contextlib
import email
import email.policy
import json
import os
import pathlib
import random
import signal
import sys
import threading
import time
import unittest

import program
from test_serve import ServedJob

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'system' / 'alerts'))
import receivers       # noqa: E402
import state_folder    # noqa: E402

SEED = int(os.environ.get('CEPHEID_SEED', '1'))
KILLS = int(os.environ.get('CEPHEID_KILLS', '10'))
EXAMPLES = pathlib.Path(__file__).resolve().parent.parent.parent / 'examples'
PAGER_KEY = 'k' * 32

STREAM = '''
stream payments {
    from %s
    schema id int, user string, amount double, ts timestamp
    time ts
}
'''
LARGE = '''
alert large on payments {
    when amount > 100
    severity if(amount > 1000, "critical", "warning")
    title "${user} pays ${amount}"
    notify %s
    %s
}
sink raised_out from large to file "raised.jsonl"
'''


def payments(ids, amount=200, user='ann', step_ms=1000):
    return ''.join(json.dumps({'id': i, 'user': user, 'amount': amount, 'ts': i * step_ms}) + '\n' for i in ids)


class AlertTest(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.state = self.folder / 'state'
        self.letters = self.state / 'alerts'

    def receiver(self, *arguments, **more):
        made = receivers.HttpReceiver(*arguments, **more)
        self.addCleanup(made.close)
        return made

    def hook(self, receiver, settings='', name='hook'):
        return f'channel {name} {{ webhook url "{receiver.url}/hook" {settings} }}\n'

    def rules(self, channels, notify='hook', clauses='', source='file "payments.jsonl"'):
        self.write('app.cep', STREAM % source + channels + LARGE % (notify, clauses))

    def run_job(self, *words, **more):
        return self.cepheid('run', 'app.cep', '--state', self.state, *words, **more)

    def run_on(self, rows, *words):
        self.write('payments.jsonl', rows)
        return self.run_job(*words)

    def start_job(self, *words, rules='app.cep', **more):
        """A job that reads standard input; it is ended with the test."""
        process = self.start('run', rules, '--state', self.state, '--quiet', *words, **more)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError):    # rows that it did not read
                pipe.close()

    @staticmethod
    def bodies(requests):
        return [json.loads(request.body) for request in requests]

    @staticmethod
    def row_ids(alerts):
        return [alert['row']['id'] for alert in alerts]


class Delivery(AlertTest):
    def test_every_kind_of_channel_gets_the_alert(self):
        certificate = receivers.Certificate(self.folder)
        mail = receivers.MailReceiver(certificate=certificate)
        self.addCleanup(mail.close)
        slack, pager, hook = self.receiver(certificate=certificate), self.receiver(), self.receiver()
        self.rules(f'''
channel mail  {{ email smtp "smtp://{mail.address}" to "ops@example.com" from "cepheid@example.com" user "cepheid"
                       password "mail-secret" ca_file "{certificate.file}" }}
channel slack {{ slack url "{slack.url}/services/T/B/x" ca_file "{certificate.file}" }}
channel pager {{ pagerduty routing_key "{PAGER_KEY}" url "{pager.url}/v2/enqueue" }}
channel hook  {{ webhook url "{hook.url}/hook" header "Authorization" = "Bearer token"
                         body "{{\\"text\\": \\"${{title}}\\", \\"who\\": ${{values.user}}}}" }}
channel kept  {{ file "kept.jsonl" }}
channel shown {{ stdout }}
''', 'mail, slack, pager, hook, kept, shown')
        out, err = self.run_on(payments([1], 50) + payments([2], 2000) + payments([3], 70))

        self.assertEqual(receivers.check_slack(slack.wait_for(1)[0].body)['text'].count('ann pays 2000'), 1)
        event = receivers.check_pagerduty(pager.wait_for(1)[0].body)
        self.assertEqual((event['routing_key'], event['event_action']), (PAGER_KEY, 'trigger'))
        self.assertEqual((event['payload']['severity'], event['payload']['summary']), ('critical', 'ann pays 2000'))
        request, = hook.wait_for(1)
        self.assertEqual(request.headers['Authorization'], 'Bearer token')
        self.assertEqual(json.loads(request.body), {'text': 'ann pays 2000', 'who': 'ann'})
        sent = email.message_from_bytes(mail.mails[0].original_content, policy=email.policy.default)
        self.assertEqual((sent['To'], sent['Subject']), ('ops@example.com', '[critical] ann pays 2000'))
        self.assertEqual(mail.logins, [('cepheid', 'mail-secret')])
        for line in (out, self.read('kept.jsonl')):
            alert, = program.json_lines(line)
            self.assertEqual((alert['alert'], alert['row']['id'], alert['time']), ('large', 2, 2000))
            self.assertEqual(alert['id'], request.headers['Idempotency-Key'])
        for name in ('mail', 'slack', 'pager', 'hook', 'kept', 'shown'):
            self.assertIn(f'channel {name}: 1 sent, 0 in the dead letters, 0 waiting\n', err)

    def test_a_channel_that_is_switched_off_is_left_out(self):
        hook = self.receiver()
        self.rules(self.hook(hook) + 'channel slack { slack url "${NO_SUCH_VARIABLE:-}" }\n', 'slack, hook')
        _, err = self.run_on(payments([1]))
        self.assertEqual(len(hook.requests), 1)
        self.assertNotIn('channel slack', err)

    def test_a_receiver_with_trouble_gets_it_in_the_end(self):
        hook = self.receiver([500, (429, {'Retry-After': '1'}, ''), 'cut'])
        self.rules(self.hook(hook))
        _, err = self.run_on(payments(range(1, 4)))
        self.assertIn('channel hook: 3 sent, 0 in the dead letters, 0 waiting\n', err)
        ids = [request.headers['Idempotency-Key'] for request in hook.requests]
        self.assertEqual(ids[:4], [ids[0]] * 4)
        self.assertEqual(self.row_ids(self.bodies(hook.requests[3:])), [1, 2, 3])

    def test_what_is_refused_is_a_dead_letter(self):
        hook = self.receiver([404, 503, 503])
        self.rules(self.hook(hook, 'attempts 2'))
        _, err = self.run_on(payments(range(1, 4)))
        self.assertIn('channel hook: 1 sent, 2 in the dead letters, 0 waiting\n', err)
        dead = state_folder.dead_letters(self.letters, 'hook')
        self.assertEqual([(letter['alert']['row']['id'], letter['attempts'], letter['reason']) for letter in dead],
                         [(1, 1, 'status 404'), (2, 2, 'status 503')])

    def test_one_that_hangs_holds_up_neither_the_job_nor_other_channels_and_gets_all_at_the_next_start(self):
        hanging, good = self.receiver(otherwise='hang'), self.receiver()
        channels = self.hook(hanging, 'timeout 1h', 'hanging') + self.hook(good)
        self.rules(channels, 'hanging, hook', source='stdin')
        job = ServedJob(self, '--state', self.state, '--quiet', '--grace', '0')
        job.process.stdin.write(payments(range(1, 301)).encode())
        job.process.stdin.flush()
        job.wait_for('cepheid_alerts_sent_total{channel="hook"} 300\n')
        _, err = job.process.communicate(timeout=60)
        self.assertEqual(job.process.returncode, 0)
        self.assertIn(b'300 alerts are not sent yet', err)
        self.assertEqual(len(self.rows('raised.jsonl')), 300)
        self.assertEqual(self.row_ids(state_folder.waiting(self.letters, 'hanging')), list(range(1, 301)))
        hanging.otherwise = 200
        _, err = self.run_job()
        self.assertIn('channel hanging: 300 sent, 0 in the dead letters, 0 waiting\n', err)
        self.assertEqual(self.row_ids(self.bodies(hanging.requests[1:])), list(range(1, 301)))

    def test_a_queue_that_is_full_gives_to_the_dead_letters(self):
        hanging = self.receiver(otherwise='hang')
        self.rules(self.hook(hanging, 'timeout 1h queue 10'))
        _, err = self.run_on(payments(range(1, 51)), '--grace', '0')
        self.assertIn('channel hook: 0 sent, 40 in the dead letters, 10 waiting\n', err)
        dead = [letter['alert'] for letter in state_folder.dead_letters(self.letters, 'hook')]
        self.assertEqual(self.row_ids(state_folder.waiting(self.letters, 'hook')) + self.row_ids(dead), list(range(1, 51)))

    def test_a_second_process_with_the_same_folder_ends_before_it_touches_a_file(self):
        hook = self.receiver()
        self.rules(self.hook(hook), source='stdin')
        process = self.start_job()
        process.stdin.write(payments([1]).encode())
        process.stdin.flush()
        hook.wait_for(1)
        self.write('raised.jsonl', 'not emptied')
        _, err = self.run_job(status=1)
        self.assertIn('is used by another process', err)
        self.assertEqual(self.read('raised.jsonl'), 'not emptied')
        process.stdin.close()
        self.assertEqual(process.wait(60), 0)

    def test_the_same_row_has_the_same_id_in_every_run(self):
        hook = self.receiver()
        self.rules(self.hook(hook))
        self.run_on(payments(range(1, 6)))
        self.run_on(payments(range(1, 6)))
        ids = [request.headers['Idempotency-Key'] for request in hook.requests]
        self.assertEqual(ids[:5], ids[5:])
        self.assertEqual(len(set(ids)), 5)


class Rules(AlertTest):
    def told(self, rows, clauses):
        """(status, id of the row) of what a receiver was told."""
        hook = self.receiver()
        self.rules(self.hook(hook), clauses=clauses)
        self.run_on(rows)
        return [(alert['status'], alert['row']['id']) for alert in self.bodies(hook.requests)]

    def test_dedupe_holds_back_by_event_time_and_values(self):
        rows = payments([1, 2], user='ann') + payments([3], user='bob') + payments([60], 5000) + payments([62, 63])
        self.assertEqual(self.told(rows, 'dedupe 1m by user, severity'), [('raised', i) for i in (1, 3, 60, 62)])
        self.assertEqual([row['id'] for row in self.rows('raised.jsonl')], [1, 3, 60, 62])

    def test_resolve_by_a_row(self):
        rows = payments([1], user='ann') + payments([2], user='bob') + payments([3], 1, 'ann') + payments([4], 1, 'ann')
        self.assertEqual(self.told(rows, 'dedupe 1m by user resolve when amount < 10'),
                         [('raised', 1), ('raised', 2), ('resolved', 3)])

    def test_what_is_open_is_resolved_in_a_later_run(self):
        clauses = 'dedupe 1m by user resolve when amount < 10'
        self.assertEqual(self.told(payments([1]), clauses), [('raised', 1)])
        self.assertEqual(self.told(payments([9], 1), clauses), [('resolved', 9)])

    def test_a_limit_tells_how_many_more_there_were(self):
        hook = self.receiver()
        self.rules(self.hook(hook), clauses='limit 2 per 1h')
        self.run_on(payments(range(1, 8)))
        self.assertEqual(len(self.rows('raised.jsonl')), 7)
        told = self.bodies(hook.requests)
        self.assertEqual(self.row_ids(told[:2]), [1, 2])
        self.assertEqual(len(told), 3)
        self.assertIn('5', told[2]['title'] + told[2]['body'])

    def test_a_group_is_one_message(self):
        hook = self.receiver()
        self.rules(self.hook(hook), clauses='group 10s by user')
        self.run_on(payments(range(1, 4)) + payments([30]))
        told = [self.row_ids(body if isinstance(body, list) else [body]) for body in self.bodies(hook.requests)]
        self.assertEqual(told, [[1, 2, 3], [30]])

    def test_an_alert_that_only_escalates_waits_its_time(self):
        hook = self.receiver()
        self.write('app.cep', STREAM % 'stdin' + self.hook(hook) + '''
alert large on payments { when amount > 100  title "look"  dedupe 1m by user  escalate to hook after 1s for critical
                          severity if(amount > 1000, "critical", "warning") }
sink raised_out from large to file "raised.jsonl"
''')
        process = self.start_job()
        process.stdin.write(payments([1], 5000, 'ann').encode() + payments([2], 500, 'bob').encode())
        process.stdin.flush()
        alert, = self.bodies(hook.wait_for(1))
        self.assertEqual((alert['row']['id'], alert['title']), (1, 'Unresolved for 1s: look'))
        process.stdin.close()
        self.assertEqual(process.wait(60), 0)


class OnMetrics(AlertTest):
    def test_low_throughput_is_told_while_nothing_comes_and_is_over_when_enough_does(self):
        hook = self.receiver()
        self.write('app.cep', STREAM % 'stdin' + self.hook(hook) + 'sink out from payments to file "out.jsonl"\n' + '''
metrics_alert low_throughput when cepheid_events_per_second < 100 severity warning notify hook dedupe 5m
    title "Only ${value} events a second"
''')
        process = self.start_job()
        raised, = self.bodies(hook.wait_for(1))
        self.assertEqual((raised['alert'], raised['status'], raised['severity']), ('low_throughput', 'raised', 'warning'))
        self.assertEqual(raised['title'], 'Only 0 events a second')
        process.stdin.write(payments(range(20_000), 1).encode())
        process.stdin.flush()
        _, over = self.bodies(hook.wait_for(2))
        self.assertEqual((over['alert'], over['status'], over['incident']),
                         ('low_throughput', 'resolved', raised['incident']))
        process.stdin.close()
        self.assertEqual(process.wait(60), 0)
        self.assertEqual(len(hook.requests), 2)

    def test_rates_of_labelled_metrics_that_hold_for_a_while(self):
        hook = self.receiver()
        self.write('app.cep', STREAM % 'stdin' + self.hook(hook) + 'sink out from payments to file "out.jsonl"\n' + '''
metrics_alert errors when rate(metric("cepheid_events_invalid_total", {stream = "payments"}), 1m)
                          > 0.05 * (rate(cepheid_events_invalid_total, 1m) + rate(cepheid_events_total, 1m)) for 2s
    severity critical notify hook title "${alert} is ${severity}"
metrics_alert never when metric("cepheid_events_total", {stream = "none"}) >= 0 or cepheid_no_such_metric < 1 notify hook
''')
        process = self.start_job()
        process.stdin.write(payments(range(10)).encode())
        process.stdin.flush()
        for _ in range(20):    # so that there is a rate in whichever second it is looked at
            process.stdin.write(b'broken\n' * 10)
            process.stdin.flush()
            if hook.requests:
                break
            time.sleep(0.25)
        alert, = self.bodies(hook.wait_for(1))
        self.assertEqual((alert['alert'], alert['title']), ('errors', 'errors is critical'))
        process.stdin.close()
        self.assertEqual(process.wait(60), 0)

    def test_what_an_earlier_run_left_open_is_over_when_the_condition_does_not_hold(self):
        hook = self.receiver()

        def run_until(limit, requests):
            self.write('app.cep', STREAM % 'stdin' + self.hook(hook) + 'sink out from payments to file "out.jsonl"\n'
                       f'metrics_alert slow when cepheid_events_per_second < {limit} notify hook dedupe 5m\n')
            process = self.start_job()
            hook.wait_for(requests)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(60), 0)

        run_until(1, 1)
        run_until(-1, 2)
        self.assertEqual([alert['status'] for alert in self.bodies(hook.requests)], ['raised', 'resolved'])

    def test_the_rules_of_the_example_reach_their_channels(self):
        certificate = receivers.Certificate(self.folder)
        mail = receivers.MailReceiver(certificate=certificate)
        self.addCleanup(mail.close)
        slack, pager = self.receiver([503]), self.receiver([(429, {'Retry-After': '1'}, '')])
        env = {**os.environ, 'INPUT': '/dev/stdin', 'OUTPUT_DIR': str(self.folder), 'CA_FILE': str(certificate.file),
               'SMTP': f'smtp://{mail.address}', 'SMTP_USER': 'cepheid', 'SMTP_PASSWORD': 'mail-secret',
               'SLACK_URL': slack.url + '/services/T/B/x', 'PAGERDUTY_KEY': PAGER_KEY,
               'PAGERDUTY_URL': pager.url + '/v2/enqueue'}
        process = self.start_job(rules=EXAMPLES / 'operations' / 'app.cep', env=env)
        row = b'{"service":"cart","status":200,"timestamp":1000}\n'
        process.stdin.write(b''.join([row] * 10 + [b'broken\n'] * 10))
        process.stdin.flush()
        slack.wait_for(3)
        pager.wait_for(2)
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out), (0, b''), err)
        told = [receivers.check_slack(request.body)['text'] for request in slack.requests]
        self.assertEqual(told[0], told[1])    # after the 503
        self.assertTrue(any('events a second' in text for text in told), told)
        self.assertTrue(any('50% of all records' in text for text in told), told)
        events = [receivers.check_pagerduty(request.body) for request in pager.requests]
        self.assertEqual({event['payload']['summary'] for event in events}, {'50% of all records are no events'})
        self.assertEqual([email.message_from_bytes(each.original_content)['Subject'] for each in mail.mails],
                         ['[critical] 50% of all records are no events'])


class Survival(AlertTest):
    """The program is ended at any moment: what its sink file says was raised is delivered, waits, or is a dead letter."""

    def survive(self, how):
        print(f'seed {SEED}')
        rng = random.Random(f'{SEED} {how}')
        delivered = []

        def moody(handler, body):
            return rng.choices([200, 500, 'cut', 'cut_within', 400], [90, 4, 2, 2, 2])[0]

        receiver = self.receiver(otherwise=moody, delivered=lambda body: delivered.append(json.loads(body)['row']['id']))
        self.rules(self.hook(receiver, 'attempts 2 queue 3000'), source='stdin')
        raised, next_id = set(), 1
        for _ in range(KILLS):
            process = self.start_job('--grace', '0', '--shards', rng.choice(['1', '2']))
            ids = iter(range(next_id, next_id + 1_000_000))

            def feed():
                with contextlib.suppress(OSError):    # when it is gone
                    for i in ids:
                        process.stdin.write(payments([i], amount=200 if i % 20 == 0 else 1, step_ms=1).encode())

            feeder = threading.Thread(target=feed)
            feeder.start()
            time.sleep(rng.uniform(0.02, 0.5))    # the moment is the point
            process.send_signal(how)
            process.wait(60)
            feeder.join()
            if how == signal.SIGTERM:
                self.assertEqual(process.returncode, 0, process.stderr.read())
            self.end(process)
            next_id = next(ids)
            if (self.folder / 'raised.jsonl').exists():
                lines = self.read('raised.jsonl').split('\n')[:-1]    # the last one may be cut
                raised.update(json.loads(line)['id'] for line in lines)
                (self.folder / 'raised.jsonl').unlink()
            self.assertEqual(raised - self.accounted_for(delivered), set())
        self.assertGreater(len(raised), 10)

        receiver.otherwise = 200
        _, err = self.run_job('--grace', '60')
        self.assertRegex(err, r'channel hook: \d+ sent, \d+ in the dead letters, 0 waiting\n')
        self.assertEqual(state_folder.waiting(self.letters, 'hook'), [])
        self.assertEqual(raised - self.accounted_for(delivered), set())
        self.assertGreater(len(delivered), 0)

    def accounted_for(self, delivered):
        dead = [letter['alert'] for letter in state_folder.dead_letters(self.letters, 'hook')]
        return {*delivered, *self.row_ids(dead), *self.row_ids(state_folder.waiting(self.letters, 'hook'))}

    def test_sigterm(self):
        self.survive(signal.SIGTERM)

    def test_sigkill(self):
        self.survive(signal.SIGKILL)


if __name__ == '__main__':
    unittest.main()
