#!/usr/bin/env python3
"""Holds the #include lines of all C++ files against the arrows of docs/architecture.md.

    check_includes.py [ROOT]

Prints `FILE:LINE: what is wrong` for each wrong line. Exit status: 0 none, 1 some.
"""
import pathlib
import re
import sys

FOLDERS = ['include', 'nfa', 'patterns', 'fraud', 'alerts', 'runtime', 'tests', 'bench', 'examples']

# What a folder may include: prefixes of paths from the root. The longest prefix of the file's own path counts.
ARROWS = {
    'include': ['include/'],
    'nfa': ['include/', 'nfa/'],
    'patterns': ['include/', 'nfa/', 'patterns/'],
    'fraud': ['include/', 'nfa/row/', 'nfa/expr/', 'fraud/'],
    'alerts': ['include/', 'nfa/row/', 'nfa/expr/', 'alerts/'],
    'runtime': ['include/', 'nfa/', 'patterns/', 'fraud/', 'alerts/', 'runtime/'],
    'tests': [folder + '/' for folder in FOLDERS],
    'tests/reference': ['include/', 'tests/reference/'],    # knows the rules alone, else it would share our mistakes
    'bench': [folder + '/' for folder in FOLDERS],
    'examples': ['include/'],
}

# Outside libraries and where they may be named: `include` prefix, pattern of the files, in words.
LIBRARIES = [
    ('boost/graph/', r'nfa/automaton/.*', 'only in nfa/automaton'),
    ('boost/spirit/', r'patterns/syntax/grammar[^/]*', 'only in patterns/syntax/grammar*'),
    ('re2/', r'nfa/expr/.*|tests/.*', 'only in nfa/expr'),
    ('date/', r'(nfa/expr|runtime)/.*|tests/.*', 'only in nfa/expr and runtime'),
    ('simdjson', r'runtime/.*\.cpp|(tests|bench)/.*', 'only in runtime/*/*.cpp'),
    ('rapidjson/', r'(alerts/.*|fraud/model_file)\.cpp|runtime/.*|(tests|bench)/.*',
     'only in alerts/*.cpp, runtime and fraud/model_file.cpp'),
    ('openssl/', r'alerts/.*\.cpp', 'only in alerts/*/*.cpp'),
    ('csv.h', r'runtime/codec/.*', 'only in runtime/codec'),
    ('zlib.h', r'runtime/io/.*|tests/.*', 'only in runtime/io'),
    ('zstd.h', r'runtime/io/.*|tests/.*', 'only in runtime/io'),
    ('absl/', r'runtime/state/.*\.cpp', 'only in runtime/state/*.cpp'),
    ('civetweb.h', r'runtime/serve/.*\.cpp', 'only in runtime/serve/*.cpp'),
    ('prometheus/', r'runtime/serve/.*\.cpp', 'only in runtime/serve/*.cpp'),
    ('curl/', r'runtime/http/.*\.cpp|alerts/channels/.*|(tests|bench)/.*', 'only in runtime/http/*.cpp and alerts/channels'),
    ('CLI/', r'runtime/cli/.*\.cpp', 'only in runtime/cli/*.cpp'),
    ('spdlog/', r'runtime/cli/.*', 'only in runtime/cli'),
    ('gtest/', r'tests/.*', 'only in tests'),
    ('gmock/', r'tests/.*', 'only in tests'),
    ('benchmark/', r'bench/.*', 'only in bench'),
]

# Our own headers that include such a library, and the only files that may include them.
COSTLY_HEADERS = [
    ('nfa/automaton/(graph|builder|element_builder)', r'nfa/automaton/.*',
     'only in nfa/automaton: it includes Boost.Graph'),
    ('patterns/syntax/grammar', r'patterns/syntax/.*', 'only in patterns/syntax: it includes Spirit'),
]

# What the pure folders never touch: files, threads, locks, the console, the environment's clock.
IMPURE = {'condition_variable', 'filesystem', 'fstream', 'future', 'iostream', 'mutex', 'stop_token', 'thread'}
PURE_FOLDERS = ('include', 'nfa', 'patterns', 'fraud')

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')


def rule_of(path):
    """The arrows of the file at `path`, a path from the root with `/`."""
    prefixes = [p for p in ARROWS if path.startswith(p + '/')]
    return max(prefixes, key=len)


def place_of(root, path, target):
    """The path from the root of the header that `#include "target"` means in the file `path`."""
    if target.startswith('cepheid/'):
        return 'include/' + target
    if path.startswith('tests/'):    # tests may write a path from tests/ or from their own folder
        for folder in ('tests', path.rsplit('/', 1)[0]):
            if (root / folder / target).is_file():
                return folder + '/' + target
    return target


def wrong(root, path, bracket, target):
    """What is wrong with one include in the file `path`; None if nothing is."""
    folder = rule_of(path)
    top = path.split('/')[0]
    ours = place_of(root, path, target)
    if bracket == '"':
        if ours.split('/')[0] not in FOLDERS or '/' not in ours:
            return f'`"{target}"` is no path from the root of the repository (a library stands in <…>)'
        if not any(ours.startswith(allowed) for allowed in ARROWS[folder]):
            return f'`{folder}` may not include `{target}`: only {", ".join(ARROWS[folder])}'
        for header, files, words in COSTLY_HEADERS:
            if ours.startswith(header) and not re.fullmatch(files, path):
                return f'`{target}` {words}'
        return None
    if top == 'examples' and target.startswith('cepheid/'):
        return None    # an example's reader has the library installed
    if ours.split('/')[0] in FOLDERS and target.endswith('.hpp') and '/' in target:
        return f'write `"{target}"`: <…> is for libraries'
    if top in PURE_FOLDERS and target in IMPURE:
        return f'`{top}` knows no files, threads or console: no <{target}>'
    if top == 'include' and ('/' in target or '.' in target):
        return f'the public headers need no library: no <{target}>'
    for library, files, words in LIBRARIES:
        if target.startswith(library) and not re.fullmatch(files, path):
            return f'<{target}> {words}'
    return None


def check(root):
    problems = []
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob('*')):
            if file.suffix not in ('.hpp', '.cpp'):
                continue
            path = file.relative_to(root).as_posix()
            for number, line in enumerate(file.read_text(encoding='utf-8').splitlines(), 1):
                found = INCLUDE.match(line)
                problem = wrong(root, path, *found.groups()) if found else None
                if problem:
                    problems.append(f'{path}:{number}: {problem}')
    return problems


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    problems = check(root)
    print('\n'.join(problems), end='\n' if problems else '')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
