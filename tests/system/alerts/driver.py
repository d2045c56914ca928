"""Runs the program around the dispatcher, $ALERT_DRIVER, in a folder of its own."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import state_folder

DRIVER = os.environ['ALERT_DRIVER']


def alert(identity, title='Look', severity='critical', **more):
    return {'id': identity, 'alert': 'a', 'severity': severity, 'title': title, 'time': 1_714_555_800_250,
            'dedupe': ['u1'], 'group': ['g'], 'values': {'user_id': 'u1'}, **more, 'row': {'amount': 100}}


class Driver:
    def __init__(self, config_file, log):
        self.process = subprocess.Popen([DRIVER, str(config_file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=log, text=True)
        line = self.process.stdout.readline()
        if line != 'ready\n':
            raise AssertionError(f'the driver says `{line}`')

    def ask(self, command):
        self.process.stdin.write(command + '\n')
        self.process.stdin.flush()
        return self.process.stdout.readline().rstrip('\n')

    def raise_alert(self, value):
        return self.ask('raise ' + json.dumps(value, separators=(',', ':')))

    def stats(self, channel='c'):
        return json.loads(self.ask('stats'))[channel]

    def kill(self):
        self.process.kill()
        self.process.wait(30)
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except BrokenPipeError:
                pass    # a command that it did not read

    def stop(self, grace_ms=60_000):
        """Stops with grace and ends; gives how many alerts are left waiting."""
        waiting = int(self.ask(f'stop {grace_ms}').split()[1])
        self.stopped = self.stats()
        self.process.stdin.close()
        self.process.stdout.close()
        if self.process.wait(60) != 0:
            raise AssertionError(f'exit status {self.process.returncode}')
        return waiting


class DispatcherTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.log_file = open(self.folder / 'log', 'a+')
        self.addCleanup(self.log_file.close)

    def start(self, channels, rules=None):
        """Starts the driver; one channel is called `c` unless it says otherwise."""
        channels = channels if isinstance(channels, list) else [channels]
        for channel in channels:
            channel.setdefault('name', 'c')
        names = [channel['name'] for channel in channels]
        rules = rules or [{'name': 'a', 'notify': names}, {'name': 'flood', 'notify': names}]
        config = self.folder / 'config.json'
        config.write_text(json.dumps({'folder': str(self.folder / 'state'), 'channels': channels, 'rules': rules}))
        driver = Driver(config, self.log_file)
        self.addCleanup(driver.kill)
        return driver

    def dead_letters(self, channel='c', kills=0):
        return state_folder.dead_letters(self.folder / 'state', channel, kills)

    def all_written(self):
        """Everything that the program has left: log, journals, dead letters."""
        files = [file for file in (self.folder / 'state').rglob('*') if file.is_file()]
        return b''.join(file.read_bytes() for file in [*files, self.folder / 'log'])
