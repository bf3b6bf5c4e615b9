#!/usr/bin/env python3
"""Runs every https example against every TLS server and every fault of the stand-in.

    python3 tests/https/matrix.py [CLIENT...]      a client is an example: send_openssl, send_curl ...

A good server has to receive the update, which is read back. A server that cannot be trusted must
receive nothing, and the example says why in its TLS library's words and does not try again. A server
that closes or hangs is tried again. Examples are built with ASan and UBSan, so no crash goes unseen.
Ends with `N passed, N failed`. CUC_ALL=1: a missing library is a failure, not a skip.
build/https/said.log has what each client printed."""
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(__file__))
import servers  # noqa: E402

OUT = pathlib.Path('build/https')
CERTIFICATES = OUT / 'certificates'
CC = shlex.split(os.environ.get('CC', 'cc'))
FLAGS = '-std=c99 -g -O1 -Wall -Wextra -Wpedantic -Werror'.split()
SANITIZE = '-fsanitize=address,undefined -fno-sanitize-recover=all'.split()
INSTANCE = '11111111-2222-3333-4444-555555555555'
CONTACT = '66666666-7777-8888-9999-000000000000'
NAME = 'Call back about order 1234'
RUNS_AT_ONCE = 4  # more than two processors: half of the time a run waits
HASTY_MS = 1200  # the time-out of the builds that meet servers that hang
DONE, FINAL, AGAIN = 0, 1, 3  # exit codes of the examples
TIME_OUTS = re.compile(r'((?:PATIENCE_MS|TIMEOUT_MS,)\s+)\d+')

# ---- clients -------------------------------------------------------------------------------------

# The order of the arguments.
ONE = [INSTANCE, '{contact}', '{name}']
MANY = [INSTANCE, '{name}', '{contact}']
CLIENTS = {
    'send_openssl':    ONE,
    'send_gnutls':     ONE,
    'send_mbedtls':    ONE,
    'send_wolfssl':    ONE,
    'send_bearssl':    ONE,
    'send_curl':       ONE,
    'send_curl_multi': MANY,
    'send_libuv':      MANY,
    'send_libsoup':    ONE,
}
LIBCURL = ('send_curl', 'send_curl_multi', 'send_libuv')
AT_RUN_TIME = {'send_libsoup': ['glib-networking']}  # packages that no compiler asks for
HTTP2 = (*LIBCURL, 'send_libsoup')
# These end with 1 where the others end with 3: what they print tells how often they tried.
ONE_EXIT_CODE = ('send_curl', 'send_curl_multi')
# GLib's worker threads still run at the end, which LeakSanitizer's tracer does not always survive.
THREADS_AT_EXIT = ('send_libsoup',)
# What is different with a library: (client, row) and what comes out in place of the row's outcome.
# Mbed TLS 2.28 and BearSSL know no TLS 1.3 and compare no addresses. libcurl and libsoup take an end
# without close_notify for the end of a body that has no length. BearSSL and GIO do not look at what a
# certificate is for.
EXCEPT = {
    **{(c, r): FINAL for c in ('send_mbedtls', 'send_bearssl') for r in ('an address', 'TLS 1.3')},
    **{(c, 'client certificate'): DONE for c in ('send_bearssl', 'send_libsoup')},
    **{(c, 'no close_notify'): DONE for c in (*LIBCURL, 'send_libsoup')},
}


def libraries(source):
    """What the lines `needs: ...` of a file ask for, and the compiler's flags; None: not here."""
    words = ' '.join(re.findall(r'needs: ([a-z0-9_. +-]*)', source.read_text()[:4000])).split()
    modules, flags = [w for w in words if w[0] != '-'], [w for w in words if w[0] == '-']
    packages = modules + AT_RUN_TIME.get(source.stem, [])
    install = subprocess.run(['sh', 'tests/install.sh', *packages], capture_output=True)
    if install.returncode:
        return None
    for module in modules:
        found = subprocess.run(['pkg-config', '--cflags', '--libs', module],
                               capture_output=True, text=True)
        flags += found.stdout.split() if found.returncode == 0 else []
    return flags


