"""`cepheid run`: standard input and output, outputs, signals."""
import json
import os
import pathlib
import shutil
import signal
import threading
import unittest

import program
from program import event

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent.parent / 'examples'


class Run(program.ProgramTest):
    def rules(self, source, sinks):
        return self.write('app.cep', program.STREAM.format(source=source, format='json') + program.PAIRS + program.ALL + sinks)

    def test_standard_input_to_standard_output(self):
        self.rules('stdin', 'sink out from pairs to stdout')
        out, _ = self.cepheid('run', 'app.cep', stdin=(event(1, 'a') + event(2, 'b')).encode())
        self.assertEqual(program.json_lines(out), [{'a': 1, 'b': 2}])

    def test_paths_are_relative_to_the_rule_file_and_folders_are_made(self):
        (self.folder / 'rules').mkdir()
        self.write('rules/e.jsonl', event(1, 'a') + event(2, 'b'))
        rules = self.rules('file "e.jsonl"', 'sink out from pairs to file "made/here/out.jsonl"')
        rules.rename(self.folder / 'rules' / 'app.cep')
        self.cepheid('run', 'rules/app.cep')
        self.assertEqual(self.rows('rules/made/here/out.jsonl'), [{'a': 1, 'b': 2}])

    def test_an_existing_output_is_emptied_and_one_without_rows_exists(self):
        self.write('e.jsonl', event(1))
        self.write('out.jsonl', 'from yesterday\n')
        self.rules('file "e.jsonl"', 'sink out from pairs to file "out.jsonl"')
        self.cepheid('run', 'app.cep')
        self.assertEqual(self.read('out.jsonl'), '')

    def test_csv_and_text_formats(self):
        self.write('e.jsonl', event(1, 'a, "b"', price=1.5))
        self.rules('file "e.jsonl"', '''
            sink c from all_rows to file "out.csv" format csv
            sink t from all_rows to file "out.txt" format text "${id}: ${name} ${whole}|"''')
        self.cepheid('run', 'app.cep')
        self.assertEqual(self.read('out.csv').splitlines(), ['id,name,price,whole', '1,"a, ""b""",1.5,'])
        self.assertEqual(self.read('out.txt'), '1: a, "b" |\n')

    def test_a_sink_that_is_switched_off_is_not_there(self):
        self.write('e.jsonl', event(1))
        self.rules('file "e.jsonl"', 'sink out from all_rows to file "${OFF:-}" to file "second.jsonl"')
        self.cepheid('run', 'app.cep')
        self.assertEqual(len(self.rows('second.jsonl')), 1)

    def test_the_same_input_gives_the_same_bytes(self):
        self.write('e.jsonl', ''.join(event(i, 'ab'[i % 3 % 2]) for i in range(2000)))
        self.rules('file "e.jsonl"', 'sink out from pairs to file "out.jsonl"')
        outputs = set()
        for _ in range(3):
            self.cepheid('run', 'app.cep')
            outputs.add(self.read('out.jsonl'))
        self.assertEqual(len(outputs), 1)

    def test_any_number_of_shards_gives_the_same_bytes(self):
        for name in ('app.cep', 'events.jsonl', 'profiles.csv'):
            shutil.copy(EXAMPLES / 'shop' / name, self.folder)
        outputs = []
        for words in ([], ['--shards', 1], ['--shards', 2], ['--shards', 4], ['--shards', 100]):
            self.cepheid('run', 'app.cep', *words, env={**os.environ, 'OUTPUT_DIR': str(self.folder / 'out')})
            outputs.append({path.name: path.read_bytes() for path in (self.folder / 'out').iterdir()})
        self.assertTrue(all(got == outputs[0] for got in outputs))
        self.assertGreater(sum(map(len, outputs[0].values())), 0)

    def test_a_wrong_number_of_shards_is_status_2(self):
        self.rules('stdin', 'sink out from pairs to stdout')
        for wrong in ('0', '-1', 'many', '1.5', '100000'):
            with self.subTest(wrong):
                self.cepheid('run', 'app.cep', '--shards', wrong, status=2)

    def test_rows_are_written_before_the_job_waits_for_more(self):
        for shards in (1, 3):
            with self.subTest(shards):
                self.rules('stdin', 'sink out from pairs to stdout')
                process = self.start('run', 'app.cep', '--shards', shards)
                process.stdin.write((event(1, 'a') + event(2, 'b')).encode())
                process.stdin.flush()    # and it stays open
                self.assertEqual(json.loads(process.stdout.readline()), {'a': 1, 'b': 2})
                process.communicate(timeout=60)
                self.assertEqual(process.returncode, 0)

    def test_when_the_reader_of_standard_output_goes_away_the_other_sinks_get_their_rows(self):
        self.rules('stdin', 'sink shown from all_rows to stdout\nsink out from all_rows to file "out.jsonl"')
        process = self.start('run', 'app.cep')
        process.stdout.close()
        process.stdin.write(''.join(event(i) for i in range(100)).encode())    # less than a pipe holds
        process.stdin.close()
        self.assertEqual(process.wait(60), -signal.SIGPIPE)
        self.assertEqual(process.stderr.read(), b'')
        process.stderr.close()
        self.assertEqual([row['id'] for row in self.rows('out.jsonl')], list(range(100)))

    def test_the_end_by_a_signal_leaves_all_outputs_written(self):
        for sent, shards in ((signal.SIGTERM, 1), (signal.SIGTERM, 3), (signal.SIGINT, 3)):
            with self.subTest(sent.name, shards=shards):
                self.rules('stdin', 'sink out from all_rows to file "out.jsonl"\nsink pairs_out from pairs to file "pairs.jsonl"')
                process = self.start('run', 'app.cep', '--shards', shards)
                process.stdin.write(''.join(event(i, 'ab'[i % 2]) for i in range(50_000)).encode())
                process.stdin.flush()    # more than a pipe holds: the job has read most of it, and the input stays open
                process.send_signal(sent)
                killer = threading.Timer(60, process.kill)
                killer.start()
                status = process.wait()    # not communicate(): that would end the input
                killer.cancel()
                for pipe in (process.stdin, process.stdout, process.stderr):
                    try:
                        pipe.close()
                    except BrokenPipeError:
                        pass
                self.assertEqual(status, 0)
                rows = self.rows('out.jsonl')    # only whole lines
                self.assertEqual([row['id'] for row in rows], list(range(len(rows))))
                self.assertGreater(len(rows), 0)


if __name__ == '__main__':
    unittest.main()
