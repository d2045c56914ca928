"""Builds what runs beside `cepheid`: the generators, the limits, the bar, programs on the library, the Java peers."""
import hashlib
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CPP = {    # program: source, options
    'generate': ('generate.cpp', []),
    'limits': ('limits.cpp', ['-lsimdjson']),
    'core_generate': ('core/generate.cpp', []),
    'bar': ('core/bar.cpp', ['-DNDEBUG']),
}
ON_LIBRARY = ['latency', 'key_memory']    # in bench/


def compile_cpp(cache, name, source, options, *also):
    """Unless the program is newer than its source, all that lies beside it, and `also`."""
    program = cache / 'bin' / name
    files = [source, *source.parent.glob('*.hpp'), *also]
    if not program.exists() or max(file.stat().st_mtime for file in files) > program.stat().st_mtime:
        subprocess.run(['g++', '-std=c++20', '-O3', f'-I{ROOT}', '-o', program, source, *options], check=True)


def build_cpp(cache):
    (cache / 'bin').mkdir(parents=True, exist_ok=True)
    for name, (source, options) in CPP.items():
        compile_cpp(cache, name, HERE / source, ['-march=native', *options])


def build_on_library(cache, build):
    """Programs on the shared library of the build folder; False if it is none."""
    if not (build / 'CMakeCache.txt').exists():
        return False
    subprocess.run(['cmake', '--build', build, '--target', 'cepheid_shared'], stdout=subprocess.DEVNULL, check=True)
    for name in ON_LIBRARY:
        compile_cpp(cache, name, ROOT / f'bench/{name}.cpp',
                    ['-march=x86-64-v2', f'-I{ROOT}', f'-I{ROOT}/include', f'-L{build}', f'-Wl,-rpath,{build}', '-lcepheid',
                     '-lsimdjson', '-Wno-restrict'], build / 'libcepheid.so')
    return True


def build_java(cache):
    """Fetches the peers by Maven and compiles what drives them, unless the same sources were compiled before."""
    folder = HERE / 'java'
    sources = [folder / 'pom.xml', *sorted(folder.glob('src/**/*.java'))]
    stamp = hashlib.sha256(b''.join(file.read_bytes() for file in sources)).hexdigest()
    stamp_file = cache / 'java.stamp'
    if stamp_file.exists() and stamp_file.read_text() == stamp:
        return

    def maven(*goals):
        subprocess.run(['mvn', '-q', '-B', '-Dstyle.color=never', *goals], cwd=folder, check=True,
                       env={**os.environ, 'PEERS_BUILD': str(cache)})

    maven('dependency:copy-dependencies', f'-DoutputDirectory={cache}/lib', 'compile')
    # Siddhi's parser needs a later ANTLR than Esper's: it goes before the others, for Siddhi only.
    maven('dependency:copy', '-Dartifact=org.antlr:antlr4-runtime:4.11.1', f'-DoutputDirectory={cache}/lib-siddhi')
    stamp_file.write_text(stamp)


def java_command(cache, peer):
    libraries = f'{cache}/lib-siddhi/*:{cache}/lib/*' if peer.startswith('siddhi') else f'{cache}/lib/*'
    return ['java', '-Xmx6g', '-XX:+UseParallelGC', '-Dlog4j2.StatusLogger.level=OFF',
            '--add-opens=java.base/java.lang=ALL-UNNAMED', '--add-opens=java.base/java.util=ALL-UNNAMED', '-cp',
            f'{cache}/java/classes:{libraries}', 'peers.Main']
