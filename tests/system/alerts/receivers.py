"""Real servers on this machine for the tests of this folder, and what each message that they get must look like.

The forms are written from the documentation of the receivers, not from the program under test.
"""
import collections
import datetime
import http.server
import json
import logging
import pathlib
import re
import socket
import ssl
import subprocess
import threading
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

# A client that hangs up, as one does that does not trust the certificate, is part of the tests.
logging.getLogger('mail.log').setLevel(logging.CRITICAL)
warnings.filterwarnings('ignore', message='Requiring AUTH')


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Certificate:
    """A certificate of `localhost`, signed by itself."""

    def __init__(self, folder):
        self.file = pathlib.Path(folder) / 'certificate.pem'
        key = pathlib.Path(folder) / 'key.pem'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost',
                        '-addext', 'subjectAltName=DNS:localhost', '-keyout', str(key), '-out', str(self.file)],
                       check=True, capture_output=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.file, key)


Request = collections.namedtuple('Request', 'path headers body answer')


class HttpReceiver:
    """Answers POST requests as told: first what is in `answers`, then `otherwise`.

    An answer is a status, (status, headers, body), `hang` (no answer before close()), `cut` (the connection ends) or
    `cut_within` (it ends within the answer), or a function of the request's handler and body that gives one of these.
    """

    def __init__(self, answers=(), otherwise=200, certificate=None, delivered=None):
        self.requests = []
        self.answers = collections.deque(answers)
        self.otherwise = otherwise
        self.arrived = threading.Condition()
        self.closing = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                with receiver.arrived:
                    answer = receiver.answers.popleft() if receiver.answers else receiver.otherwise
                    if callable(answer):
                        answer = answer(self, body)
                    receiver.requests.append(Request(self.path, dict(self.headers), body, answer))
                    if delivered and answer == 200:
                        delivered(body)
                    receiver.arrived.notify_all()
                self.answer(answer)

            def answer(self, answer):
                if answer == 'hang':
                    receiver.closing.wait()
                if answer in ('hang', 'cut', 'cut_within'):
                    if answer == 'cut_within':
                        self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc')
                    self.close_connection = True
                    return
                status, headers, text = answer if isinstance(answer, tuple) else (answer, {}, '')
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header('Content-Length', str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *args):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request, client_address):
                pass    # a client that was killed

        self.server = Server(('127.0.0.1', 0), Handler)
        scheme = 'http'
        if certificate:
            self.server.socket = certificate.context.wrap_socket(self.server.socket, server_side=True)
            scheme = 'https'
        self.url = f'{scheme}://localhost:{self.server.server_address[1]}'
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def wait_for(self, count, timeout=30):
        """The requests, once there are `count` of them."""
        with self.arrived:
            if not self.arrived.wait_for(lambda: len(self.requests) >= count, timeout):
                raise AssertionError(f'{len(self.requests)} requests in place of {count}')
            return list(self.requests)

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()


class MailReceiver:
    """An SMTP server that takes mails of one user."""

    def __init__(self, certificate=None, implicit=False, user='cepheid', password='mail-secret', statuses=()):
        self.mails = []
        self.logins = []
        self.arrived = threading.Condition()
        statuses = collections.deque(statuses)
        receiver = self

        class Handler:
            async def handle_DATA(self, server, session, envelope):
                with receiver.arrived:
                    status = statuses.popleft() if statuses else '250 OK'
                    if status.startswith('250'):
                        receiver.mails.append(envelope)
                    receiver.arrived.notify_all()
                return status

        def authenticate(server, session, envelope, mechanism, data):
            receiver.logins.append((data.login.decode(), data.password.decode()))
            return AuthResult(success=receiver.logins[-1] == (user, password), handled=False)

        options = {'hostname': '127.0.0.1', 'port': free_port(), 'authenticator': authenticate}
        if certificate:
            options |= {'auth_required': True}
        if certificate and implicit:
            options |= {'ssl_context': certificate.context, 'auth_require_tls': False}
        elif certificate:
            options |= {'tls_context': certificate.context, 'require_starttls': True}
        # What aiosmtpd does to see whether it is up checks the certificate's name against the address.
        self.controller = Controller(Handler(), **options) if not implicit else Quiet(Handler(), **options)
        self.controller.start()
        self.address = f'localhost:{options["port"]}'

    def close(self):
        self.controller.stop()


