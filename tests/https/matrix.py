#!/usr/bin/env python3
"""Runs every https example against every TLS server and every fault of the stand-in.

    python3 tests/https/matrix.py [CLIENT...]      a client is an example: send_openssl, send_curl ...

A good server has to receive the update, which is read back. A server that cannot be trusted must
receive nothing, and the example says why in its TLS library's words and does not try again. A server
that closes or hangs is tried again. Examples are built with ASan and UBSan, so no crash goes unseen.
Ends with `N passed, N failed`. CUC_ALL=1: a missing library is a failure, not a skip. --keep-going
prints what each client said."""
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
FLAGS = ('-std=c99 -D_POSIX_C_SOURCE=200809L -g -O1 -Wall -Wextra -Wpedantic -Werror -I. -Iexamples '
         '-fsanitize=address,undefined -fno-sanitize-recover=all').split()
INSTANCE = '11111111-2222-3333-4444-555555555555'
CONTACT = '66666666-7777-8888-9999-000000000000'
NAME = 'Call back about order 1234'
HASTY_MS = 1200  # the time-out of the builds that meet servers that hang
DONE, FINAL, AGAIN = 0, 1, 3  # exit codes of the examples

# ---- clients -------------------------------------------------------------------------------------

# The order of the arguments, and the time-outs to shorten for servers that hang.
ONE = [INSTANCE, '{contact}', '{name}']
MANY = [INSTANCE, '{name}', '{contact}']
MACRO = (r'define PATIENCE_MS \d+', f'define PATIENCE_MS {HASTY_MS}')
CURL = (r'(CURLOPT_(?:CONNECT)?TIMEOUT_MS), \d+L', rf'\1, {HASTY_MS}L')
CLIENTS = {
    'send_openssl':    (ONE, MACRO),
    'send_curl':       (ONE, CURL),
    'send_curl_multi': (MANY, CURL),
}
HTTP2 = ('send_curl', 'send_curl_multi')
# Libraries that cannot do something: their example is expected to refuse, and says so.
CANNOT = {}


def libraries(source):
    """What the lines `needs: ...` of a file ask for, and the compiler's flags; None: not here."""
    words = ' '.join(re.findall(r'needs: ([a-z0-9_. +-]*)', source.read_text()[:4000])).split()
    modules, flags = [w for w in words if w[0] != '-'], [w for w in words if w[0] == '-']
    install = subprocess.run(['sh', 'tests/install.sh', *modules], capture_output=True, text=True)
    if install.returncode:
        return None
    for module in modules:
        found = subprocess.run(['pkg-config', '--cflags', '--libs', module],
                               capture_output=True, text=True)
        flags += found.stdout.split() if found.returncode == 0 else []
    return flags


def compile_client(name, source, flags):
    done = subprocess.run([*CC, *FLAGS, str(source), '-o', str(OUT / name), *flags],
                          capture_output=True, text=True)
    return done.stderr if done.returncode else None


def build(name):
    """An error, or None. Builds the example, and a second time with short time-outs."""
    source = pathlib.Path(f'examples/{name}.c')
    flags = libraries(source)
    if flags is None:
        return 'a library is missing'
    hasty, edits = re.subn(*CLIENTS[name][1], source.read_text())
    if not edits:
        return 'no time-out was found in its text'
    short = OUT / f'{name}_hasty.c'
    short.write_text(hasty)
    return compile_client(name, source, flags) or compile_client(f'{name}_hasty', short, flags)


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


def run_client(name, port, row):
    environment = {
        **{k: v for k, v in os.environ.items() if not k.lower().endswith('_proxy')},
        'AWS_ACCESS_KEY_ID': 'AKIDEXAMPLE',
        'AWS_SECRET_ACCESS_KEY': 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
        'AWS_SESSION_TOKEN': '', 'AWS_REGION': 'us-east-1', 'AWS_MAX_ATTEMPTS': '',
        'AWS_CA_BUNDLE': str(CERTIFICATES / 'ca.pem'),
        'AWS_ENDPOINT_URL_CONNECT': f'https://{row.host}:{port}',
        'OPENSSL_CONF': str(OUT / 'allows-tls-1.0.cnf'),
        'ASAN_OPTIONS': 'exitcode=99', 'UBSAN_OPTIONS': 'exitcode=99', **row.environment}
    words = [w.format(contact=row.contact, name=row.name) for w in CLIENTS[name][0]]
    program = f'{name}_hasty' if row.hasty else name
    try:
        done = subprocess.run([str(OUT / program), *words], env=environment, timeout=60,
                              stdin=subprocess.DEVNULL, capture_output=True)
    except subprocess.TimeoutExpired:
        return None, 'still running after 60 s'
    return done.returncode, (done.stdout + done.stderr).decode(errors='replace').strip()


