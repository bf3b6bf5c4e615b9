"""The README against the truth: its C compiles, its outputs are what its commands print, its figures
and its picture those of `make size`, its counts of ours those of `make bench`.
check.py: compare;   check.py --write: put outputs, figures, picture and the table of `make bench` in."""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, 'tests/bench')
import peers  # noqa: E402

README = 'README.md'
PICTURE = 'tests/size/picture.svg'
OUTPUT = re.compile(r'(<!-- output: (.*?) -->\n```text\n)(.*?)(```)', re.S)
C_BLOCK = re.compile(r'```c\n(.*?)```', re.S)
SIZES = re.compile(r'(<!-- sizes -->\n)(.*?)(<!-- /sizes -->)', re.S)
FIGURES = re.compile(r'(<!-- figures -->\n)(.*?)(<!-- /figures -->)', re.S)
BENCH = re.compile(r'(<!-- bench -->\n)(.*?)(<!-- /bench -->)', re.S)

# What differs from run to run, replaced before comparing.
RANDOM = [
    (r'127\.0\.0\.1:\d+', '127.0.0.1:PORT'),
    (r'[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}', 'REQUEST-ID'),
    (r'2\d{7}T\d{6}Z', 'TIME'),
    (r'waited: [1-9]\d* ms', 'waited: N ms'),
    (r'about \d+ s after 1970', 'about N s after 1970'),
]


def run(command):
    done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, timeout=120)
    return done.stdout.decode()


def tidy(text):
    for pattern, name in RANDOM:
        text = re.sub(pattern, name, text)
    return '\n'.join(line.rstrip() for line in text.strip().splitlines())


def sizes():
    """(the tables of `make size`, the line on top of the README), whatever its gate says of them"""
    skipped = re.search('^skipped: .*', run('make -s size'), re.M)
    if skipped:
        raise SystemExit('FAILED: the figures need all compilers of `make size`; ' + skipped[0])
    found = json.load(open('build/size/figures.json'))
    n = lambda name: f'{found[name]:,}'
    figures = ('| code and constants, Cortex-M3 `-Os`, one call | work buffer, small request | heap, globals | dependencies |\n'
               '|---|---|---|---|\n'
               f'| {n("cortex-m3-text-call")} bytes | {n("work-token-0")} bytes | 0 | 0 |\n')
    return open('build/size/size.md').read(), figures


def counts_shown(table):
    """{title: [instructions, allocations]} of our rows; the times are nobody's to compare."""
    rows = [[cell.strip() for cell in line.split('|')[1:-1]] for line in table.splitlines()]
    return {row[0]: row[2:4] for row in rows if row[0].startswith('this header')}


def counts_found():
    found = dict(re.findall(r'^(\S+) +([\d,]+)', run('python3 tests/bench/bench.py counts'), re.M))
    n = lambda what, c: found[f'{what}-{c.key}']
    return {c.title: [n('instructions', c), n('allocations', c)]
            for c in peers.ourselves(True) if c.title.startswith('this header')}


def bench_table():
    run('python3 tests/bench/bench.py')
    return open('build/bench/bench.md').read()


def main():
    text = open(README).read()
    passed = failed = 0
    new = text

    def verdict(what, good, detail=''):
        nonlocal passed, failed
        passed, failed = passed + good, failed + (not good)
        if not good:
            print(f'FAILED: {what}\n{detail}')

    for i, block in enumerate(C_BLOCK.findall(text)):
        done = subprocess.run(['cc', '-std=c99', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', '-I.', '-xc', '-'],
                              input=block.encode(), stderr=subprocess.PIPE)
        verdict(f'C block {i + 1}', done.returncode == 0, done.stderr.decode())

    for head, command, shown, end in OUTPUT.findall(text):
        said = run(command)
        same = tidy(said) == tidy(shown)
        verdict(f'output of `{command}`', same, said)
        new = new if same else new.replace(head + shown + end, head + said.strip() + '\n' + end)

    table, figures = sizes()
    for pattern, truth in ((SIZES, table), (FIGURES, figures)):
        shown = pattern.search(text)
        verdict('figures of `make size`', shown is not None and shown[2] == truth, truth)
        new = pattern.sub(lambda m: m[1] + truth + m[3], new)

    picture = run('python3 tests/size/picture.py')
    verdict(PICTURE, os.path.exists(PICTURE) and picture == open(PICTURE).read(), picture)

    truth = counts_found()
    verdict('counts of `make bench`', counts_shown(BENCH.search(text)[2]) == truth, truth)

    if '--write' in sys.argv:
        open(PICTURE, 'w').write(picture)
        new = BENCH.sub(lambda m: m[1] + bench_table() + m[3], new)
        open(README, 'w').write(new)
    print(f'{passed} passed, {failed} failed')
    return failed > 0


sys.exit(main())
