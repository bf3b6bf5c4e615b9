#!/usr/bin/env python3
"""Builds examples/windows with MinGW and runs it under wine, against the stand-in and TLS servers.

    python3 tests/windows/run.py        ends with `N passed, N failed`

The Windows is wine's, in build/windows/prefix: what differs between wine's WinHTTP and the real one
is not seen here. Wine 8 reports every failed handshake as error 12157, which is tried again; these
rows therefore only ask that nothing is sent. Wine 8 cannot read a response behind a 100 Continue."""
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.request

sys.path.insert(0, 'tests/https')
import servers  # noqa: E402

OUT = pathlib.Path('build/windows').resolve()
CERTIFICATES = OUT / 'certificates'
WINE, SERVER = '/usr/lib/wine/wine64', '/usr/lib/wine/wineserver64'
FLAGS = '-std=c99 -O2 -Wall -Wextra -Wpedantic -Werror -I.'.split()
PROGRAMS = {'examples/windows/crypto_bcrypt.c': ['-lbcrypt'],
            'examples/windows/send_winhttp.c': ['-lwinhttp', '-lbcrypt'],
            'tests/windows/trust.c': ['-lcrypt32']}
INSTANCE = '11111111-2222-3333-4444-555555555555'
CONTACT = '66666666-7777-8888-9999-000000000000'
ODD, ODD_PATH = 'a:b c%/d~é', 'a%3Ab%20c%25%2Fd~%C3%A9'
TOKEN = 'to/k+' * 410 + '=='
DONE, FINAL, AGAIN = 0, 1, 3
ENVIRONMENT = {**{k: v for k, v in os.environ.items() if not k.lower().endswith('_proxy')},
               'WINEPREFIX': str(OUT / 'prefix'), 'WINEDEBUG': '-all', 'WINEARCH': 'win64',
               'WINEDLLOVERRIDES': 'mscoree=,mshtml=', 'AWS_REGION': 'us-east-1',
               'AWS_ACCESS_KEY_ID': 'AKIDEXAMPLE', 'AWS_SESSION_TOKEN': '',
               'AWS_SECRET_ACCESS_KEY': 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'}

# what           options of the stand-in                       exit code, what is said
PLAIN = [
    ('plain',      [],                                         DONE, 'done (attempts: 1)'),
    ('chunked',    ['--fault', 'chunked'],                     DONE, 'done (attempts: 1)'),
    ('one byte',   ['--fault', 'one-byte'],                    DONE, 'done (attempts: 1)'),
    ('no length',  ['--fault', 'close'],                       DONE, 'done (attempts: 1)'),
    ('503 twice',  ['--fault', 'status=503*2'],                DONE, 'done (attempts: 3)'),
    ('dropped',    ['--fault', 'drop-after*1'],                DONE, 'done (attempts: 2)'),
    ('truncated',  ['--fault', 'truncate*1'],                  DONE, 'done (attempts: 2)'),
    ('no answer',  ['--fault', 'drop-before'],                 AGAIN, '(attempts: 3)'),
    ('redirect',   ['--fault', 'redirect'],                    FINAL, '307'),
    ('expired',    ['--fault', 'expired-token'],               FINAL, 'ExpiredTokenException'),
    ('token',      ['--session-token', TOKEN],                 DONE, 'done (attempts: 1)'),
    ('escaped id', ['--contact', f'{INSTANCE}/{ODD_PATH}'],    DONE, 'done (attempts: 1)'),
]
# server, exit code: of the bad ones nothing may arrive
TLS = [('good', DONE), ('TLS 1.2', DONE), ('early 413', FINAL), ('wrong host', AGAIN),
       ('expired', AGAIN), ('not yet valid', AGAIN), ('self-signed', AGAIN), ('unknown CA', AGAIN),
       ('no intermediate', AGAIN), ('TLS 1.0', AGAIN), ('TLS 1.1', AGAIN), ('closes at once', AGAIN),
       ('closes after handshake', AGAIN)]

passed = failed = 0


def check(what, good, details=''):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print(f'FAILED: {what}\n    {details}')


def run(*command, **more):
    """To a file: a pipe would stay open as long as wine's server does."""
    with open(OUT / 'said', 'w+b') as said:
        done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=said,
                              stderr=said, timeout=120, env={**ENVIRONMENT, **more})
        said.seek(0)
        return done.returncode, said.read().decode(errors='replace')