class Row:
    """One line of the matrix: a server, what is special about it, and what has to come out."""

    def __init__(self, label, server, outcome, says='', *, standin=(), host='localhost', hasty=False,
                 contact=CONTACT, name=NAME, environment=None, applied=None, times=1, front=None):
        self.label, self.server, self.outcome, self.says = label, server, outcome, says
        self.standin, self.host, self.hasty, self.front = standin, host, hasty, front
        self.contact, self.name, self.environment = contact, name, environment or {}
        self.applied = outcome == DONE if applied is None else applied
        self.times = times


def judge(row, code, said, standin, accepted):
    """What is wrong with a run, or None."""
    attempts = re.search(r'attempts: (\d+)', said)
    if code != row.outcome:
        return f'exit code {code}, not {row.outcome}'
    if not re.search(row.says, said, re.I | re.S):
        return f'does not say /{row.says}/'
    if row.applied and standin.read_back(row.contact) != row.name:
        return 'the update was not applied'
    if row.applied is False and standin.log.read_text():
        return 'something was sent: ' + standin.log.read_text()
    if code == FINAL and attempts and (attempts.group(1) not in '01' or accepted > 1):
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
            wrong = judge(row, code, said, standin, server.accepted)
            with open(OUT / 'said.log', 'a') as log:
                log.write(f'{name} | {row.label} | {code} | {said}\n')
            if wrong:
                return f'{wrong}\n{said}'
    return None


# ---- the matrix ----------------------------------------------------------------------------------

LOST = r'attempts: 3'
UNTRUSTED = r'trust|issuer|self.signed|CA |authority|no signer|unknown'
TLS_ROWS = [
    #   what              server                    outcome  words in which it is said
    Row('good',                   'good',                   DONE),
    Row('an address',             'good',                   DONE, host='127.0.0.1'),
    Row('TLS 1.2',                'TLS 1.2',                DONE),
    Row('TLS 1.3',                'TLS 1.3',                DONE),
    Row('wrong host',             'wrong host',             FINAL, r'host ?name|name mismatch|match'),
    Row('wrong address',          'wrong host',             FINAL, r'address|name|match',
        host='127.0.0.1'),
    Row('expired',                'expired',                FINAL, r'expired'),
    Row('not yet valid',          'not yet valid',          FINAL, r'not yet|future|before|activ'),
    Row('client certificate',     'client certificate',     FINAL, r'purpose|usage'),
    Row('self-signed',            'self-signed',            FINAL, UNTRUSTED),
    Row('unknown CA',             'unknown CA',             FINAL, UNTRUSTED),
    Row('no intermediate',        'no intermediate',        FINAL, UNTRUSTED),
    Row('TLS 1.0',                'TLS 1.0',                FINAL, r'version|protocol'),
    Row('TLS 1.1',                'TLS 1.1',                FINAL, r'version|protocol'),
    Row('plain http',             'plain http',             FINAL, r'version|packet|record|protocol'),
    Row('the system trusts',      'good',                   FINAL, UNTRUSTED,
        environment={'AWS_CA_BUNDLE': ''}),
    Row('no such CA bundle',      'good',                   FINAL, r'bundle|certificates|verify loc',
        environment={'AWS_CA_BUNDLE': '/does/not/exist'}),
    Row('closes at once',         'closes at once',         AGAIN, LOST),
    Row('resets at once',         'resets at once',         AGAIN, LOST),
    Row('closes after hello',     'closes after hello',     AGAIN, LOST),
    Row('closes after handshake', 'closes after handshake', AGAIN, LOST, times=5),
    Row('resets after handshake', 'resets after handshake', AGAIN, LOST, times=5),
    Row('hangs in handshake',     'hangs in handshake',     AGAIN, LOST, hasty=True),
    Row('hangs after request',    'hangs after request',    AGAIN, LOST, hasty=True),
    Row('early 413',              'early 413',              FINAL, r'413', times=5),
    Row('rude 413',               'rude 413',               FINAL, r'413', times=5),
    Row('drips',                  'good',                   DONE, front=servers.Drip),
]
for each in TLS_ROWS:
    each.applied = each.outcome == DONE

