"""The examples of docs/language.md: each is a rule file that `check` accepts; where files are shown with it, it is run.

A block marked `cep` is a whole rule file. Blocks after it whose mark has a second word are files of that name: those
that a sink of the example writes must come out as shown, the others are what it reads.
"""
import pathlib
import re
import unittest

import program

PAGE = pathlib.Path(__file__).resolve().parent.parent.parent / 'docs' / 'language.md'


class Example:
    def __init__(self, line, rules):
        self.line, self.rules = line, rules
        self.inputs, self.outputs = {}, {}

    def add_file(self, name, text):
        is_output = re.search(rf'\bto file "{re.escape(name)}"', self.rules)
        (self.outputs if is_output else self.inputs)[name] = text


def examples(page):
    found, mark, begin = [], None, 0
    lines = page.split('\n')
    for i, line in enumerate(lines):
        if not line.startswith('```'):
            continue
        if mark is None:
            mark, begin = line[3:].split(), i + 1
            continue
        text = ''.join(f'{each}\n' for each in lines[begin:i])
        if mark == ['cep']:
            found.append(Example(begin + 1, text))
        elif len(mark) == 2:
            found[-1].add_file(mark[1], text)
        mark = None
    return found


class LanguagePage(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.examples = examples(PAGE.read_text(encoding='utf-8'))

    def test_every_statement_has_an_example(self):
        written = {match for example in self.examples for match in re.findall(r'^([a-z_]+) ', example.rules, re.M)}
        self.assertLessEqual({'stream', 'table', 'pattern', 'aggregate', 'join', 'rank', 'sink'}, written)

    def test_every_example_is_accepted(self):
        for example in self.examples:
            with self.subTest(line=example.line):
                self.write('example.cep', example.rules)
                self.cepheid('check', '--deny-warnings', 'example.cep')

    def test_examples_give_the_rows_beside_them(self):
        self.assertTrue(any(example.outputs for example in self.examples))
        for example in self.examples:
            if not example.outputs:
                continue
            with self.subTest(line=example.line):
                self.write('example.cep', example.rules)
                for name, text in example.inputs.items():
                    self.write(name, text)
                self.cepheid('run', 'example.cep')
                for name, text in example.outputs.items():
                    self.assertEqual(self.read(name), text, name)


if __name__ == '__main__':
    unittest.main()