def compile_client(program, source, flags):
    done = subprocess.run([*CC, *FLAGS, '-I.', str(source), '-o', str(program), *flags],
                          capture_output=True, text=True)
    return '\n'.join(re.findall('.*error:.*', done.stderr)) or done.stderr if done.returncode else None


def shorten_time_outs(source):
    """Copies an example and the headers of all of them, with other time-outs, to OUT/hasty."""
    changes = 0
    for file in [source, *source.parent.glob('*.h')]:
        text, n = TIME_OUTS.subn(rf'\g<1>{HASTY_MS}', file.read_text())
        changes += n if file == source or file.name in source.read_text() else 0
        (OUT / 'hasty' / file.name).write_text(text)
    return changes


def build(name):
    """An error, or None. Builds the example, and a second time with short time-outs."""
    source = pathlib.Path(f'examples/{name}.c')
    flags = libraries(source)
    if flags is None:
        return 'a library is missing'
    if not shorten_time_outs(source):
        return 'no time-out was found in its text'
    return (compile_client(OUT / name, source, [*SANITIZE, *flags]) or
            compile_client(OUT / 'hasty' / name, OUT / 'hasty' / source.name, flags))


# ---- one run -------------------------------------------------------------------------------------

class Standin:
    def __init__(self, label, *options):
        self.log = OUT / 'logs' / re.sub(r'[^A-Za-z0-9]+', '-', label)
        self.log.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [str(OUT / 'connect_standin'), '--seconds', '120', '--log', str(self.log), *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline().split(b':')[-1])

    def read_back(self, contact):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=10)
        with contextlib.closing(connection):
            path = '/contacts/%s/%s' % (INSTANCE, urllib.parse.quote(contact, safe='~'))
            connection.request('GET', path)
            return json.load(connection.getresponse()).get('Contact', {}).get('Name')

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def run_client(name, port, row, contacts=()):
    environment = {
        **{k: v for k, v in os.environ.items() if not k.lower().endswith('_proxy')},
        'AWS_ACCESS_KEY_ID': 'AKIDEXAMPLE',
        'AWS_SECRET_ACCESS_KEY': 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
        'AWS_SESSION_TOKEN': '', 'AWS_REGION': 'us-east-1', 'AWS_MAX_ATTEMPTS': '',
        'AWS_CA_BUNDLE': str(CERTIFICATES / 'ca.pem'),
        'AWS_ENDPOINT_URL_CONNECT': f'https://{row.host}:{port}',
        'G_TLS_GNUTLS_PRIORITY': 'NORMAL:+VERS-TLS1.1:+VERS-TLS1.0',
        'OPENSSL_CONF': str(OUT / 'allows-tls-1.0.cnf'),
        'ASAN_OPTIONS': 'exitcode=99' + (':detect_leaks=0' if name in THREADS_AT_EXIT else ''),
        'UBSAN_OPTIONS': 'exitcode=99', **row.environment}
    words = [w.format(contact=row.contact, name=row.name) for w in CLIENTS[name]]
    words = [*words[:-1], *contacts] if contacts else words
    program = f'hasty/{name}' if row.hasty else name
    try:
        done = subprocess.run([str(OUT / program), *words], env=environment, timeout=60,
                              stdin=subprocess.DEVNULL, capture_output=True)
    except subprocess.TimeoutExpired:
        return None, 'still running after 60 s'
    return done.returncode, (done.stdout + done.stderr).decode(errors='replace').strip()


