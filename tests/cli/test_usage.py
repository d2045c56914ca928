"""Help, exit statuses, and the diagnostics of a rule file."""
import re
import unittest

import program


class Usage(program.ProgramTest):
    def test_help_names_the_commands_and_their_exit_statuses(self):
        out, _ = self.cepheid('--help')
        for command in ('run', 'check', 'match', 'graph'):
            self.assertIn(command, out)
            out_of_command, _ = self.cepheid(command, '--help')
            self.assertIn('Exit status', out_of_command)

    def test_version(self):
        out, _ = self.cepheid('--version')
        self.assertRegex(out, r'\d+\.\d+\.\d+')

    def test_graph_draws_a_pattern(self):
        self.write('app.cep', program.STREAM.format(source='stdin', format='json') + program.PAIRS)
        for form, begin in (('dot', 'digraph'), ('mermaid', ''), ('svg', '<svg')):
            with self.subTest(form):
                out, _ = self.cepheid('graph', 'app.cep', '--format', form)
                self.assertIn(begin, out)
                self.assertTrue(out.strip())
        self.cepheid('graph', 'app.cep', '--pattern', 'nobody', status=2)

    def test_warnings_are_status_3_only_if_denied(self):
        self.write('app.cep', program.STREAM.format(source='stdin', format='json') +
                   'stream odd = from events select id, always_null = int("abc")')
        _, err = self.cepheid('check', 'app.cep')
        self.assertIn('warning', err)
        self.cepheid('check', 'app.cep', '--deny-warnings', status=3)

    def test_wrong_usage_is_status_2(self):
        self.cepheid(status=2)
        self.cepheid('dance', status=2)
        self.cepheid('run', status=2)
        self.cepheid('match', '--no-such-option', status=2)

    def test_a_rule_file_that_is_not_there_is_reported_by_name(self):
        for command in ('run', 'check'):
            with self.subTest(command):
                _, err = self.cepheid(command, 'nowhere.cep', status=2)
                self.assertIn('nowhere.cep', err)

    def test_check_of_a_good_file_is_silent_about_errors(self):
        self.write('app.cep', program.STREAM.format(source='stdin', format='json') + program.PAIRS)
        out, err = self.cepheid('check', 'app.cep')
        self.assertNotIn('error', out + err)

    def test_channels_that_cannot_work_are_reported_at_their_places(self):
        self.write('app.cep', program.STREAM.format(source='stdin', format='json') + """
channel broken { webhook url "http://localhost" body "{ ${title}" }
channel secret { webhook url "ftp://localhost" }
channel mail   { email smtp "localhost:25" to "a@example.com" from "b@example.com" tls "sometimes" }
channel kept   { file "kept.jsonl" }
channel twice  { file "./kept.jsonl" }
""")
        for command in ('check', 'run'):
            with self.subTest(command):
                _, err = self.cepheid(command, 'app.cep', status=2)
                text = (self.folder / 'app.cep').read_text()
                lines = [text[:text.index(name)].count('\n') + 1 for name in ('broken', 'secret', 'mail', 'twice')]
                found = re.findall(r'^error: (.*)\n *--> app.cep:(\d+):(\d+)$', err, re.MULTILINE)
                self.assertEqual(found, [
                    ('channel `broken`: the body is no JSON', str(lines[0]), '49'),
                    ('channel `secret`: the URL begins with neither `https://` nor `http://`', str(lines[1]), '9'),
                    ('channel `mail`: `tls "sometimes"`: it is `automatic`, `required` or `never`', str(lines[2]), '9'),
                    ('channel `twice`: channel `kept` writes to the same file', str(lines[3]), '9')])

    def test_an_input_that_cannot_be_opened_is_status_1_and_named(self):
        self.write('app.cep', program.STREAM.format(source='file "nowhere.jsonl"', format='json') + program.ALL +
                   'sink out from all_rows to file "out.jsonl"')
        _, err = self.cepheid('run', 'app.cep', status=1)
        self.assertIn('nowhere.jsonl', err)
        _, err = self.cepheid('match', 'app.cep', '--events', 'nowhere.jsonl', status=1)
        self.assertIn('nowhere.jsonl', err)

    def test_an_output_that_cannot_be_written_is_status_1_and_named(self):
        self.write('file', 'no folder')
        self.write('events.jsonl', program.event(1))
        self.write('app.cep', program.STREAM.format(source='file "events.jsonl"', format='json') + program.ALL +
                   'sink out from all_rows to file "file/out.jsonl"')
        _, err = self.cepheid('run', 'app.cep', status=1)
        self.assertIn('file/out.jsonl', err)


class Diagnostics(program.ProgramTest):
    def test_ten_mistakes_are_ten_diagnostics_in_the_order_of_the_text(self):
        source = program.CASES / 'ten_mistakes.cep'
        wrong = [n for n, line in enumerate(source.read_text().splitlines(), 1) if line.endswith('# mistake')]
        for command in ('check', 'run'):
            with self.subTest(command):
                _, err = self.cepheid(command, source, status=2)
                places = re.findall(r'^ *--> .*ten_mistakes\.cep:(\d+):\d+$', err, re.M)
                self.assertEqual([int(line) for line in places], wrong, err)
                self.assertEqual(len(re.findall(r'^error: ', err, re.M)), 10, err)
                self.assertIn('did you mean `view`?', err)
                self.assertRegex(err, r'(?m)^ +\| +\^+')

    def test_a_secret_is_never_printed(self):
        self.write('app.cep', 'pattern p on nowhere { begin a where name == "${SECRET}" and 1 }')
        out, err = self.cepheid('check', 'app.cep', status=2, env={'SECRET': 'hunter2'})
        self.assertNotIn('hunter2', out + err)

    def test_a_missing_variable_is_an_error_at_its_place(self):
        self.write('app.cep', 'stream s {\n    from file "${NOT_SET}"\n    schema a int\n}\n')
        _, err = self.cepheid('check', 'app.cep', status=2, env={})
        self.assertIn('app.cep:2:', err)
        self.assertIn('NOT_SET', err)

    def test_odd_rule_files_are_refused_without_a_crash(self):
        odd = {'cut off': b'pattern', 'nul bytes': b'\0' * 100, 'not utf-8': b'stream \xff\xfe {', 'deep': b'(' * 100_000,
               'unclosed string': b'stream s { from file "', 'unclosed name': b'pattern `a', 'only brackets': b'}{)(][',
               'nested groups': b'pattern p on s { begin ' + b'( begin ' * 5_000}
        for name, text in odd.items():
            with self.subTest(name):
                self.write('odd.cep', text)
                _, err = self.cepheid('check', 'odd.cep', status=2)
                self.assertIn('error', err)


if __name__ == '__main__':
    unittest.main()
