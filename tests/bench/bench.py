"""`make bench`: instructions by callgrind, without those of the caller's hash, and compressions of
SHA-256, both against tests/bench/limits. Counts only, clock times never.
HEADER_DIR=dir: another copy of the header."""
import os
import re
import subprocess
import sys

sys.path.insert(0, 'tests/size')
import gate  # noqa: E402

DIR = 'build/bench'
HEADER = os.environ.get('HEADER_DIR', '.')
INSTRUCTIONS = ['request', 'request-token-1024', 'request-secret', 'json', 'validation']
COMPRESSIONS = {  # exactly these; the key is ready, or made from the secret
    'request': 15, 'request-secret': 31,
    'request-token-1024': 32, 'request-token-1024-secret': 48,
    'request-body-16384': 268, 'request-body-16384-secret': 284,
}
REFERENCES = [1, 10, 50, 100, 250, 500]


def build():
    os.makedirs(DIR, exist_ok=True)
    subprocess.run(['gcc', '-std=c99', '-O2', '-g', '-fno-pie', '-no-pie', '-I' + HEADER,
                    '-Itests/support', '-Itests/bench', 'tests/bench/bench.c',
                    'tests/support/support.c', 'tests/support/impl.c',
                    '-lcmocka', '-Wl,-z,now', '-o', f'{DIR}/bench'], check=True)


def instructions(name):
    # The C library's plain memcpy: which one is taken would depend on the machine.
    plain = {**os.environ, 'GLIBC_TUNABLES': 'glibc.cpu.hwcaps=-AVX2,-AVX512F,-AVX512VL,-ERMS'}
    run = subprocess.run(['valgrind', '--tool=callgrind', f'--callgrind-out-file={DIR}/{name}.out',
                          '--toggle-collect=measured_*', '--toggle-collect=stub_*',
                          f'{DIR}/bench', name], env=plain, stderr=subprocess.PIPE, text=True)
    count = re.search(r'Collected : (\d+)', run.stderr)
    if run.returncode or not count:
        raise SystemExit(f'FAIL: {name}: {run.stderr}')
    return int(count[1])


def compressions(name):
    return int(subprocess.run([f'{DIR}/bench', 'compressions', name], check=True,
                              stdout=subprocess.PIPE, text=True).stdout)


def growth():
    """Instructions a reference from 1 to 50 and from 250 to 500; the quotient in per cent."""
    cost = {n: instructions(f'request-references-{n}') for n in REFERENCES}
    for n in REFERENCES:
        print(f'{n:>5} references {cost[n]:>9} instructions')
    few = (cost[50] - cost[1]) / 49
    many = (cost[500] - cost[250]) / 250
    print(f'a reference costs {few:.0f} instructions among few, {many:.0f} among many')
    return cost[500], round(100 * many / few)


def main():
    build()
    found, problems = {}, []
    for name in INSTRUCTIONS:
        found[f'instructions-{name}'] = instructions(name)
    found['instructions-500-references'], found['growth-percent'] = growth()
    for name, wanted in COMPRESSIONS.items():
        found[f'compressions-{name}'] = count = compressions(name)
        if count != wanted:
            problems.append(f'compressions of {name}: {count}, not {wanted}')
    gate.check('tests/bench/limits', found, problems, [])


main()