class Row:
    """One line of the matrix: a server, what is special about it, and what has to come out. `sends`:
    a request may reach the stand-in."""

    def __init__(self, label, server, outcome, says='', *, sends=False, standin=(), host='localhost',
                 hasty=False, contact=CONTACT, name=NAME, environment=None, times=1, front=None):
        self.label, self.server, self.outcome, self.says = label, server, outcome, says
        self.standin, self.host, self.hasty, self.front = standin, host, hasty, front
        self.contact, self.name, self.environment = contact, name, environment or {}
        self.sends, self.times = sends, times


def judge(client, row, code, said, standin, accepted):
    """What is wrong with a run, or None."""
    outcome = EXCEPT.get((client, row.label), row.outcome)
    expected = FINAL if outcome == AGAIN and client in ONE_EXIT_CODE else outcome
    attempts = int((re.findall(r'attempts: (\d+)', said) or [0])[-1])
    if code != expected:
        return f'exit code {code}, not {expected}'
    if (outcome == row.outcome or outcome == AGAIN) and not re.search(row.says, said, re.I | re.S):
        return f'does not say /{row.says}/'
    if outcome == DONE and standin.read_back(row.contact) != row.name:
        return 'the update was not applied'
    if not row.sends and outcome != DONE and standin.log.read_text():
        return 'something was sent: ' + standin.log.read_text()
    if outcome == AGAIN and attempts != 3:
        return 'did not try three times'
    if outcome == FINAL and (attempts > 1 or accepted > 1):
        return 'tried again, although the error is final'
    return None


def cell(name, row):
    """A client against a row. Returns what failed, as text, or None."""
    with contextlib.ExitStack() as stack:
        standin = stack.enter_context(contextlib.closing(
            Standin(f'{name} {row.label}', *row.standin)))
        server = stack.enter_context(contextlib.closing(
            servers.Server(row.server, CERTIFICATES, standin.port)))
        if row.front:
            server = stack.enter_context(contextlib.closing(row.front(server.port)))
        for _ in range(row.times):
            server.accepted = 0
            code, said = run_client(name, server.port, row)
            wrong = judge(name, row, code, said, standin, server.accepted)
            with open(OUT / 'said.log', 'a') as log:
                log.write(f'{name} | {row.label} | {code} | {said}\n')
            if wrong:
                return f'{wrong}\n{said}'
    return None


# ---- the matrix ----------------------------------------------------------------------------------

UNTRUSTED = r'trust|issuer|self.signed|CA |authority|verify failed|unknown'
VERSION = r'version|protocol|alert'
TLS_ROWS = [
    #   what                      server                    outcome  words in which it is said
    Row('good',                   'good',                   DONE),
    Row('an address',             'good',                   DONE, host='127.0.0.1'),
    Row('TLS 1.2',                'TLS 1.2',                DONE),
    Row('TLS 1.3',                'TLS 1.3',                DONE),
    Row('drips',                  'good',                   DONE, front=servers.Drip),
    Row('wrong host',             'wrong host',             FINAL, r'host ?name|name mismatch|match'),
    Row('wrong address',          'wrong host',             FINAL, r'address|name|match',
        host='127.0.0.1'),
    Row('expired',                'expired',                FINAL, r'expired|date after'),
    Row('not yet valid',          'not yet valid',          FINAL, r'not yet|future|before|activ'),
    Row('client certificate',     'client certificate',     FINAL, r'purpose|usage|key use'),
    Row('self-signed',            'self-signed',            FINAL, UNTRUSTED),
    Row('unknown CA',             'unknown CA',             FINAL, UNTRUSTED),
    Row('no intermediate',        'no intermediate',        FINAL, UNTRUSTED),
    Row('the system trusts',      'good',                   FINAL, UNTRUSTED,
        environment={'AWS_CA_BUNDLE': ''}),
    Row('no such CA bundle',      'good',                   FINAL, r'bundle|certificates|certificate file',
        environment={'AWS_CA_BUNDLE': '/does/not/exist'}),
    Row('TLS 1.0',                'TLS 1.0',                FINAL, VERSION),
    Row('TLS 1.1',                'TLS 1.1',                FINAL, VERSION),
    Row('plain http',             'plain http',             FINAL, r'version|packet|record|protocol|connect error'),
    Row('closes at once',         'closes at once',         AGAIN),
    Row('resets at once',         'resets at once',         AGAIN),
    Row('closes after hello',     'closes after hello',     AGAIN),
    Row('closes after handshake', 'closes after handshake', AGAIN, times=2),
    Row('resets after handshake', 'resets after handshake', AGAIN, times=2),
    Row('hangs in handshake',     'hangs in handshake',     AGAIN, hasty=True),
    Row('hangs after request',    'hangs after request',    AGAIN, hasty=True),
    Row('early 413',              'early 413',              FINAL, r'413', times=2),
    Row('rude 413',               'rude 413',               FINAL, r'413', times=4),
    # A body that ends with the connection may have been cut off, if TLS was not ended first.
    Row('no close_notify',        'no close_notify',        AGAIN, sends=True,
        standin=('--fault', 'close')),
]

