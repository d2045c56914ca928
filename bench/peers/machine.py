"""What the figures were measured on."""
import os
import pathlib
import platform
import re
import subprocess


def versions(cepheid, with_java):
    """Lines about the machine and the programs."""
    cpu = re.search(r'model name\s*: (.*)', pathlib.Path('/proc/cpuinfo').read_text())
    memory = int(re.search(r'MemTotal:\s*(\d+)', pathlib.Path('/proc/meminfo').read_text())[1]) >> 20
    first_line = lambda *command: subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                                 text=True).stdout.split('\n')[0]
    cores = len(os.sched_getaffinity(0))
    lines = [f'{cores} cores of {cpu[1] if cpu else platform.machine()}, {memory} GiB of memory, '
             f'Linux {platform.release().split("-")[0]}',
             f'cepheid {first_line(cepheid, "--version")}, {first_line("g++", "--version")}']
    if with_java:
        pom = (pathlib.Path(__file__).resolve().parent / 'java/pom.xml').read_text()
        names = [f'{name.capitalize()} {version}' for name, version in
                 re.findall(r'<(flink|esper|siddhi)\.version>([^<]*)<', pom)]
        lines.append(f'{", ".join(names)}; {first_line("java", "-version")}')
    return lines
