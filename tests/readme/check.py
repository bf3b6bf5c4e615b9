"""README.md and tests/README.md against the truth: C compiles, outputs are what commands print,
figures and picture are those of `make size`, counts of ours those of `make bench`.
check.py            compare
check.py --write    put outputs, figures, picture and counts in; times stay
check.py --bench    that, and times: leave the machine alone meanwhile"""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, 'tests/bench')
import peers  # noqa: E402

README, REFERENCE = 'README.md', 'tests/README.md'
PICTURE = 'tests/size/picture.svg'
OUTPUT = re.compile(r'(<!-- output: (.*?) -->\n```text\n)(.*?)(```)', re.S)
C_BLOCK = re.compile(r'```c\n(.*?)```', re.S)
BLOCK = re.compile(r'(<!-- ([a-z]+) -->\n)(.*?)(<!-- /\2 -->)', re.S)
# The rows of the table of `make bench` that the README shows, too.
SPEED = ['the bare hashes', 'this header, HMAC lent', 'OpenSSL + cJSON', 'libcurl', 'botocore']

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


def first_page(found):
    n = lambda name: f'{found[name]:,}'
    return ('| code and constants, Cortex-M3 `-Os`, one call | work buffer, small request | heap, globals | dependencies |\n'
            '|---|---|---|---|\n'
            f'| {n("cortex-m3-text-call")} bytes | {n("work-token-0")} bytes | 0 | 0 |\n')


def figures():
    """{(file, name of the block): table}, by `make size`, whatever its gate says of them"""
    skipped = re.search('^skipped: .*', run('make -s size'), re.M)
    if skipped:
        raise SystemExit('FAILED: the figures need all compilers of `make size`; ' + skipped[0])
    table = lambda name: open(f'build/size/{name}.md').read()
    return {(README, 'figures'): first_page(json.load(open('build/size/figures.json'))),
            (README, 'sizes'): table('readme'),
            (REFERENCE, 'parts'): table('parts'),
            (REFERENCE, 'functions'): table('functions')}


def block(text, name):
    """What is in a block; no block: nothing"""
    return next((found[3] for found in BLOCK.finditer(text) if found[2] == name), '')


def replaced(text, name, truth):
    return BLOCK.sub(lambda m: m[1] + truth + m[4] if m[2] == name else m[0], text)


def short(bench):
    """The head and some rows of the table of `make bench`"""
    rows = bench.splitlines(keepends=True)
    return ''.join(rows[:2] + [row for row in rows[2:]
                               if any(row.startswith('| ' + title) for title in SPEED)])


def counts_shown(table):
    """{title: [instructions, allocations]} of our rows; the times are nobody's to compare."""
    rows = [[cell.strip() for cell in line.split('|')[1:-1]] for line in table.splitlines()]
    return {row[0]: row[2:4] for row in rows if row[0].startswith('this header')}


def counts_found():
    found = dict(re.findall(r'^(\S+) +([\d,]+)', run('python3 tests/bench/bench.py counts'), re.M))
    n = lambda what, c: found[f'{what}-{c.key}']
    return {c.title: [n('instructions', c), n('allocations', c)]
            for c in peers.ourselves(True) if c.title.startswith('this header')}


def with_counts(table, counts):
    """The table of `make bench` with these counts of ours"""
    lines = [line.split(' | ') for line in table.splitlines(keepends=True)]
    for cells in lines:
        if cells[0][2:] in counts:
            cells[2:4] = counts[cells[0][2:]]
    return ''.join(' | '.join(cells) for cells in lines)


def bench_table():
    run('python3 tests/bench/bench.py')
    return open('build/bench/bench.md').read()


passed = failed = 0


def verdict(what, good, detail=''):
    global passed, failed
    passed, failed = passed + good, failed + (not good)
    if not good:
        print(f'FAILED: {what}\n{detail}')


def check_code(name, text):
    for i, code in enumerate(C_BLOCK.findall(text)):
        done = subprocess.run(['cc', '-std=c99', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', '-I.', '-xc', '-'],
                              input=code.encode(), stderr=subprocess.PIPE)
        verdict(f'{name}: C block {i + 1}', done.returncode == 0, done.stderr.decode())


def check_outputs(name, text):
    """Returns the text with what was really printed"""
    new = text
    for head, command, shown, end in OUTPUT.findall(text):
        said = run(command)
        same = tidy(said) == tidy(shown)
        verdict(f'{name}: output of `{command}`', same, said)
        new = new if same else new.replace(head + shown + end, head + said.strip() + '\n' + end)
    return new


def check_figures(texts):
    for (name, what), truth in figures().items():
        verdict(f'{name}: {what}, of `make size`', block(texts[name], what) == truth, truth)
        texts[name] = replaced(texts[name], what, truth)
    picture = run('python3 tests/size/picture.py')
    verdict(PICTURE, os.path.exists(PICTURE) and picture == open(PICTURE).read(), picture)
    return picture


def check_counts(texts):
    bench, truth = block(texts[REFERENCE], 'bench'), counts_found()
    verdict(f'{REFERENCE}: counts of `make bench`', counts_shown(bench) == truth, truth)
    verdict(f'{README}: rows of the table of `make bench`',
            block(texts[README], 'speed') == short(bench) != '', short(bench))
    bench = bench_table() if '--bench' in sys.argv else with_counts(bench, truth)
    texts[REFERENCE] = replaced(texts[REFERENCE], 'bench', bench)
    texts[README] = replaced(texts[README], 'speed', short(bench))


def main():
    texts = {name: open(name).read() for name in (README, REFERENCE)}
    for name in texts:
        check_code(name, texts[name])
        texts[name] = check_outputs(name, texts[name])
    picture = check_figures(texts)
    check_counts(texts)
    if {'--write', '--bench'} & set(sys.argv):
        for name, text in {**texts, PICTURE: picture}.items():
            open(name, 'w').write(text)
    print(f'{passed} passed, {failed} failed')
    return failed > 0


sys.exit(main())