ODD = 'a:b c%/d~é'
TOKEN = 'to/k+' * 410 + '=='
DATA_ROWS = [
    Row('escaped id', 'good', DONE, contact=ODD,
        standin=('--contact', f'{INSTANCE}/{urllib.parse.quote(ODD, safe="~")}')),
    Row('dots and slashes in an id', 'good', DONE, contact='..a../../..b',
        standin=('--contact', f'{INSTANCE}/..a..%2F..%2F..b')),
    Row('UTF-8 body', 'good', DONE, name='Näme "x" \\ \n🙂'),
    Row('the longest name', 'good', DONE, name='🙂' * 1024),
    Row('2 KiB token', 'good', DONE, environment={'AWS_SESSION_TOKEN': TOKEN},
        standin=('--session-token', TOKEN)),
]
FAULT_ROWS = [
    Row(f'fault {fault}', 'good', outcome, says, standin=('--fault', fault), sends=True)
    for fault, outcome, says in [
        ('chunked',                      DONE,  'attempts: 1'),
        ('one-byte',                     DONE,  'attempts: 1'),
        ('continue+chunked+one-byte',    DONE,  'attempts: 1'),
        ('close',                        DONE,  'attempts: 1'),
        ('status=503*2',                 DONE,  'attempts: 3'),
        ('drop-after*1',                 DONE,  'attempts: 2'),
        ('truncate*1',                   DONE,  'attempts: 2'),
        ('drop-before',                  AGAIN, ''),
        ('redirect',                     FINAL, '307'),
        ('expired-token',                FINAL, 'ExpiredToken'),
    ]
]
ROWS = TLS_ROWS + DATA_ROWS + FAULT_ROWS


def bad_servers_work():
    """Each server that is refused for its certificate or version serves a client that does not care."""
    for name, (certificate, versions, behave) in servers.SERVERS.items():
        if behave is not servers.serve:
            continue
        with contextlib.closing(Standin(f'careless {name}')) as standin, \
             contextlib.closing(servers.Server(name, CERTIFICATES, standin.port)) as server:
            status = servers.careless_get(server.port, f'/contacts/{INSTANCE}/{CONTACT}')
            yield name, None if status == 200 else f'a careless client is not served: {status}'


# ---- HTTP/2 --------------------------------------------------------------------------------------

