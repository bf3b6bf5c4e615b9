#!/usr/bin/env python3
"""Compiles the recipes of examples/firmware/recipes with the prototypes of their stacks. Those over a
blocking connection also run, with examples/firmware/main.c and a stand-in for their TLS library that
has no TLS, against the stand-in of the service. corehttp.c is only compiled.

    python3 tests/recipes/run.py       ends with `N passed, N failed`"""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

OUT = pathlib.Path('build/recipes')
F = pathlib.Path('examples/firmware')
HERE = pathlib.Path('tests/recipes')
FLAGS = '-std=c99 -D_POSIX_C_SOURCE=200809L -g -Wall -Wextra -Wpedantic -Werror'.split()
INCLUDE = ['-I.', '-Iexamples', f'-I{F}', f'-I{OUT}']
SANITIZE = '-fsanitize=address,undefined -fno-sanitize-recover=all'.split()
RUN = ('esp_idf', 'zephyr')
RECIPES = (*RUN, 'corehttp')
TOKEN = 'to/k+' * 200

# the stand-in's fault, exit code, attempts, verdict. Each recipe's second connection fails.
ROWS = [
    ('',                                0, 3, 'done'),
    ('chunked+continue+one-byte',       0, 3, 'done'),
    ('close',                           0, 3, 'done'),
    ('drop-after*1',                    1, 3, 'no complete response'),
    ('drop-before',                     1, 3, 'no complete response'),
    ('reason=ATTRIBUTE_LIMIT_EXCEEDED', 1, 3, 'the service said no: 400'),
]

passed = failed = 0


def check(what, good, details=''):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print(f'FAILED: {what}\n    {details.strip()}')
    return good


def run(*command, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=120, env={**os.environ, **more})
    return done.returncode, done.stdout + done.stderr


def compiles(compiler, name):
    code, said = run(compiler, *FLAGS, *INCLUDE, f'-I{HERE}/{name}', '-c', F / f'recipes/{name}.c',
                     '-o', OUT / f'{name}.o')
    return check(f'{name}.c compiles with {compiler}', code == 0, said)


@contextlib.contextmanager
def standin(fault):
    process = subprocess.Popen(
        [str(OUT / 'standin'), '--stay', '--seconds', '60', '--log', str(OUT / 'standin.log'),
         '--session-token', TOKEN, *(['--fault', fault] if fault else [])],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        yield process.stdout.readline().split(b':')[-1].decode().strip()
    finally:
        process.terminate()
        process.stdout.close()
        process.wait()


def runs(name):
    sources = [F / f'recipes/{name}.c', HERE / name / 'stand_in.c', HERE / 'board.c',
               *(F / f'{part}.c' for part in ('main', 'cuc', 'sha256'))]
    code, said = run('cc', *FLAGS, *SANITIZE, *INCLUDE, f'-I{HERE}/{name}', *sources, '-o',
                     OUT / name)
    if not check(f'{name} links', code == 0, said):
        return
    for fault, wanted, attempts, verdict in ROWS:
        with standin(fault) as port:
            code, said = run(OUT / name, RECIPE_PORT=port)
        found = re.findall(r'^attempts: (\d+)', said, re.M)
        check(f'{name}, fault "{fault}"', code == wanted and f'verdict: {verdict}' in said
              and found == [str(attempts)], f'exit code {code}: {said}')


def early_responses():
    """A success that came before the request was written is none."""
    code, said = run('cc', *FLAGS, *SANITIZE, *INCLUDE, f'-I{F}/recipes', HERE / 'early.c', '-o',
                     OUT / 'early')
    if check('early.c compiles', code == 0, said):
        code, said = run(OUT / 'early')
        check('early responses through blocking_tls.h', code == 0, said)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / 'config.h').write_text(
        '#define ACCESS_KEY "AKIDEXAMPLE"\n'
        '#define SECRET_KEY "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"\n'
        f'#define SESSION_TOKEN "{TOKEN}"\n')
    code, said = run('cc', '-std=c99', '-O1', '-I.', '-Iexamples', 'examples/connect_standin.c',
                     '-o', OUT / 'standin')
    check('the stand-in compiles', code == 0, said)
    for name in RECIPES:
        for compiler in ('cc', 'clang-19', 'arm-none-eabi-gcc'):
            if shutil.which(compiler) and not (compiler.startswith('arm') and name == 'zephyr'):
                compiles(compiler, name)
    for name in RUN:
        runs(name)
    early_responses()
    print(f'recipes: {passed} passed, {failed} failed')
    return failed > 0


sys.exit(main())
