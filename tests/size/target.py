"""The machines of `make size`: how to compile for each, and what its tools say of the result."""
import os
import re
import shutil
import subprocess

HEADER = os.environ.get('HEADER_DIR', '.')
DIR = os.path.join(os.environ.get('HEADER_DIR', 'build'), 'size')
FLAGS = ['-std=c99', '-Os', '-ffreestanding', '-ffunction-sections', '-fdata-sections',
         '-fno-asynchronous-unwind-tables', '-I' + HEADER]


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit('FAIL: ' + ' '.join(command))
    return done.stdout


class Target:
    def __init__(self, name, title, prefix, flags, final=None, graph='-fcallgraph-info=su'):
        self.name, self.title, self.prefix = name, title, prefix
        self.compiler = [prefix + 'gcc', *flags.split()]
        self.linking = final.split() if final else ['-r']
        self.graph = graph.split()

    def is_here(self):
        return shutil.which(self.compiler[0]) is not None

    def tool(self, name, *arguments):
        return run(self.prefix + name, *arguments)

    def compile(self, name, source, *flags):
        """DIR/TARGET-NAME.o"""
        path = f'{DIR}/{self.name}-{name}'
        with open(path + '.c', 'w') as out:
            out.write(source)
        run(*self.compiler, *FLAGS, *flags, '-c', path + '.c', '-o', path + '.o')
        return path + '.o'

    def link(self, path, names, *more):
        """What the linker keeps for a program that uses only these names."""
        wanted = ['-Wl,-u,' + name for name in names]
        run(*self.compiler, '-nostdlib', *self.linking, '-Wl,--gc-sections', *wanted,
            '-o', path + '.kept', path, *more)
        return path + '.kept'

    def sections(self, path):
        """Bytes that are only read, bytes that are written."""
        text = writable = 0
        for line in self.tool('objdump', '-hw', path).splitlines():
            words = line.split()
            if 'ALLOC' not in line or words[1].startswith('.note'):
                continue
            if 'READONLY' in line:
                text += int(words[2], 16)
            else:
                writable += int(words[2], 16)
        return text, writable

    def text(self, path, *names):
        """Code and constants that the linker keeps. On an AVR the constants are copied to RAM when
        it starts; they count here, as what they are in flash and in the source: not written."""
        return self.sections(self.link(path, names))[0]

    def symbols(self, path):
        """{function or constant: bytes}"""
        found = re.findall(r'^\w+ (\w+) [tTrR] (\S+)$', self.tool('nm', '-S', path), re.M)
        return {name: int(size, 16) for size, name in found}


TARGETS = [
    Target('x86-64', 'x86-64', '', '-fno-pie -fno-stack-protector'),
    Target('cortex-m0plus', 'Cortex-M0+', 'arm-none-eabi-', '-mcpu=cortex-m0plus -mthumb'),
    Target('cortex-m3', 'Cortex-M3', 'arm-none-eabi-', '-mcpu=cortex-m3 -mthumb'),
    Target('avr', 'AVR', 'avr-', '-mmcu=atmega2560', graph=''),
    # Calls on RISC-V get their length in a final link only; what is missing may be missing there.
    Target('rv32', 'RV32', 'riscv64-unknown-elf-', '-march=rv32imc -mabi=ilp32 '
           '-isystem /usr/lib/picolibc/riscv64-unknown-elf/include',
           '-Wl,-e0 -Wl,--unresolved-symbols=ignore-all -Wl,--no-warn-rwx-segments'),
]
