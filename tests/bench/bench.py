"""`make bench`: what a request costs, counted: instructions without those of the caller's hash and
compressions of SHA-256, against tests/bench/limits.
HEADER_DIR=dir: another copy of the header."""
import os
import subprocess
import sys

sys.path.insert(0, 'tests/size')
import count  # noqa: E402
import gate  # noqa: E402

DIR = count.DIR
HEADER = os.environ.get('HEADER_DIR', '.')
INSTRUCTIONS = ['request', 'request-token-1024', 'request-secret', 'request-references-500',
                'validation']
JSON = {'json': '', 'json-text-14700': '-text-14700'}  # what is written less what is validated
COMPRESSIONS = {  # exactly these; the key is ready, or made from the secret
    'request': 15, 'request-secret': 31,
    'request-token-1024': 32, 'request-token-1024-secret': 48,
    'request-body-16384': 268, 'request-body-16384-secret': 284,
}
BYTES = [256, 1024, 4096, 16384, 65536]
GROWTH = {
    'references': ('1 → 500 references', [1, 10, 50, 100, 250, 500]),
    'body': ('256 B → 64 KiB of ready body', BYTES),
    'text': ('256 B → 64 KiB of text in fields and segments', BYTES),
    'token': ('1 B → 16 KiB of session token', [1, 256, 1024, 4096, 16384]),
}


def build():
    os.makedirs(DIR, exist_ok=True)
    subprocess.run(['gcc', '-std=c99', '-D_POSIX_C_SOURCE=200809L', '-O2', '-g', '-fno-pie', '-no-pie',
                    '-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-I' + HEADER, '-Itests/bench',
                    'tests/bench/bench.c', 'tests/bench/peers/worker.c', 'tests/support/impl.c',
                    '-Wl,-z,now', '-o', f'{DIR}/bench'], check=True)


def counts(problems):
    found = {f'instructions-{name}': count.ours(name) for name in INSTRUCTIONS}
    for name, more in JSON.items():
        found[f'instructions-{name}'] = count.ours('json' + more) - count.ours('validation' + more)
    for name, (title, sizes) in GROWTH.items():
        found[f'growth-{name}'] = count.growth(title, f'request-{name}', sizes)
    for name, wanted in COMPRESSIONS.items():
        found[f'compressions-{name}'] = n = count.compressions(name)
        if n != wanted:
            problems.append(f'compressions of {name}: {n}, not {wanted}')
    return found


def main():
    build()
    problems = []
    gate.check('tests/bench/limits', counts(problems), problems, [])


main()
