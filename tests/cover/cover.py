"""`make coverage`: how much of the header the tests reach, and what they do not, against
tests/cover/limits. Builds and runs the tests of `make test` with clang-19, without sanitizers.

The header is compiled in many units: whole in tests/support/impl.c, and again in each white-box
test_*.c. So what there is to reach is taken from impl.c, each place once, and it is reached when a
test has reached it in any unit. Of a condition that means: the tests of one unit have shown that it
decides by itself, the others being the same (MC/DC).
Left out is what the compiler decides, llvm-cov's "folded": CUCI_PUT's sizeof of a literal. Counted
as missed is what clang 19 does not record: who decides a ?: between structs (MC/DC only).
    FREEZE=1      today's figures into tests/cover/limits
    CUC_ALL=1     a tool that is missing is a failure, not a skip"""
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, 'tests/size')
import gate  # noqa: E402

DIR = 'build/cover'
TESTS = f'{DIR}/tests/run'
IMPL = f'{DIR}/tests/support/impl.o'
HEADER = 'connect_update_contact.h'
LIMITS = 'tests/cover/limits'
TOOLS = ['clang-19', 'llvm-profdata-19', 'llvm-cov-19']
FLAGS = '-fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc'
KINDS = ['functions', 'lines', 'branches', 'conditions']


def run(*command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          errors='replace', **more)
    if done.returncode:
        lines = (done.stdout + done.stderr).splitlines()
        print('\n'.join([x for x in lines if re.search('FAILED|ERROR|   LINE|error:', x)][:20]
                        or lines[-20:]))
        raise SystemExit('FAIL: ' + ' '.join(command))
    return done


def build_and_test():
    """Returns the decisions of the header that are too much for clang."""
    shutil.rmtree(DIR, ignore_errors=True)
    said = run('make', '-s', '-j2', TESTS, f'B={DIR}', 'CC=clang-19', f'SAN={FLAGS}').stderr
    run(TESTS, env={**os.environ, 'LLVM_PROFILE_FILE': f'{DIR}/raw'})
    run('llvm-profdata-19', 'merge', '-sparse', f'{DIR}/raw', '-o', f'{DIR}/data')
    return re.findall(rf'{HEADER}:.*MC/DC.*', said)


# ---- what was reached ----------------------------------------------------------------------------

def export(binary, form):
    return run('llvm-cov-19', 'export', f'-format={form}', f'-instr-profile={DIR}/data', binary,
               HEADER).stdout


def text_of(source, begin, begin_column, end, end_column):
    lines = source[begin - 1:end]
    lines[-1] = lines[-1][:end_column - 1]
    lines[0] = lines[0][begin_column - 1:]
    return ' '.join(line.strip() for line in lines)


def places(binary, source):
    """By kind: {(line, column, what to say when it was not reached): whether it was}"""
    found = {kind: {} for kind in KINDS}

    def add(kind, line, column, missing, reached):
        place = line, column, missing
        found[kind][place] = found[kind].get(place, False) or bool(reached)

    data = json.loads(export(binary, 'text'))['data'][0]
    header = data['files'][0]
    for f in data['functions']:
        if f['filenames'][0] == header['filename']:
            add('functions', *f['regions'][0][:2], 'never called', f['count'])
    for line, count in re.findall(r'^DA:(\d+),(\d+)', export(binary, 'lcov'), re.M):
        add('lines', int(line), 0, 'never run', int(count))
    expanded = [branch for e in header['expansions'] for branch in e['branches']]
    for *span, true, false, _, _, _ in header['branches'] + expanded:
        add('branches', *span[:2], 'never true: ' + text_of(source, *span), true)
        add('branches', *span[:2], 'never false: ' + text_of(source, *span), false)
    spans = sorted({tuple(branch[:4]) for branch in header['branches']})
    for *decision, _, _, shown in header['mcdc_records']:
        inside = [s for s in spans if decision[:2] <= list(s[:2]) and list(s[2:]) <= decision[2:]]
        if len(inside) != len(shown):
            raise SystemExit(f'FAIL: {HEADER}:{decision[0]}: which are the conditions?')
        for span, alone in zip(inside, shown):
            add('conditions', *span[:2], 'never seen to decide: ' + text_of(source, *span), alone)
    return found


def print_missing(missing, source):
    at = 0
    for line, _, what in sorted(missing):
        if line != at:
            print(f'{HEADER}:{line}: {source[line - 1].strip()}')
        at = line
        print('    ' + what)


def main():
    gone = [tool for tool in TOOLS if not shutil.which(tool)]
    if gone:
        print('skipped: coverage (needs ' + ', '.join(gone) + ')')
        return bool(os.environ.get('CUC_ALL'))
    problems = build_and_test()
    source = open(HEADER).read().split('\n')
    there, reached = places(IMPL, source), places(TESTS, source)
    figures, missing = {}, []
    print(f'{"":12}{"reached":>8}{"of":>8}')
    for kind in KINDS:
        missed = [place for place in there[kind] if not reached[kind][place]]
        n = len(there[kind])
        print(f'{kind:12}{n - len(missed):>8}{n:>8}{100 * (1 - len(missed) / n):>8.1f} %')
        figures[kind + '-missed'] = len(missed)
        missing += missed
    print_missing(missing, source)
    gate.check(LIMITS, figures, problems, [])


sys.exit(main())