def wine(program, *words, **more):
    return run(WINE, OUT / f'{program}.exe', *words, **more)


class Standin:
    def __init__(self, options):
        self.log = OUT / 'standin.log'
        self.log.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [str(OUT / 'standin'), '--stay', '--seconds', '120', '--log', str(self.log), *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline().split(b':')[-1])

    def name(self, contact):
        url = f'http://127.0.0.1:{self.port}/contacts/{INSTANCE}/{contact}'
        with urllib.request.urlopen(url, timeout=10) as response:
            return json.load(response)['Contact'].get('Name')

    def close(self):
        self.process.terminate()
        self.process.stdout.close()
        self.process.wait()


def update(what, standin, url, name, code, says, token='', contact=CONTACT, path=CONTACT):
    got, said = wine('send_winhttp', INSTANCE, contact, name, AWS_ENDPOINT_URL_CONNECT=url,
                     AWS_SESSION_TOKEN=token)
    check(f'{what}: exit code', got == code, f'{got}, not {code}: {said}')
    check(f'{what}: it says {says}', says in said, said)
    if code == DONE:
        check(f'{what}: the update arrives', standin.name(path) == name, standin.name(path))


def build():
    for source, libraries in PROGRAMS.items():
        target = OUT / (pathlib.Path(source).stem + '.exe')
        code, said = run('x86_64-w64-mingw32-gcc', *FLAGS, source, '-o', target, *libraries)
        check(f'{source} compiles', code == 0, said)
    code, said = run('cc', '-std=c99', '-O1', '-I.', '-Iexamples', 'examples/connect_standin.c',
                     '-o', OUT / 'standin')
    check('the stand-in compiles', code == 0, said)


def plain():
    for what, options, code, says in PLAIN:
        with contextlib.closing(Standin(options)) as standin:
            odd = what == 'escaped id'
            update(what, standin, f'http://127.0.0.1:{standin.port}', 'Näme 🙂', code, says,
                   TOKEN if what == 'token' else '', *([ODD, ODD_PATH] if odd else []))


def tls(name, code, says):
    with contextlib.closing(Standin([])) as standin, \
         contextlib.closing(servers.Server(name, CERTIFICATES, standin.port)) as server:
        update(name, standin, f'https://localhost:{server.port}', 'By TLS', code, says)
        if code == AGAIN:
            sent = standin.log.read_text()
            check(f'{name}: nothing is sent', not sent, sent)


def rows():
    wine('crypto_bcrypt')  # wine talks of what it sets up
    code, said = wine('crypto_bcrypt')
    check('crypto_bcrypt passes the self-test', code == 0 and 'crypto_bcrypt: ok' in said, said)
    plain()
    tls('good', AGAIN, 'error 12157')  # its authority is not trusted yet
    check('wine trusts the authority', wine('trust', OUT / 'ca.der')[0] == 0)
    for name, code in TLS:
        tls(name, code, 'done' if code == DONE else '413' if code == FINAL else 'WinHTTP: ')


def main():
    shutil.rmtree(OUT / 'prefix', ignore_errors=True)
    os.makedirs(OUT, exist_ok=True)
    build()
    code, said = run('sh', 'tests/https/certificates.sh', CERTIFICATES)
    check('certificates', code == 0, said)
    run('openssl', 'x509', '-in', CERTIFICATES / 'ca.pem', '-outform', 'DER', '-out',
        OUT / 'ca.der')
    run(SERVER, '--persistent=60')  # else each run starts a Windows of its own
    try:
        rows()
    finally:
        run(SERVER, '--kill')
    print(f'{passed} passed, {failed} failed')
    return failed > 0


sys.exit(main())
