"""Counts, which do not shake: instructions by callgrind without those of the hash, compressions of
SHA-256, and how both grow with the work."""
import math
import os
import re
import subprocess

DIR = 'build/bench'
# The C library's plain memcpy: which one is taken would depend on the machine.
PLAIN = {**os.environ, 'GLIBC_TUNABLES': 'glibc.cpu.hwcaps=-AVX2,-AVX512F,-AVX512VL,-ERMS'}
HASHES = ['measured_*', 'hash_*']  # entering one switches the counting over


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def valgrind(tool, pattern, command):
    run = subprocess.run(['valgrind', *tool, *command], env=PLAIN, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True)
    found = re.search(pattern, run.stderr)
    if run.returncode or not found:
        raise SystemExit(f'FAIL: {command}: {run.stderr}')
    return int(found[1].replace(',', ''))


def per_request(tool, pattern, *command):
    """Of a further request: what is made ready, and what a first one sets up, cancels out."""
    once, more = (valgrind(tool, pattern, [*command, n]) for n in ('1', '11'))
    return (more - once) / 10


def instructions(*command, toggles=HASHES):
    tool = ['--tool=callgrind', f'--callgrind-out-file={DIR}/callgrind.out']
    return round(per_request(tool + ['--toggle-collect=' + name for name in toggles],
                             r'Collected : (\d+)', *command))


def allocations(*command):
    return round(per_request(['--tool=memcheck'], r'total heap usage: ([\d,]+) allocs', *command))


def ours(what):
    return instructions(f'{DIR}/bench', what)


def compressions(what):
    return int(re.match(r'compressions: (\d+)', output(f'{DIR}/bench', what, '1'))[1])


def exponent(cost):
    """Least squares of log(cost) against log(work), both over the smallest. 1 is linear."""
    (n0, c0), *rest = sorted(cost.items())
    x = [math.log(n - n0) for n, _ in rest]
    y = [math.log(c - c0) for _, c in rest]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx) ** 2 for a in x)


def growth(title, what, sizes):
    """Prints the fit; the exponent in hundredths."""
    cost = {n: ours(f'{what}-{n}') for n in sizes}
    power = exponent(cost)
    each = [(cost[b] - cost[a]) / (b - a) for a, b in (sizes[:2], sizes[-2:])]
    print(f'{title:<46}{cost[sizes[0]]:>9} → {cost[sizes[-1]]:>9} instructions;  one more: '
          f'{each[0]:.2f} at first, {each[1]:.2f} at last;  ~ n^{power:.2f}: '
          + ('near linear' if power < 1.2 else 'NOT linear'))
    return round(100 * power)
