"""`cepheid match`: what it prints for which events."""
import unittest

import program
from program import event

RULES = program.STREAM.format(source='file "unused.jsonl"', format='json')


class Match(program.ProgramTest):
    def match(self, events, *words, rules=RULES + program.PAIRS, **more):
        self.write('rules.cep', rules)
        if events is not None:
            self.write('events.jsonl', events)
        out, _ = self.cepheid('match', 'rules.cep', '--events', *(words or ['events.jsonl']), **more)
        return program.json_lines(out)

    def test_prints_pattern_key_times_events_and_emit(self):
        matches = self.match(event(1, 'a', price=1.5) + event(2) + event(3, 'b'))
        self.assertEqual(len(matches), 1)
        self.assertEqual(list(matches[0]), ['pattern', 'key', 'start', 'end', 'match', 'emit'])
        self.assertEqual(matches[0]['key'], [])
        self.assertEqual((matches[0]['start'], matches[0]['end']), (1000, 3000))
        self.assertEqual([e['id'] for e in matches[0]['match']['a'] + matches[0]['match']['b']], [1, 3])
        self.assertEqual(matches[0]['match']['a'][0]['price'], 1.5)
        self.assertEqual(matches[0]['emit'], {'a': 1, 'b': 3})

    def test_without_a_match_prints_nothing_and_is_good(self):
        self.assertEqual(self.match(event(1, 'b') + event(2, 'a')), [])
        self.assertEqual(self.match(b''), [])

    def test_reads_standard_input(self):
        events = (event(1, 'a') + event(2, 'b')).encode()
        self.assertEqual(len(self.match(None, '-', stdin=events)), 1)

    def test_reads_csv_by_the_name_of_the_file(self):
        self.write('events.csv', 'ts,name,id\n1000,a,1\n2000,b,2\n')
        self.assertEqual([m['emit'] for m in self.match(None, 'events.csv')], [{'a': 1, 'b': 2}])

    def test_several_files_are_read_by_time(self):
        self.write('one.jsonl', event(1, 'a') + event(4, 'b'))
        self.write('two.jsonl', event(2, 'b') + event(3, 'a'))
        matches = self.match(None, 'events=one.jsonl', 'events=two.jsonl')
        self.assertEqual([m['emit'] for m in matches], [{'a': 1, 'b': 2}, {'a': 3, 'b': 4}])

    def test_pattern_chooses_what_is_printed(self):
        rules = RULES + program.PAIRS + program.PAIRS.replace('pairs', 'others')
        self.write('events.jsonl', event(1, 'a') + event(2, 'b'))
        self.assertEqual(len(self.match(None, 'events.jsonl', rules=rules)), 2)
        only = self.match(None, 'events.jsonl', '--pattern', 'others', rules=rules)
        self.assertEqual([m['pattern'] for m in only], ['others'])

    def test_a_timed_out_partial_match_is_marked(self):
        rules = RULES + '''pattern p on events { begin a where name == "a" followed_by b where name == "b" within 10s
                           on_timeout emit a = a.id }'''
        matches = self.match(event(1, 'a'), rules=rules)
        self.assertEqual([(m['timeout'], m['end'], m['emit']) for m in matches], [(True, 11000, {'a': 1})])

    def test_the_sinks_of_the_file_are_not_touched(self):
        rules = RULES + program.PAIRS + 'sink out from pairs to file "out.jsonl"'
        self.assertEqual(len(self.match(event(1, 'a') + event(2, 'b'), rules=rules)), 1)
        self.assertFalse((self.folder / 'out.jsonl').exists())

    def test_a_wrong_rule_file_or_stream_is_status_2(self):
        self.write('rules.cep', RULES + program.PAIRS)
        self.write('events.jsonl', event(1))
        self.cepheid('match', 'rules.cep', '--events', 'nobody=events.jsonl', status=2)
        self.cepheid('match', 'rules.cep', '--events', 'events.jsonl', '--pattern', 'nobody', status=2)
        self.write('wrong.cep', 'pattern')
        self.cepheid('match', 'wrong.cep', '--events', 'events.jsonl', status=2)


if __name__ == '__main__':
    unittest.main()
