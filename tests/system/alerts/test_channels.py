"""Each kind of channel against a real server: forms, retries, what goes to the dead letters, secrets."""
import email
import email.policy
import json
import time
import unittest

import receivers
from driver import DispatcherTest, alert

KEY = '0123456789abcdef0123456789abcdef'
HARD = 'Größe <!channel> "x" \\ \U0001F600\r\nBcc: evil@example.com\x00\x1b ' + 'long ' * 400


class Http(DispatcherTest):
    def receiver(self, *arguments, **options):
        made = receivers.HttpReceiver(*arguments, **options)
        self.addCleanup(made.close)
        return made

    def webhook(self, receiver, **more):
        return {'kind': 'webhook', 'url': receiver.url + '/hook', **more}

    def test_slack_messages_have_their_documented_form(self):
        receiver = self.receiver(otherwise=(200, {}, 'ok'))
        driver = self.start({'kind': 'slack', 'url': receiver.url + '/services/T/B/x'})
        driver.raise_alert(alert('1'))
        driver.raise_alert(alert('2', HARD, body=HARD * 5, values={f'k{i}<': HARD * 9 for i in range(30)}))
        driver.raise_alert(alert('3', '', body='', values={}))
        self.assertEqual(driver.stop(), 0)
        requests = receiver.wait_for(3)
        messages = [receivers.check_slack(request.body) for request in requests]
        self.assertEqual(messages[0]['text'], 'Look')
        self.assertEqual(requests[0].path, '/services/T/B/x')
        self.assertEqual(requests[0].headers['Content-Type'], 'application/json')
        self.assertEqual(driver.stopped['sent'], 3)

    def test_pagerduty_events_have_their_documented_form_and_a_resolve_has_its_triggers_key(self):
        receiver = self.receiver(otherwise=(202, {}, '{"status":"success"}'))
        channel = {'kind': 'pagerduty', 'url': receiver.url + '/v2/enqueue', 'routing_key': KEY}
        driver = self.start(channel, [{'name': 'a', 'notify': ['c'], 'resolves': 1}])
        driver.raise_alert(alert('1', HARD, body=HARD))
        driver.raise_alert(alert('2', severity='warning', dedupe=['u2']))
        driver.raise_alert(alert('3', '', status='resolved'))
        self.assertEqual(driver.stop(), 0)
        events = [receivers.check_pagerduty(request.body) for request in receiver.wait_for(3)]
        self.assertEqual([event['event_action'] for event in events], ['trigger', 'trigger', 'resolve'])
        self.assertEqual(events[0]['dedup_key'], events[2]['dedup_key'])
        self.assertNotEqual(events[0]['dedup_key'], events[1]['dedup_key'])
        self.assertEqual([event['payload']['severity'] for event in events], ['critical', 'warning', 'critical'])
        self.assertEqual(events[0]['payload']['timestamp'], '2024-05-01T09:30:00.250Z')
        self.assertEqual(events[0]['payload']['custom_details']['row'], {'amount': 100})

    def test_of_a_group_pagerduty_gets_an_event_for_each_incident_and_none_again_that_it_took(self):
        receiver = self.receiver([202, 500], otherwise=202)
        channel = {'kind': 'pagerduty', 'url': receiver.url, 'routing_key': KEY}
        driver = self.start(channel, [{'name': 'a', 'notify': ['c'], 'resolves': 1, 'group': 3_600_000}])
        for user in 'xyz':
            driver.raise_alert(alert(user, user, dedupe=[user]))
        driver.stop()
        events = [receivers.check_pagerduty(request.body) for request in receiver.wait_for(4)]
        self.assertEqual([event['payload']['summary'] for event in events], ['x', 'y', 'y', 'z'])

    def test_webhooks_send_their_template_and_headers(self):
        receiver = self.receiver()
        driver = self.start(self.webhook(receiver, body='{"who": "${values.user_id}", "what": ${row}, "t": "${title}"}',
                                         headers={'Authorization': 'Bearer abc', 'X-Team': 'fraud'}))
        driver.raise_alert(alert('id-1', HARD))
        driver.stop()
        request, = receiver.wait_for(1)
        self.assertEqual(json.loads(request.body), {'who': 'u1', 'what': {'amount': 100}, 't': HARD})
        self.assertEqual(request.headers['Authorization'], 'Bearer abc')
        self.assertEqual(request.headers['X-Team'], 'fraud')
        self.assertEqual(request.headers['Idempotency-Key'], 'id-1')

    def test_an_id_cannot_make_a_header(self):
        receiver = self.receiver()
        driver = self.start(self.webhook(receiver))
        driver.raise_alert(alert('1\r\nX-Evil: 1'))
        driver.stop()
        request, = receiver.wait_for(1)
        self.assertNotIn('X-Evil', request.headers)
        self.assertEqual(json.loads(request.body)['id'], '1\r\nX-Evil: 1')

    def test_a_group_is_one_request(self):
        receiver = self.receiver()
        driver = self.start(self.webhook(receiver), [{'name': 'a', 'notify': ['c'], 'group': 3_600_000}])
        for identity in '123':
            driver.raise_alert(alert(identity))
        driver.stop()
        request, = receiver.wait_for(1)
        self.assertEqual([each['id'] for each in json.loads(request.body)], ['1', '2', '3'])

    def test_https_trusts_only_whom_it_knows(self):
        certificate = receivers.Certificate(self.folder)
        receiver = self.receiver(certificate=certificate)
        driver = self.start([self.webhook(receiver, name='trusts', ca_file=str(certificate.file)),
                             self.webhook(receiver, name='c', attempts=2)])
        driver.raise_alert(alert('1'))
        driver.stop()
        self.assertEqual(len(receiver.wait_for(1)), 1)
        self.assertEqual(self.dead_letters('trusts'), [])
        letter, = self.dead_letters('c')
        self.assertIn('SSL', letter['reason'])

    def test_what_fails_is_sent_again_with_the_same_id(self):
        receiver = self.receiver(['cut', 'cut_within', 500, 503])
        driver = self.start(self.webhook(receiver, attempts=5))
        driver.raise_alert(alert('1'))
        driver.raise_alert(alert('2'))
        driver.stop()
        requests = receiver.wait_for(6)
        self.assertEqual([request.headers['Idempotency-Key'] for request in requests], ['1'] * 5 + ['2'])
        self.assertEqual(driver.stopped['retried'], 4)
        self.assertEqual(driver.stopped['sent'], 2)
        self.assertEqual(self.dead_letters(), [])

    def test_retry_after_is_waited_for(self):
        times = []

        def late(handler, body):
            times.append(time.monotonic())
            return (429, {'Retry-After': '1'}, '') if len(times) == 1 else 200

        receiver = self.receiver(otherwise=late)
        driver = self.start(self.webhook(receiver, first_ms=1))
        driver.raise_alert(alert('1'))
        driver.stop()
        receiver.wait_for(2)
        self.assertGreaterEqual(times[1] - times[0], 1.0)

    def test_after_the_last_attempt_and_when_refused_it_is_in_the_dead_letters(self):
        receiver = self.receiver([500, 500, 404, (302, {'Location': '/elsewhere'}, '')])
        driver = self.start(self.webhook(receiver, attempts=2))
        for identity in '1234':
            driver.raise_alert(alert(identity))
        driver.stop()
        letters = [(letter['alert']['id'], letter['attempts'], letter['reason']) for letter in self.dead_letters()]
        self.assertEqual(letters, [('1', 2, 'status 500'), ('2', 1, 'status 404'), ('3', 1, 'status 302')])
        self.assertEqual([request.path for request in receiver.wait_for(5)], ['/hook'] * 5)
        self.assertEqual((driver.stopped['sent'], driver.stopped['failed']), (1, 3))

    def test_a_receiver_that_hangs_holds_up_neither_the_caller_nor_another_channel(self):
        hanging = self.receiver(otherwise='hang')
        good = self.receiver()
        driver = self.start([self.webhook(hanging, name='c', attempt_ms=60_000, queue=50), self.webhook(good, name='good')])
        for i in range(200):
            self.assertEqual(driver.raise_alert(alert(str(i))), f'raised {i}')
        good.wait_for(200)
        driver.stop(0)
        self.assertEqual(driver.stopped['queued'], 50)
        # What had no place in the queue is in the dead letters, the rest is sent after the next start.
        self.assertEqual({letter['alert']['id'] for letter in self.dead_letters()}, {str(i) for i in range(50, 200)})
        hanging.otherwise = 200
        again = self.start(self.webhook(hanging))    # without the other channel
        self.assertEqual(again.stop(), 0)
        self.assertEqual(again.stopped['recovered'], 50)
        sent = [request.headers['Idempotency-Key'] for request in hanging.requests if request.answer == 200]
        self.assertEqual(sent, [str(i) for i in range(50)])

    def test_a_hanging_attempt_ends_and_is_tried_again(self):
        receiver = self.receiver(['hang'])
        driver = self.start(self.webhook(receiver, attempt_ms=200))
        driver.raise_alert(alert('1'))
        self.assertEqual(driver.stop(), 0)
        self.assertEqual(driver.stopped['retried'], 1)

    def test_nobody_listens(self):
        driver = self.start({'kind': 'webhook', 'url': f'http://localhost:{receivers.free_port()}/', 'attempts': 2})
        driver.raise_alert(alert('1'))
        driver.stop()
        letter, = self.dead_letters()
        self.assertEqual(letter['attempts'], 2)

    def test_an_answer_without_end_is_cut_off(self):
        receiver = self.receiver([(400, {}, 'x' * 10_000_000)])
        driver = self.start(self.webhook(receiver))
        driver.raise_alert(alert('1'))
        driver.stop()
        self.assertLess(len(self.dead_letters()[0]['reason']), 200)

    def test_secrets_are_written_nowhere_even_if_the_receiver_says_them(self):
        def tells_all(handler, body):
            return 400, {}, f'no {handler.path} {handler.headers["Authorization"]} {body.decode()[:100]}'

        def tells_the_last_part(handler, body):
            return 400, {}, 'unknown ' + handler.path.rsplit('/')[-1]

        receiver = self.receiver([tells_all, tells_all, tells_the_last_part, tells_the_last_part], otherwise='hang')
        driver = self.start([
            self.webhook(receiver, name='c', headers={'Authorization': 'Bearer hidden-bearer'}),
            {'kind': 'slack', 'name': 's', 'url': receiver.url + '/services/hidden-path'},
            {'kind': 'pagerduty', 'name': 'p', 'url': receiver.url + '/v2', 'routing_key': KEY},
            {'kind': 'slack', 'name': 'd', 'url': 'http://user:hidden-password@nowhere.invalid/hidden-path', 'attempts': 1}])
        for identity in '12':
            driver.raise_alert(alert(identity))
            receiver.wait_for(3 * int(identity))
        driver.stop(0)
        written = self.all_written()
        self.assertIn(b'status 400', written)
        for secret in (b'hidden', KEY.encode()):
            self.assertNotIn(secret, written)


