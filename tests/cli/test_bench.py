"""`cepheid bench`: counts, options and formats; no figure of time is looked at."""
import json
import os
import signal
import unittest

import program
from program import event

RULES = program.STREAM.format(source='file "unused.jsonl"', format='json')
# a b x a b b: with every combination (1, 2), (1, 5), (4, 5), (1, 6), (4, 6) are pairs.
EVENTS = ''.join(event(i + 1, name) for i, name in enumerate('abxabb'))
ANY_PAIRS = program.PAIRS.replace('followed_by', 'followed_by_any')
MASK = (1 << 64) - 1


def hash_of(first, last):
    """The hash whose sum is the checksum, once more."""
    z = (first * 0x9E3779B97F4A7C15 + last + 0x632BE59BD9B4E019) & MASK
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


class Bench(program.ProgramTest):
    def bench(self, *words, rules=RULES + ANY_PAIRS, events=EVENTS, **more):
        self.write('rules.cep', rules)
        self.write('events.jsonl', events)
        return self.cepheid('bench', 'rules.cep', '--events', 'events.jsonl', *words, **more)

    def figures(self, *words, **more):
        return json.loads(self.bench('--format', 'json', *words, **more)[0])

    def both_modes(self):
        for mode in ('engine', 'end-to-end'):
            with self.subTest(mode):
                yield mode

    def test_counts_events_and_matches(self):
        for mode in self.both_modes():
            got = self.figures('--mode', mode)
            self.assertEqual((got['mode'], got['events'], got['matches']), (mode, 6, 5))

    def test_the_last_line_of_tsv_is_events_seconds_and_matches(self):
        for mode in self.both_modes():
            out, _ = self.bench('--mode', mode, '--format', 'tsv', '--repeat', 3)
            events, seconds, matches = out.splitlines()[-1].split('\t')
            self.assertEqual((events, matches), ('6', '5'))
            self.assertGreaterEqual(float(seconds), 0)

    def test_text_has_every_figure(self):
        out, _ = self.bench('--repeat', 2)
        for word in ('events', 'matches', 'seconds', 'events/s', 'ns/event', 'CPU seconds', 'peak memory', 'minimum',
                     'median', 'maximum', '2 runs'):
            self.assertIn(word, out)

    def test_the_median_lies_between_minimum_and_maximum(self):
        got = self.figures('--repeat', 4)
        self.assertEqual(got['runs'], 4)
        for name in ('seconds', 'events_per_s', 'ns_per_event', 'cpu_seconds'):
            self.assertLessEqual(got[name]['minimum'], got[name]['median'])
            self.assertLessEqual(got[name]['median'], got[name]['maximum'])

    def test_take_is_the_first_events_only(self):
        for mode in self.both_modes():
            got = self.figures('--mode', mode, '--take', 5)
            self.assertEqual((got['events'], got['matches']), (5, 3))
            got = self.figures('--mode', mode, '--take', 100)
            self.assertEqual((got['events'], got['matches']), (6, 5))

    def test_setup_builds_state_and_is_not_counted(self):
        for mode in self.both_modes():
            # (1, 2) falls into the setup; the partial match of event 1 lives on.
            got = self.figures('--mode', mode, '--setup', 3)
            self.assertEqual((got['events'], got['matches']), (3, 4))
            got = self.figures('--mode', mode, '--setup', 3, '--take', 5)
            self.assertEqual((got['events'], got['matches']), (2, 2))
            got = self.figures('--mode', mode, '--setup', 6)
            self.assertEqual((got['events'], got['matches']), (0, 0))

    def test_all_visits_every_match_and_sums_first_and_last_ids(self):
        pairs = [(1, 2), (1, 5), (4, 5), (1, 6), (4, 6)]
        for mode in self.both_modes():
            got = self.figures('--mode', mode, '--matches', 'all', '--repeat', 2)
            self.assertEqual(got['matches'], 5)
            self.assertEqual(got['checksum'], f'{sum(hash_of(a, b) for a, b in pairs) & MASK:016x}')
            got = self.figures('--mode', mode, '--matches', 'all', '--setup', 3)
            self.assertEqual(got['checksum'], f'{sum(hash_of(a, b) for a, b in pairs[1:]) & MASK:016x}')

    def test_the_checksum_of_one_match_is_this(self):
        got = self.figures('--matches', 'all', '--take', 2)
        self.assertEqual(got['checksum'], '30883360cc68d7b1')

    def test_without_an_int_id_there_is_no_checksum(self):
        rules = RULES.replace('id int', 'id string').replace('require id, ts', '') + program.PAIRS
        got = self.figures('--matches', 'all', rules=rules, events='')
        self.assertNotIn('checksum', got)

    def test_first_visits_so_many_matches_of_an_event(self):
        for mode in self.both_modes():
            self.assertEqual(self.figures('--mode', mode, '--matches', 'first=1')['matches'], 3)
            self.assertEqual(self.figures('--mode', mode, '--matches', 'first=2')['matches'], 5)

    def test_count_is_of_all_matches_and_none_of_none(self):
        for mode in self.both_modes():
            self.assertEqual(self.figures('--mode', mode, '--matches', 'count')['matches'], 5)
            self.assertEqual(self.figures('--mode', mode, '--matches', 'none')['matches'], 0)

    def test_the_end_of_input_fires_timers(self):
        rules = RULES + '''pattern p on events { begin a where name == "a" not_followed_by b where name == "b"
                           within 10s }'''
        for mode in self.both_modes():
            self.assertEqual(self.figures('--mode', mode, rules=rules, events=event(1, 'a'))['matches'], 1)

    def test_several_patterns_are_added_up(self):
        rules = RULES + ANY_PAIRS + ANY_PAIRS.replace('pairs', 'others')
        for mode in self.both_modes():
            self.assertEqual(self.figures('--mode', mode, rules=rules)['matches'], 10)

    def test_reads_csv_by_the_name_of_the_file(self):
        self.write('rules.cep', RULES + program.PAIRS)
        self.write('events.csv', 'id,ts,name\n1,1000,a\n2,2000,b\n3,3000,a\n4,4000,b\n')
        for mode in self.both_modes():
            out, _ = self.cepheid('bench', 'rules.cep', '--events', 'events.csv', '--mode', mode, '--take', 3,
                                  '--setup', 1, '--format', 'json')
            got = json.loads(out)
            self.assertEqual((got['events'], got['matches']), (2, 1))

    def test_a_stream_is_chosen_where_there_are_several(self):
        rules = RULES + RULES.replace('stream events', 'stream others') + program.PAIRS
        self.bench(rules=rules, status=2)
        self.assertEqual(self.figures('--stream', 'events', rules=rules)['matches'], 2)
        _, err = self.bench('--stream', 'event', rules=rules, status=2)
        self.assertIn('did you mean `events`', err)

    def test_a_pattern_over_a_derived_stream_needs_the_whole_job(self):
        rules = RULES + 'stream some = from events where id < 3\n' + program.PAIRS.replace('on events', 'on some')
        _, err = self.bench(rules=rules, status=2)
        self.assertIn('--mode end-to-end', err)
        self.assertEqual(self.figures('--mode', 'end-to-end', rules=rules)['matches'], 1)

    def test_any_number_of_shards_finds_the_same(self):
        keyed = RULES + ANY_PAIRS.replace('begin', 'key whole begin') + ANY_PAIRS.replace('pairs', 'all_pairs')
        events = ''.join(event(i, 'aab'[i * 7 % 3], whole=i * i % 11) for i in range(3000))
        for mode in self.both_modes():
            for words in ([], ['--setup', 1000], ['--setup', 1000, '--matches', 'all'], ['--matches', 'first=2'],
                          ['--take', 2500, '--matches', 'all']):
                found = [self.figures('--mode', mode, '--shards', shards, *words, rules=keyed, events=events)
                         for shards in (1, 2, 5)]
                for name in ('events', 'matches', 'timeouts', 'late', 'checksum'):
                    self.assertEqual(len({got.get(name) for got in found}), 1, (words, name, found))
                self.assertGreater(found[0]['matches'], 0)

    def test_no_sink_is_touched(self):
        rules = RULES + ANY_PAIRS + 'sink out from pairs to file "out.jsonl"'
        for mode in self.both_modes():
            self.bench('--mode', mode, rules=rules)
            self.assertFalse((self.folder / 'out.jsonl').exists())

    def test_wrong_usage_is_status_2(self):
        for words in (['--shards', 0], ['--shards', 'many'], ['--shards', 100_000], ['--mode', 'both'],
                      ['--matches', 'some'], ['--matches', 'first=0'], ['--matches', 'first=1x'], ['--repeat', 0],
                      ['--take', 0], ['--format', 'xml']):
            with self.subTest(words):
                self.bench(*words, status=2)

    def test_a_wrong_rule_file_is_status_2_and_a_missing_file_1(self):
        self.bench(rules='pattern', status=2)
        self.write('rules.cep', RULES + program.PAIRS)
        for mode in self.both_modes():
            self.cepheid('bench', 'rules.cep', '--events', 'missing.jsonl', '--mode', mode, status=1)

    def test_help_tells_exit_statuses_and_modes(self):
        out, _ = self.cepheid('bench', '--help')
        for word in ('Exit status', 'engine', 'end-to-end', 'first=N'):
            self.assertIn(word, out)

    def test_a_signal_ends_it(self):
        self.write('rules.cep', RULES + program.PAIRS)
        os.mkfifo(self.folder / 'events.jsonl')
        process = self.start('bench', 'rules.cep', '--events', 'events.jsonl')
        with open(self.folder / 'events.jsonl', 'wb') as events:    # opens once it is read, so signals are awaited
            events.write(event(1).encode())
            events.flush()
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, b'stopped' in err), (1, True), err)


if __name__ == '__main__':
    unittest.main()
