"""Processes that are killed at any moment: each accepted alert is delivered, waits on disk, or is a dead letter."""
import json
import os
import random
import threading
import time
import unittest

import receivers
import state_folder
from driver import DispatcherTest

SEED = int(os.environ.get('CEPHEID_SEED', '1'))
ROUNDS = int(os.environ.get('CEPHEID_KILLS', '12'))


class Survival(DispatcherTest):
    def start_flood(self, channel, rules, number):
        """Starts a process that raises alerts until it is killed; its accepted ids are read by a thread."""
        driver = self.start(channel, rules)
        driver.process.stdin.write(f'flood 1000000 r{number}\n')
        driver.process.stdin.flush()
        accepted = []

        def read():
            for line in driver.process.stdout:
                if line.endswith('\n') and line.startswith('raised '):
                    accepted.append(line.split()[1])

        reader = threading.Thread(target=read)
        reader.start()
        return driver, accepted, reader

    def waiting(self):
        """The ids in the journals that are not finished."""
        return {alert['id'] for alert in state_folder.waiting(self.folder / 'state', 'c')}

    def survive(self, **rule):
        print(f'seed {SEED}')
        rng = random.Random(SEED)
        delivered = set()

        def take(body):
            alerts = json.loads(body)
            delivered.update(each['id'] for each in (alerts if isinstance(alerts, list) else [alerts]))

        def moody(handler, body):
            return rng.choices([200, 500, 'cut', 'cut_within', 400], [90, 4, 2, 2, 2])[0]

        receiver = receivers.HttpReceiver(otherwise=moody, delivered=take)
        self.addCleanup(receiver.close)
        channel = {'kind': 'webhook', 'url': receiver.url, 'attempts': 2, 'first_ms': 2, 'queue': 2000}
        rules = [{'name': 'flood', 'notify': ['c'], **rule}]
        accepted = set()
        for number in range(ROUNDS):
            driver, ids, reader = self.start_flood(channel, rules, number)
            time.sleep(rng.uniform(0, 0.3))    # the moment is the point
            driver.process.kill()
            reader.join()
            driver.kill()
            accepted.update(ids)
            dead = {letter['alert']['id'] for letter in self.dead_letters(kills=number + 1)}
            self.assertEqual(accepted - delivered - dead - self.waiting(), set())
        self.assertGreater(len(accepted), 100)

        receiver.otherwise = 200
        driver = self.start(channel, rules)
        self.assertEqual(driver.stop(), 0)
        dead = {letter['alert']['id'] for letter in self.dead_letters(kills=ROUNDS)}
        self.assertEqual(accepted - delivered - dead, set())
        self.assertGreater(len(delivered), 0)
        stats = driver.stopped
        self.assertEqual(stats['recovered'] + stats['accepted'], stats['sent'] + stats['failed'] + stats['lost'])

    def test_single_alerts(self):
        self.survive()

    def test_groups(self):
        self.survive(group=200)


if __name__ == '__main__':
    unittest.main()