def http2(name):
    """Through nghttpx, which speaks HTTP/2 to the client and HTTP/1.1 to the stand-in."""
    with contextlib.closing(Standin(f'{name} http2')) as standin:
        port, log = servers.free_port(), OUT / 'logs' / f'nghttpx-{name}'
        log.unlink(missing_ok=True)
        pem = str(CERTIFICATES / 'good.pem')
        proxy = subprocess.Popen(
            ['nghttpx', '--conf=/dev/null', '--workers=1', '--no-ocsp', '--no-host-rewrite',
             f'--frontend=127.0.0.1,{port}', f'--backend=127.0.0.1,{standin.port}',
             f'--accesslog-file={log}', '--accesslog-format=$request', '--errorlog-file=/dev/null',
             pem, pem], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            if not servers.wait_for(port):
                return 'nghttpx does not start'
            row = Row('HTTP/2', None, DONE)
            code, said = run_client(name, port, row)
            wrong = judge(name, row, code, said, standin, 0)
        finally:
            proxy.terminate()
            proxy.wait()
        if not wrong and name in HTTP2 and 'HTTP/2' not in log.read_text():
            wrong = 'spoke no HTTP/2: ' + log.read_text()
        return f'{wrong}\n{said}' if wrong else None


# ---- many calls at once --------------------------------------------------------------------------

def many(name):
    """500 calls on one thread, with faults; no more connections than the example promises."""
    limit = int(re.search(r'CONNECTIONS = (\d+)', pathlib.Path(f'examples/{name}.c').read_text())[1])
    contacts = [f'soak-{i}' for i in range(500)]
    with contextlib.closing(Standin(f'{name} many', '--contacts', '500', '--fault', 'status=503*20',
                                    '--fault', 'drop-after*5')) as standin, \
         contextlib.closing(servers.Server('good', CERTIFICATES, standin.port)) as server:
        code, said = run_client(name, server.port, Row('many', 'good', DONE), contacts)
        done = len(re.findall(r': done \(attempts: [1-3]\)', said))
        absent = [c for c in contacts if standin.read_back(c) != NAME]
    for line in re.findall(r'^(?:\d+ calls|memory per call): .*', said, re.M):
        print(f'{name}, with sanitizers: {line}')
    if code != DONE or done != 500 or absent:
        return f'exit code {code}, {done} of 500 done, not read back: {absent}\n{said[-500:]}'
    return f'{server.peak} connections, more than {limit}' if server.peak > limit else None


# ---- all of it -----------------------------------------------------------------------------------

def prepare():
    for folder in ('logs', 'hasty'):
        (OUT / folder).mkdir(parents=True, exist_ok=True)
    (OUT / 'said.log').unlink(missing_ok=True)
    (OUT / 'allows-tls-1.0.cnf').write_text(
        'openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = old\n'
        '[old]\nMinProtocol = TLSv1\nCipherString = DEFAULT:@SECLEVEL=0\n')
    subprocess.run(['sh', 'tests/https/certificates.sh', str(CERTIFICATES)], check=True)
    error = compile_client(OUT / 'connect_standin', 'examples/connect_standin.c', [])
    if error:
        sys.exit(error)


def main(wanted):
    os.chdir(pathlib.Path(__file__).parents[2])
    prepare()
    results, skipped, ready = [], [], []
    with concurrent.futures.ThreadPoolExecutor(RUNS_AT_ONCE) as pool:
        names = [n for n in CLIENTS if not wanted or n in wanted]
        for name, error in zip(names, pool.map(build, names)):
            if error == 'a library is missing' and os.environ.get('CUC_ALL') != '1':
                skipped.append(name)
                continue
            results.append((name, 'builds', error))
            ready += [] if error else [name]
        results += [('careless client', name, error) for name, error in bad_servers_work()]
        jobs = [(name, row) for name in ready for row in ROWS]
        results += [(name, row.label, error) for (name, row), error
                    in zip(jobs, pool.map(lambda job: cell(*job), jobs))]
        results += [(name, 'HTTP/2', error) for name, error in zip(ready, pool.map(http2, ready))]
        results += [(name, 'many calls', many(name)) for name in ready if name == 'send_libuv']
    failed = [r for r in results if r[2]]
    for name, label, error in failed:
        print(f'FAILED: {name}, {label}: ' + '\n    '.join(error.split('\n')[:5]))
    if skipped:
        print('skipped:', ' '.join(skipped) + ', for want of a library')
    print(f'{len(results) - len(failed)} passed, {len(failed)} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
