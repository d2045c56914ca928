"""Runs the program under test, $CEPHEID, in a folder of its own; what the test files of this folder share."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

CEPHEID = os.environ.get('CEPHEID', 'build/release/cepheid')
CASES = pathlib.Path(__file__).resolve().parent.parent / 'cases'

STREAM = '''
stream events {{
    from {source}
    format {format}
    schema id int, ts timestamp, name string, price double, whole int
    time ts
    require id, ts
}}
'''

PAIRS = '''
pattern pairs on events {
    begin a where name == "a"
    followed_by b where name == "b"
    within 1h
    emit a = a.id, b = b.id
}
'''

ALL = 'stream all_rows = from events select id, name, price, whole\n'


class ProgramTest(unittest.TestCase):
    """A test with an empty folder, `self.folder`, in which the program runs."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='cepheid-cli-')
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, data):
        """Writes text or bytes to a file of the test's folder and gives its path."""
        path = self.folder / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def read(self, name):
        return (self.folder / name).read_text(encoding='utf-8')

    def rows(self, name):
        """The rows of a JSON lines file in the test's folder."""
        return json_lines(self.read(name))

    def start(self, *words, **more):
        return subprocess.Popen([os.path.abspath(CEPHEID), *map(str, words)], cwd=self.folder, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)

    def cepheid(self, *words, stdin=b'', status=0, **more):
        """Runs the program to its end, expects that exit status, and gives (standard output, standard error)."""
        process = self.start(*words, **more)
        try:
            out, err = process.communicate(stdin, timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            self.fail('did not end within 60 s')
        out, err = out.decode(), err.decode()
        self.assertEqual(process.returncode, status, f'{words}\n{out}\n{err}')
        return out, err

    def run_rows(self, name, data, format='json', invalid=None):
        """Runs a job that copies the events in `data`, put into the file `name`, and gives the rows written.
        `invalid`: the number of invalid rows that the summary must tell."""
        self.write(name, data)
        rules = STREAM.format(source=f'file "{name}"', format=format) + ALL
        self.write('app.cep', rules + 'sink out from all_rows to file "out.jsonl"\n')
        _, err = self.cepheid('run', 'app.cep')
        if invalid is not None:
            self.assertEqual(invalid_rows(err), invalid, err)
        return self.rows('out.jsonl')


def json_lines(text):
    return [json.loads(line) for line in text.split('\n') if line]    # splitlines() splits at U+2028 too


def event(id, name='x', **more):
    return json.dumps({'id': id, 'ts': id * 1000, 'name': name, **more}) + '\n'


def invalid_rows(summary):
    """The number of invalid rows that a summary tells, of all streams."""
    return sum(int(n) for n in re.findall(r'^stream .* (\d+) invalid', summary, re.M))