class Quiet(Controller):
    """Looks whether it is up without a handshake."""

    def _trigger_server(self):
        with socket.create_connection((self.hostname, self.port), 1) as connection:
            connection.settimeout(1)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            with context.wrap_socket(connection) as secured:
                secured.recv(1024)


# ---- the forms

def require(condition, what):
    if not condition:
        raise AssertionError(what)


def only_keys(value, required, optional=()):
    require(isinstance(value, dict), f'no object: {value!r}')
    require(set(required) <= set(value) <= set(required) | set(optional), f'keys {sorted(value)}')


def text_within(value, most, least=1):
    require(isinstance(value, str) and least <= len(value) <= most, f'text of {least} to {most} characters: {value!r}')


def slack_text_object(value, types, most):
    only_keys(value, {'type', 'text'}, {'emoji', 'verbatim'})
    require(value['type'] in types, value['type'])
    text_within(value['text'], most)
    for tag in re.findall(r'<[^>]*>|<', value['text']):
        raise AssertionError(f'an unescaped tag: {tag}')


def check_slack(body):
    """https://api.slack.com/messaging/webhooks, https://api.slack.com/reference/block-kit/blocks"""
    message = json.loads(body)
    only_keys(message, {'text', 'blocks'})
    text_within(message['text'], 40_000)
    require(1 <= len(message['blocks']) <= 50, 'number of blocks')
    for block in message['blocks']:
        kind = block['type']
        if kind == 'header':
            only_keys(block, {'type', 'text'}, {'block_id'})
            slack_text_object(block['text'], {'plain_text'}, 150)
        elif kind == 'section':
            only_keys(block, {'type'}, {'text', 'fields', 'block_id', 'accessory'})
            require('text' in block or 'fields' in block, 'a section without text and fields')
            if 'text' in block:
                slack_text_object(block['text'], {'plain_text', 'mrkdwn'}, 3000)
            if 'fields' in block:
                require(1 <= len(block['fields']) <= 10, 'number of fields')
                for field in block['fields']:
                    slack_text_object(field, {'plain_text', 'mrkdwn'}, 2000)
        elif kind == 'context':
            only_keys(block, {'type', 'elements'}, {'block_id'})
            require(1 <= len(block['elements']) <= 10, 'number of elements')
            for element in block['elements']:
                slack_text_object(element, {'plain_text', 'mrkdwn'}, 3000)
        else:
            raise AssertionError(f'block `{kind}`')
    return message


def check_pagerduty(body):
    """https://developer.pagerduty.com/docs/ZG9jOjExMDI5NTgx-send-an-alert-event"""
    require(len(body) <= 512 * 1024, 'more than 512 KB')
    event = json.loads(body)
    only_keys(event, {'routing_key', 'event_action', 'dedup_key'}, {'payload', 'client', 'client_url', 'links', 'images'})
    text_within(event['routing_key'], 32, 32)
    require(event['event_action'] in ('trigger', 'acknowledge', 'resolve'), event['event_action'])
    text_within(event['dedup_key'], 255)
    if event['event_action'] == 'trigger' or 'payload' in event:
        payload = event['payload']
        only_keys(payload, {'summary', 'source', 'severity'},
                  {'timestamp', 'component', 'group', 'class', 'custom_details'})
        text_within(payload['summary'], 1024)
        text_within(payload['source'], 10_000)
        require(payload['severity'] in ('critical', 'error', 'warning', 'info'), payload['severity'])
        datetime.datetime.fromisoformat(payload['timestamp'].replace('Z', '+00:00'))
        require(isinstance(payload.get('custom_details', {}), dict), 'custom_details')
    return event
