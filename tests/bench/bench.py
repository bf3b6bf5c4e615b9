"""`make bench`: what a request costs. Counts against tests/bench/limits: instructions without those
of the caller's hash, compressions of SHA-256, allocations, growth. Then, printed only, times
against the bare hashes, and against others who can make this request (the table is build/bench/bench.md),
and what the header costs a compiler.
  bench.py counts   without the clock and without the others
  HEADER_DIR=dir    another copy of the header
  CUC_ALL=1         who is missing is a failure"""
import os
import sys

sys.path.insert(0, 'tests/size')
import compiling  # noqa: E402
import count  # noqa: E402
import gate  # noqa: E402
import peers  # noqa: E402
import race  # noqa: E402

DIR = count.DIR
REQUESTS = ['request', 'request-made-hmac', 'request-token-1024', 'request-secret']
EXCHANGES = ['exchange-200', 'exchange-404']  # until DONE
LANGUAGES = ['ascii', 'japanese', 'german']  # 4,092 bytes of each, less the same request without
JSON = {'json': '', 'json-text-14700': '-text-14700'}  # what is written less what is validated
COMPRESSIONS = {  # exactly these; the key is ready, or made from the secret
    'request': 15, 'request-secret': 31,
    'request-token-1024': 32, 'request-token-1024-secret': 48,
    'request-body-16384': 268, 'request-body-16384-secret': 284,
}
BYTES = [256, 1024, 4096, 16384, 65536]
GROWTH = {
    'body': ('256 B → 64 KiB of ready body', BYTES),
    'text': ('256 B → 64 KiB of text in fields and segments', BYTES),
    'token': ('1 B → 16 KiB of session token', [1, 256, 1024, 4096, 16384]),
}


def counts(problems):
    found = {f'instructions-{name}': count.ours(name)
             for name in [*REQUESTS, *EXCHANGES, 'request-references-500', 'validation']}
    for name in LANGUAGES:
        found[f'instructions-validation-{name}'] = (count.ours(f'validation-{name}')
                                                    - count.ours('validation-none'))
    for name, more in JSON.items():
        found[f'instructions-{name}'] = count.ours('json' + more) - count.ours('validation' + more)
    for name, (title, sizes) in GROWTH.items():
        found[f'growth-{name}'] = count.growth(title, f'request-{name}', sizes)
    for name in REQUESTS:
        found[f'allocations-{name}'] = count.allocations(f'{DIR}/bench', name)
    for name, wanted in COMPRESSIONS.items():
        found[f'compressions-{name}'] = n = count.compressions(name)
        if n != wanted:
            problems.append(f'compressions of {name}: {n}, not {wanted}')
    return found


def count_peer(c, found):
    """Ours are counted already; of a difference the difference."""
    if 'instructions-' + c.key in found:
        c.counted.update(instructions=found['instructions-' + c.key],
                         allocations=found['allocations-' + c.key])
    elif c.hashes:
        both = [[count.instructions(*command, toggles=c.hashes), count.allocations(*command)]
                for command in (c.command, c.less) if command]
        less = both[1] if c.less else [0, 0]
        c.counted.update(instructions=both[0][0] - less[0], allocations=both[0][1] - less[1])


def cells(c):
    if 'ratio' not in c.counted:
        return [c.title, 'not timed', '–', '–', c.does]
    low, middle, high = c.counted['ratio']
    digits = 2 if middle < 10 else 1 if middle < 100 else 0
    time = f'{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})'
    if c.key == c.base:
        time = f'1 = {c.counted["nanoseconds"]:,.0f} ns'
    number = lambda what: f'{c.counted[what]:,}' if what in c.counted else '–'
    return [c.title, time, number('instructions'), number('allocations'), c.does]


HEAD = ['who', 'time ÷ bare hashes (quartiles)', 'instructions without hashing', 'allocations',
        'what it does']


def show(contestants):
    print(f'\n{HEAD[0]:<36}{HEAD[1]:>32}{"instructions":>14}{HEAD[3]:>13}  {HEAD[4]}')
    for c in contestants:
        title, time, instructions, allocations, does = cells(c)
        print(f'{title:<36}{time:>32}{instructions:>14}{allocations:>13}  {does}')


def write_table(contestants):
    rows = [cells(c) for c in contestants if c.key != c.base or c.key == 'bare']
    with open(f'{DIR}/bench.md', 'w') as out:
        for row in [HEAD, ['---'] * len(HEAD), *rows]:
            out.write('| ' + ' | '.join(row) + ' |\n')


def compare(found, problems):
    """With the others; the names of those who are missing."""
    skipped, request = [], peers.request_for_others()
    contestants = peers.all_of(request, skipped)
    for c in contestants:
        count_peer(c, found)
    race.run(contestants, request, problems)
    show(contestants)
    write_table(contestants)
    print('\nwanted of this header: 2.1, in plain C 1.18; stretch 1.6 and 1.1')
    print('a compiler takes %.1f ms for the include, %.0f ms with the implementation at -O2, over '
          'an empty file; wanted: 6 and 1000, stretch 4 and 600\n' % compiling.times(peers.HEADER))
    return skipped


def main():
    problems, skipped = [], []
    peers.build()
    found = counts(problems)
    if sys.argv[1:] != ['counts']:
        skipped = compare(found, problems)
    if skipped:
        print('skipped: ' + ', '.join(skipped))
    if skipped and os.environ.get('CUC_ALL'):
        problems.append('with CUC_ALL set these may not be skipped: ' + ', '.join(skipped))
    gate.check('tests/bench/limits', found, problems, [])


main()
