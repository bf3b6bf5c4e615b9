"""`make size`: code, data, deepest stack and work buffer, against tests/size/limits. P78
-v: bytes by room and by public function as well.  HEADER_DIR=dir: another copy of the header."""
import os
import re
import shutil
import subprocess
import sys

import gate

HEADER = os.environ.get('HEADER_DIR', '.')
DIR = 'build/size'
MACHINES = {
    'x86-64': ('', ['gcc', '-fno-pie', '-fno-stack-protector', '-fno-asynchronous-unwind-tables']),
    'cortex-m3': ('arm-none-eabi-', ['arm-none-eabi-gcc', '-mcpu=cortex-m3', '-mthumb']),
}
FLAGS = ['-std=c99', '-Os', '-ffreestanding', '-ffunction-sections', '-fdata-sections',
         '-fstack-usage', '-fcallgraph-info=su,da', '-I' + HEADER]
ENTRIES = ['cuc_update_contact', 'cuc_call_begin', 'cuc_call_next', 'cuc_call_body', 'cuc_sign']


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def section_sizes(prefix, path):
    """text (code and constants), data, bss"""
    return [int(n) for n in run(prefix + 'size', path).splitlines()[1].split()[:3]]


def size_of(type_name, prefix, compiler):
    with open(f'{DIR}/type.c', 'w') as out:
        out.write(f'#include "connect_update_contact.h"\nchar it[sizeof({type_name})];\n')
    run(*compiler, '-std=c99', '-I' + HEADER, '-c', f'{DIR}/type.c', '-o', f'{DIR}/type.o')
    return int(run(prefix + 'nm', '-S', f'{DIR}/type.o').split()[1], 16)


def needed_by(prefix, name, path):
    """What the linker keeps for a program that calls only this function."""
    out = path + '.gc'
    run(prefix + 'ld', '-r', '--gc-sections', '-u', name, '-o', out, path)
    return section_sizes(prefix, out)[0]


def call_graph(path):
    """{function: bytes of frame}, {function: those it calls}"""
    frame, calls = {}, {}
    for line in open(path):
        node = re.search(r'node: { title: "([^"]*)" label: "([^"]*)"', line)
        edge = re.search(r'edge: { sourcename: "([^"]*)" targetname: "([^"]*)"', line)
        if node:
            size = re.search(r'(\d+) bytes \(([\w,]+)\)', node[2])
            frame[node[1]] = int(size[1]) if size else 0
            if size and size[2] == 'dynamic':  # `dynamic,bounded` is pushed arguments
                raise SystemExit(f'FAIL: the frame of {node[1]} has no bound')
        elif edge:
            calls.setdefault(edge[1], set()).add(edge[2])
    return frame, calls


def deepest(name, frame, calls, path=()):
    """(bytes, functions) of the deepest path from name. What callbacks use is not in it."""
    if name in path:
        raise SystemExit('FAIL: recursion: ' + ' > '.join(path + (name,)))
    below = [deepest(n, frame, calls, path + (name,)) for n in calls.get(name, ())]
    size, chain = max(below, default=(0, []))
    return size + frame.get(name, 0), [name] + chain


def refuse_recursion(compiler):
    """As written: without optimization no recursion has become a loop yet."""
    run(*compiler, *FLAGS, '-O0', '-c', f'{DIR}/impl.c', '-o', f'{DIR}/plain.o')
    frame, calls = call_graph(f'{DIR}/plain.ci')
    for name in frame:
        deepest(name, frame, calls)


def rooms():
    """{function or table: its room}, for the private part"""
    where, room = {}, None
    for line in open(os.path.join(HEADER, 'connect_update_contact.h')):
        banner = re.match(r'/\* ---- (\d+ \w+) >>', line)
        room = banner[1] if banner else room
        name = re.match(r'(?:static|CUC_API)\b[^(=;]*?\b(cuci?_\w+)(?:\(|\[| =)', line)
        if room and name:
            where[name[1]] = room
    return where


def by_room(prefix, path):
    total, where = {}, rooms()
    for line in run(prefix + 'nm', '-S', path).splitlines():
        words = line.split()
        if len(words) == 4 and words[2] in 'tTrR':
            room = where.get(words[3].split('.')[0], 'strings, other')
            total[room] = total.get(room, 0) + int(words[1], 16)
    return total


def number(row):
    return int(row[0].split()[0]) if row[0][0].isdigit() else 99


def measure(machine, found, problems, verbose):
    prefix, compiler = MACHINES[machine]
    path = f'{DIR}/{machine}.o'
    run(*compiler, *FLAGS, '-c', f'{DIR}/impl.c', '-o', path)
    text, data, bss = section_sizes(prefix, path)
    if data + bss:
        problems.append(f'{machine}: {data} bytes of data, {bss} of bss; must be none')
    found[f'{machine}-text'] = text
    found[f'{machine}-text-one-call'] = needed_by(prefix, 'cuc_update_contact', path)
    refuse_recursion(compiler)
    frame, calls = call_graph(f'{DIR}/{machine}.ci')
    for entry in ENTRIES:
        found[f'{machine}-stack-{entry}'], chain = deepest(entry, frame, calls)
        if verbose:
            path = (f'{name.split(":")[-1]} {frame.get(name, 0)}' for name in chain)
            print(f'{machine}:', ' > '.join(path))
    found[f'{machine}-sizeof-cuc_call'] = size_of('cuc_call', prefix, compiler)
    if verbose:
        for room, size in sorted(by_room(prefix, path).items(), key=number):
            print(f'{machine}: room {room:<16}{size:>7}')
        for name in re.findall(r' T (cuc_\w+)', run(prefix + 'nm', path)):
            print(f'{machine}: only {name:<30}{needed_by(prefix, name, path):>7}')


def main():
    os.makedirs(DIR, exist_ok=True)
    found, problems, skipped = {}, [], []
    with open(f'{DIR}/impl.c', 'w') as out:
        out.write('#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION\n'
                  '#include "connect_update_contact.h"\n')
    for machine in MACHINES:
        if shutil.which(MACHINES[machine][1][0]):
            measure(machine, found, problems, '-v' in sys.argv)
        else:
            skipped.append(machine)
    run('gcc', '-std=c99', '-I' + HEADER, '-Itests/bench', 'tests/size/work.c', '-o', f'{DIR}/work')
    for line in run(f'{DIR}/work').splitlines():
        name, value = line.split()
        found[name] = int(value)
    gate.check('tests/size/limits', found, problems, skipped)


main()
