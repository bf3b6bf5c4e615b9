"""Numbers against a file of limits: `name limit # note`, one a line. `make size`, `make bench`.
FREEZE=1 writes the file anew: 1 % above what was found, or exactly that for what is EXACT."""
import os
import re
import sys

EXACT = re.compile('compressions|sizeof|work')


def read(path):
    rows = {}
    for line in open(path):
        words = line.split('#')[0].split()
        if words:
            rows[words[0]] = int(words[1])
    return rows


def freeze(path, found):
    kept = [line for line in open(path) if line.startswith('#')]
    with open(path, 'w') as out:
        out.writelines(kept)
        for name, value in found.items():
            print(name, value if EXACT.search(name) else value + value // 100 + 8, file=out)


def check(path, found, problems, skipped):
    """Prints a row each, then one closing line; exits with 1 for a number above its limit, a number
    without a limit, a limit without a number, a problem, or (with CUC_ALL set) anything skipped."""
    if os.environ.get('FREEZE'):
        freeze(path, found)
    limits, failed = read(path), 0
    for name, value in found.items():
        limit = limits.get(name)
        verdict = 'ok' if limit is not None and value <= limit else 'FAIL'
        most = '?' if limit is None else limit
        print(f'{name:<40}{value:>9}   at most {most:>7}   {verdict}')
        failed += verdict == 'FAIL'
    for name in limits:
        if name not in found and not any(name.startswith(s) for s in skipped):
            problems.append(f'{name}: not measured')
    if skipped and os.environ.get('CUC_ALL'):
        problems.append('with CUC_ALL set nothing may be skipped: ' + ', '.join(skipped))
    for problem in problems:
        print('FAIL:', problem)
    if skipped:
        print('skipped:', ', '.join(skipped))
    print(f'{os.path.dirname(path)}: {len(found)} numbers, {failed + len(problems)} failed')
    sys.exit(1 if failed or problems else 0)
