"""The figures of `make size`, `make bench` and `make coverage` against a file of
`name last [must] # note` lines.
`last` is the figure of the last commit that froze it, `must` what it may never be above. FREEZE=1
writes today's figures into the file; musts, notes and comments stay."""
import os
import re
import sys

EXACT = re.compile('compressions|allocations|sizeof|work|writable|missed')  # no slack for these
ROW = re.compile(r'(\S+)\s+(\d+)(?:\s+(\d+))?\s*(#.*)?$')


def read(path):
    """{name: (last, must or None)}"""
    rows = (ROW.match(line) for line in open(path) if line.strip() and line[0] != '#')
    return {row[1]: (int(row[2]), row[3] and int(row[3])) for row in rows}


def freeze(path, found, skipped):
    """Keeps the lines in their order; what is new goes to the end, what is gone goes away."""
    lines, new = open(path).read().splitlines(), dict(found)
    with open(path, 'w') as out:
        for line in lines:
            row = ROW.match(line) if line[:1] != '#' else None
            if row and row[1] in new:
                line = f'{row[1]:<40}{new.pop(row[1]):>9}{row[3] or "":>9}  {row[4] or ""}'.rstrip()
            elif row and not row[1].startswith(tuple(skipped)):
                continue
            print(line, file=out)
        for name, value in new.items():
            print(f'{name:<40}{value:>9}', file=out)


def change(value, last):
    return 'new' if last is None else '=' if value == last else f'{value - last:+,}'


def verdict(name, value, last, must):
    """(what is to be said of it, whether it may stay so)"""
    if must is not None and value > must:
        return f'must {must:,}   FAIL: {value - must:,} above', False
    if last is None:
        return 'FAIL: no row for it', False
    if value > last + (0 if EXACT.search(name) else last // 100 + 8):
        return f'FAIL: was {last:,}; FREEZE=1 if it is worth that', False
    return ('ok' if must is None else f'must {must:,}   ok'), True


def print_rows(found, rows, brief):
    """Returns how many of them failed."""
    failed = 0
    for name, value in found.items():
        last, must = rows.get(name, (None, None))
        said, good = verdict(name, value, last, must)
        failed += not good
        if must is not None or not good or not brief:
            print(f'{name:<40}{value:>9,}{change(value, last):>10}   {said}')
    return failed


def changes(path, found):
    """{name: change} of those that are no more what was committed"""
    rows = read(path)
    return {name: change(value, rows[name][0]) for name, value in found.items()
            if name in rows and value != rows[name][0]}


def check(path, found, problems, skipped, brief=False):
    """Prints a row each (brief: those with a must or a fault) and one closing line. Exits with 1
    for a figure above its must or grown by more than 1 % + 8, a figure without a row, a row without
    a figure, a problem, or (with CUC_ALL set) anything skipped."""
    if not brief:
        print('changed:', ', '.join(map(' '.join, changes(path, found).items())) or 'nothing')
    if os.environ.get('FREEZE'):
        freeze(path, found, skipped)
    rows = read(path)
    failed = print_rows(found, rows, brief)
    problems += [f'{name}: not measured' for name in rows
                 if name not in found and not name.startswith(tuple(skipped))]
    if skipped and os.environ.get('CUC_ALL'):
        problems.append('with CUC_ALL set nothing may be skipped: ' + ', '.join(skipped))
    for problem in problems:
        print('FAIL:', problem)
    if skipped:
        print('skipped:', ', '.join(skipped))
    print(f'{os.path.dirname(path)}: {len(found) - failed} passed, {failed + len(problems)} failed')
    sys.exit(1 if failed or problems else 0)