class File(DispatcherTest):
    def test_each_alert_is_a_line_and_folders_are_made(self):
        path = self.folder / 'made' / 'here' / 'alerts.jsonl'
        driver = self.start({'kind': 'file', 'path': str(path)})
        driver.raise_alert(alert('1', HARD))
        driver.raise_alert(alert('2'))
        driver.stop()
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        self.assertEqual([line['id'] for line in lines], ['1', '2'])
        self.assertEqual(lines[0]['title'], HARD)
        self.assertEqual(lines[0]['row'], {'amount': 100})

    def test_a_line_that_was_cut_off_is_not_continued(self):
        path = self.folder / 'alerts.jsonl'
        path.write_text('{"id":"ha')
        driver = self.start({'kind': 'file', 'path': str(path)})
        driver.raise_alert(alert('1'))
        driver.stop()
        self.assertEqual(json.loads(path.read_text().splitlines()[1])['id'], '1')


class Mail(DispatcherTest):
    def setUp(self):
        super().setUp()
        self.certificate = receivers.Certificate(self.folder)

    def receiver(self, **options):
        made = receivers.MailReceiver(**options)
        self.addCleanup(made.close)
        return made

    def channel(self, receiver, scheme='smtp', **more):
        return {'kind': 'email', 'server': f'{scheme}://{receiver.address}', 'to': 'ops@example.com, Näme <night@example.com>',
                'from': 'Cepheid <cepheid@example.com>', 'user': 'cepheid', 'password': 'mail-secret',
                'ca_file': str(self.certificate.file), 'attempts': 2, **more}

    def check(self, receiver):
        envelope, = receiver.mails
        self.assertEqual(envelope.mail_from, 'cepheid@example.com')
        self.assertEqual(envelope.rcpt_tos, ['ops@example.com', 'night@example.com'])
        for line in envelope.original_content.split(b'\r\n'):
            self.assertLessEqual(len(line), 78)
            self.assertNotIn(b'\n', line)
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        self.assertEqual(mail.defects, [])
        for name in ('Date', 'From', 'To', 'Subject', 'Message-ID', 'MIME-Version'):
            self.assertEqual(len(mail.get_all(name)), 1, name)
        self.assertIsNone(mail['Bcc'])
        self.assertIsNotNone(mail['Date'].datetime)
        self.assertEqual(mail['To'].addresses[1].display_name, 'Näme')
        self.assertTrue(mail['Subject'].startswith('[critical] Größe <!channel> "x" \\ \U0001F600  Bcc: evil@example.com'))
        self.assertIn('user_id: u1', mail.get_content())
        self.assertIn('Größe', mail.get_content())

    def test_mails_by_starttls_with_a_password(self):
        receiver = self.receiver(certificate=self.certificate)
        driver = self.start(self.channel(receiver))
        driver.raise_alert(alert('1', HARD))
        self.assertEqual(driver.stop(), 0)
        self.assertEqual(self.dead_letters(), [])
        self.check(receiver)

    def test_mails_by_tls_from_the_first_byte(self):
        receiver = self.receiver(certificate=self.certificate, implicit=True)
        driver = self.start(self.channel(receiver, 'smtps'))
        driver.raise_alert(alert('1', HARD))
        driver.stop()
        self.assertEqual(self.dead_letters(), [])
        self.check(receiver)

    def test_a_wrong_password_is_refused_and_not_written_anywhere(self):
        receiver = self.receiver(certificate=self.certificate)
        driver = self.start(self.channel(receiver, password='hidden-wrong'))
        driver.raise_alert(alert('1'))
        driver.stop()
        letter, = self.dead_letters()
        self.assertEqual(letter['attempts'], 1)
        self.assertNotIn(b'hidden', self.all_written())

    def test_no_password_is_sent_in_the_clear(self):
        receiver = self.receiver()
        driver = self.start(self.channel(receiver))
        driver.raise_alert(alert('1'))
        driver.stop()
        self.assertEqual((receiver.logins, receiver.mails), ([], []))
        self.assertEqual(len(self.dead_letters()), 1)

    def test_a_certificate_that_is_not_trusted_gets_no_password(self):
        receiver = self.receiver(certificate=self.certificate)
        driver = self.start(self.channel(receiver, ca_file=''))
        driver.raise_alert(alert('1'))
        driver.stop()
        self.assertEqual((receiver.logins, receiver.mails), ([], []))
        self.assertEqual(len(self.dead_letters()), 1)

    def test_a_server_that_is_busy_is_tried_again_and_one_that_refuses_is_not(self):
        receiver = self.receiver(certificate=self.certificate, statuses=['451 later', '250 OK', '554 no'])
        driver = self.start(self.channel(receiver))
        driver.raise_alert(alert('1'))
        driver.raise_alert(alert('2'))
        driver.stop()
        self.assertEqual(len(receiver.mails), 1)
        letter, = self.dead_letters()
        self.assertEqual((letter['alert']['id'], letter['attempts']), ('2', 1))


if __name__ == '__main__':
    unittest.main()