ODD = 'a:b c%/d~é'
FAULT_ROWS = [Row(label, 'good', outcome, says, **more) for label, outcome, says, more in [
    ('escaped id', DONE, '', {
        'contact': ODD, 'standin': ('--contact', f'{INSTANCE}/{urllib.parse.quote(ODD, safe="~")}')}),
    ('dots and slashes in an id', DONE, '', {
        'contact': '..a../../..b', 'standin': ('--contact', f'{INSTANCE}/..a..%2F..%2F..b')}),
    ('UTF-8 body', DONE, '', {'name': 'Näme "x" \\ \n🙂'}),
    ('the longest name', DONE, '', {'name': '🙂' * 1024}),
    ('2 KiB token', DONE, '', {
        'environment': {'AWS_SESSION_TOKEN': 'to/k+' * 410 + '=='},
        'standin': ('--session-token', 'to/k+' * 410 + '==')}),
]] + [Row(f'fault {fault}', 'good', outcome, says, standin=('--fault', fault), applied=applied)
      for fault, outcome, says, applied in [
    # fault                          outcome  says             applied
    ('chunked',                       DONE,  'attempts: 1',  True),
    ('one-byte',                      DONE,  'attempts: 1',  True),
    ('chunked+one-byte',              DONE,  'attempts: 1',  True),
    ('continue',                      DONE,  'attempts: 1',  True),
    ('continue+chunked+one-byte',     DONE,  'attempts: 1',  True),
    ('close',                         DONE,  'attempts: 1',  True),
    ('junk-200',                      DONE,  'attempts: 1',  True),
    ('status=503*2',                  DONE,  'attempts: 3',  True),
    ('html-503*1',                    DONE,  'attempts: 2',  True),
    ('drop-before*1',                 DONE,  'attempts: 2',  True),
    ('drop-after*1',                  DONE,  'attempts: 2',  True),
    ('truncate*1',                    DONE,  'attempts: 2',  True),
    ('drop-before',                   AGAIN, 'attempts: 3',  None),
    ('status=503+chunked',            AGAIN, '503',          None),
    ('redirect',                      FINAL, '307',          None),
    ('expired-token',                 FINAL, 'ExpiredToken', None),
    ('reason=ATTRIBUTE_LIMIT_EXCEEDED+continue+chunked+one-byte', FINAL, '400', None),
]]
for each in FAULT_ROWS[5:]:
    each.applied = each.outcome == DONE or None
ROWS = TLS_ROWS + FAULT_ROWS + [
    # A body that ends with the connection may have been cut off, if TLS was not ended first.
    Row('no close_notify', 'no close_notify', AGAIN, LOST, standin=('--fault', 'close'), applied=True),
]


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
            wrong = judge(row, code, said, standin, 0)
        finally:
            proxy.terminate()
            proxy.wait()
        if not wrong and name in HTTP2 and 'HTTP/2' not in log.read_text():
            wrong = 'spoke no HTTP/2: ' + log.read_text()
        return f'{wrong}\n{said}' if wrong else None


# ---- all of it -----------------------------------------------------------------------------------

def prepare():
    (OUT / 'logs').mkdir(parents=True, exist_ok=True)
    (OUT / 'said.log').unlink(missing_ok=True)
    (OUT / 'allows-tls-1.0.cnf').write_text(
        'openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = old\n'
        '[old]\nMinProtocol = TLSv1\nCipherString = DEFAULT:@SECLEVEL=0\n')
    subprocess.run(['sh', 'tests/https/certificates.sh', str(CERTIFICATES)], check=True)
    error = compile_client('connect_standin', 'examples/connect_standin.c', [])
    if error:
        sys.exit(error)


def main(wanted):
    os.chdir(pathlib.Path(__file__).parents[2])
    prepare()
    results, skipped, ready = [], [], []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
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
    failed = [r for r in results if r[2]]
    for name, label, error in failed:
        print(f'FAILED: {name}, {label}: ' + error.replace('\n', '\n    '))
    if skipped:
        print('skipped:', ' '.join(skipped) + ', for want of a library')
    print(f'{len(results) - len(failed)} passed, {len(failed)} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
