#!/usr/bin/env python3
"""Runs the crypto examples, with the library versions that Debian has and with stand-ins for newer
ones, and prints what hashing costs with each: instructions a request, counted by callgrind.

    python3 tests/crypto/run.py        ends with `N passed, N failed`

Every library has to pass cuc_selftest and to make the same signature. CUC_ALL=1: a missing library is
a failure, not a skip. callgrind knows AVX2 but not the SHA instructions of newer processors: with those
all libraries that have assembler for them are several times faster."""
import os
import pathlib
import re
import shlex
import subprocess
import sys

sys.path.insert(0, 'tests/bench')
import count  # noqa: E402

OUT = pathlib.Path('build/crypto')
CC = shlex.split(os.environ.get('CC', 'cc'))
FLAGS = '-std=c99 -g -O2 -Wall -Wextra -Wpedantic -Werror -I. -Iexamples'.split()
SANITIZE = '-fsanitize=address,undefined -fno-sanitize-recover=all'.split()
# example, and the macro that tells cost.c what its callbacks want as user
COSTS = {'openssl': [], 'openssl_kept': ['-DKEPT'], 'gnutls': [], 'nettle': [], 'mbedtls': [],
         'psa': [], 'wolfssl': [], 'bearssl': [], 'sodium': []}
# example, the stand-in's folder, what it stands for
NEWER = [('nettle', 'nettle4', 'Nettle 4'), ('mbedtls', 'mbedtls3', 'Mbed TLS 3')]
# Of SHA-256 in one request: exact for the kept one (kept.c), by the library's contract for the rest.
COMPRESSIONS = {'openssl_kept': ('13', '31')}
PACKAGES = {'mbedtls': 'libmbedtls-dev', 'psa': 'libmbedtls-dev', 'bearssl': 'libbearssl-dev'}

passed = failed = 0
skipped = []


def check(what, good, details=''):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print(f'FAILED: {what}\n    {details.strip()}')


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120)


def libraries(name):
    """The compiler's flags for examples/crypto_NAME.c, and the library's version; None: not here."""
    words = re.search(r'needs: ([a-z0-9_. +-]*)', pathlib.Path(f'examples/crypto_{name}.c').read_text())
    words = words[1].split()
    modules, flags = [w for w in words if w[0] != '-'], [w for w in words if w[0] == '-']
    if run('sh', 'tests/install.sh', *modules).returncode:
        return None
    for module in modules:
        flags += run('pkg-config', '--cflags', '--libs', module).stdout.split()
    version = run('pkg-config', '--modversion', modules[0]).stdout.strip()
    if not version:
        package = run('dpkg-query', '-W', '-f', '${Version}', PACKAGES[name]).stdout
        version = re.match(r'[0-9.]*', package)[0]
    return flags, version


def build(source, target, flags):
    done = run(*CC, *FLAGS, source, '-o', OUT / target, *flags)
    check(f'{source} compiles as {target}', done.returncode == 0, done.stderr)
    return done.returncode == 0


def cost(name, flags):
    """Instructions in the two callbacks, with the day's key and with the secret; the signature."""
    target = f'cost_{name}'
    if not build('tests/crypto/cost.c', target, [f'-DEXAMPLE="crypto_{name}.c"', *COSTS[name], *flags]):
        return None
    signed = {mode: run(OUT / target, mode, '2') for mode in ('day', 'secret')}
    for mode, done in signed.items():
        check(f'{name} signs with the {mode}', done.returncode == 0, done.stderr)
        check(f'{name} passes the self-test', f'crypto_{name}: ok\n' in done.stdout, done.stdout)
    lines = {done.stdout.strip().split('\n')[-1] for done in signed.values()}
    check(f'{name}: both ways have the same signature', len(lines) == 1, str(lines))
    counted = [count.instructions(str(OUT / target), mode, toggles=['my_sha256', 'my_hmac'])
               for mode in ('day', 'secret')]
    return counted, lines


def table():
    signatures, costs = set(), {}
    print(f'{"library":<14}{"version":<10}{"compressions":>16}{"instructions in the callbacks":>34}')
    print(f'{"":<14}{"":<10}{"day’s key, secret":>20}{"day’s key":>15}{"secret":>15}')
    for name in COSTS:
        found = libraries(name)
        if found is None:
            skipped.append(name)
            check(f'{name} is here', not os.environ.get('CUC_ALL'))
            continue
        flags, version = found
        counted, lines = cost(name, flags) or ((0, 0), set())
        signatures |= lines
        costs[name] = counted
        compressions = ', '.join(COMPRESSIONS.get(name, ('15', '31')))
        print(f'{name:<14}{version:<10}{compressions:>20}{counted[0]:>15,}{counted[1]:>15,}')
    check('all libraries make the same signature', len(signatures) == 1, str(signatures))
    return costs


def newer():
    for name, folder, title in NEWER:
        found = libraries(name)
        target = f'{name}_{folder}'
        if found and build(f'examples/crypto_{name}.c', target,
                           ['-isystem', f'tests/crypto/{folder}', *found[0]]):
            done = run(OUT / target)
            check(f'{name} with the prototypes of {title}', done.returncode == 0, done.stderr)


def kept():
    found = libraries('openssl_kept')
    if found and build('tests/crypto/kept.c', 'kept', [*SANITIZE, '-lcmocka', *found[0]]):
        done = run(OUT / 'kept')
        good = re.search(r'\[  PASSED  \] (\d+) test', done.stdout + done.stderr)
        check('kept.c', done.returncode == 0 and good, done.stdout + done.stderr)


def main():
    os.makedirs(OUT, exist_ok=True)
    count.DIR = str(OUT)
    newer()
    kept()
    costs = table()
    if {'openssl', 'openssl_kept'} <= costs.keys():
        check('the kept state saves instructions with the day’s key',
              costs['openssl_kept'][0] < costs['openssl'][0], str(costs))
    if skipped:
        print('skipped: ' + ', '.join(skipped))
    print(f'{passed} passed, {failed} failed')
    return failed > 0


sys.exit(main())
