"""The library as its users meet it: installed into a folder of its own, with nothing of this tree in reach.

Needs CEPHEID_BUILD (a build folder of this project) and CEPHEID_SOURCE.
"""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ['CEPHEID_BUILD'])
SOURCE = pathlib.Path(os.environ['CEPHEID_SOURCE'])
COMPILER = os.environ.get('CXX', 'c++')
WARNINGS = ['-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Wconversion', '-Wno-sign-conversion', '-Werror',
            '-Wno-missing-field-initializers']


def run(*command, **options):
    """Runs a command; its output, or a failure that shows all of it."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise AssertionError(f'{command}: exit status {done.returncode}\n{done.stdout}{done.stderr}')
    return done.stdout


def blocks_of(page):
    """The fenced blocks of a Markdown page: [(info string, text)]."""
    return re.findall(r'^```(\S[^\n]*)\n(.*?)^```$', page.read_text(), re.MULTILINE | re.DOTALL)


class InstalledLibrary(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.prefix = pathlib.Path(cls.folder.name) / 'prefix'
        run('cmake', '--install', BUILD, '--prefix', cls.prefix, '--component', 'library')
        cls.library = next(cls.prefix.glob('lib*/**/libcepheid.so')).parent
        cls.page = blocks_of(SOURCE / 'docs' / 'embedding.md')

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def empty_folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def compile(self, text, *options):
        folder = self.empty_folder()
        (folder / 'main.cpp').write_text(text)
        run(COMPILER, '-std=c++20', *WARNINGS, f'-I{self.prefix}/include', folder / 'main.cpp', '-o', folder / 'main',
            *options)
        return folder / 'main'

    def test_the_documented_commands_build_the_example_and_print_what_the_page_shows(self):
        commands = [text for info, text in self.page if info == 'sh'][0]
        shown = [text for info, text in self.page if info == 'text'][0]
        printed = run('bash', '-euc', commands, cwd=self.empty_folder(),
                      env={**os.environ, 'PREFIX': str(self.prefix)})
        self.assertTrue(printed.endswith(shown), printed)

    def test_the_example_has_fewer_than_sixty_lines(self):
        lines = (self.prefix / 'share/cepheid/examples/embed/main.cpp').read_text().splitlines()
        self.assertLess(len(lines), 60)

    def test_every_snippet_of_the_page_compiles_and_runs(self):
        outer = ''.join(text for info, text in self.page if info == 'cpp')
        body = ''.join(text for info, text in self.page if info == 'cpp body')
        program = self.compile(f'{outer}\nstatic void page() {{\n{body}}}\nint main() {{ page(); }}\n',
                               f'-L{self.library}', f'-Wl,-rpath,{self.library}', '-lcepheid')
        printed = run(program)
        self.assertIn('funnel from 1700000000000 to 1700000002000, views 1, amount 42, saw 30\n', printed)

    def test_every_header_stands_alone_and_knows_the_standard_library_only(self):
        headers = sorted((self.prefix / 'include' / 'cepheid').glob('*.hpp'))
        self.assertGreater(len(headers), 10)
        for header in headers:
            with self.subTest(header.name):
                for line in header.read_text().splitlines():
                    if match := re.match(r'\s*#\s*include\s*["<]([^">]+)', line):
                        self.assertRegex(match[1], r'^(cepheid/[a-z_]+\.hpp|[a-z_]+)$')
                self.compile(f'#include <cepheid/{header.name}>\n', '-c')

    def test_the_shared_library_shows_its_own_versioned_names_only(self):
        shown = run('nm', '-DC', '--defined-only', self.library / 'libcepheid.so').splitlines()
        # What the standard library and header libraries leave behind is weak and shared by all.
        own = [line for line in shown if re.search(r' [TDBR] ', line)]
        self.assertGreater(len(own), 50)
        for line in own:
            self.assertIn('cepheid::v0::', line)
        self.assertRegex(run('readelf', '-d', self.library / 'libcepheid.so'), r'soname: \[libcepheid\.so\.0\]')

    def test_the_shared_library_needs_no_broker_store_or_metrics(self):
        needed = re.findall(r'NEEDED.*\[lib([^\]]+?)\.so', run('readelf', '-d', self.library / 'libcepheid.so'))
        self.assertIn('re2', needed)
        for name in needed:
            self.assertNotRegex(name, r'rocksdb|kafka|prometheus|curl|simdjson|spdlog')

    def test_the_static_library_links_with_its_component(self):
        folder = self.empty_folder()
        example = self.prefix / 'share/cepheid/examples/embed'
        (folder / 'CMakeLists.txt').write_text(
            'cmake_minimum_required(VERSION 3.16)\nproject(example LANGUAGES CXX)\n'
            'find_package(cepheid 0.1 REQUIRED COMPONENTS static)\n'
            f'add_executable(funnel {example}/main.cpp)\ntarget_link_libraries(funnel PRIVATE cepheid::static)\n')
        run('cmake', '-S', folder, '-B', folder / 'build', f'-DCMAKE_PREFIX_PATH={self.prefix}')
        run('cmake', '--build', folder / 'build')
        printed = run(folder / 'build' / 'funnel', input=(example / 'clicks.txt').read_text())
        self.assertIn('ann bought for 95', printed)


if __name__ == '__main__':
    unittest.main()
