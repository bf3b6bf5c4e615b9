"""The contestants: ourselves, the bare hashes, and what else can make this request. Each is built
or installed here; who is missing is skipped by name."""
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field

import count

DIR = count.DIR
HERE = 'tests/bench/peers'
HEADER = os.environ.get('HEADER_DIR', '.')
FLAGS = ['-std=c99', '-D_GNU_SOURCE', '-O2', '-g', '-fno-pie', '-no-pie', '-Wl,-z,now', '-Wall',
         '-Wextra', '-Wpedantic', '-Wconversion', '-I' + HEADER, '-Itests/bench', '-I' + HERE]
SHARED = [HERE + '/worker.c', 'tests/support/impl.c']
# What libcurl hashes with: OpenSSL's functions, left out as ours are.
CURL_HASHES = ['measured_*', 'EVP_DigestInit*', 'EVP_DigestUpdate', 'EVP_DigestFinal_ex',
               'EVP_MD_CTX_new', 'EVP_MD_CTX_free']


@dataclass
class Contestant:
    title: str
    does: str
    command: list
    base: str = 'bare'  # whose time it is divided by
    less: list = None   # the same without signing: the difference counts
    key: str = ''       # short name, for the others' base and for ours among the counts
    hashes: list = None  # functions to be left out of its instructions; None: nothing is counted
    counted: dict = field(default_factory=dict)


def here(*names):
    """Installed, perhaps just now."""
    done = subprocess.run(['sh', 'tests/install.sh', *names], stderr=subprocess.DEVNULL)
    return done.returncode == 0


def compile_c(name, source, modules=(), flags=()):
    libs = count.output('pkg-config', '--cflags', '--libs', *modules).split() if modules else []
    count.output('gcc', *FLAGS, *flags, source, *SHARED, '-o', f'{DIR}/{name}', *libs)


def version_of(module):
    return count.output('pkg-config', '--modversion', module).strip()


def ourselves(openssl):
    kept = 'checks, JSON, key kept'
    plain = [
        Contestant('the bare hashes in plain C', 'the same, `examples/sha256.h`',
                   [f'{DIR}/bench', 'bare'], 'plain', key='plain'),
        Contestant('this header, plain C SHA-256', kept + '; ÷ the same hashes in plain C',
                   [f'{DIR}/bench', 'request-made-hmac'], 'plain', key='request-made-hmac')]
    if not openssl:
        return plain
    exe = f'{DIR}/bench-openssl'
    return [
        Contestant('the bare hashes, OpenSSL', 'SHA-256 of what a request hashes: 15 compressions',
                   [exe, 'bare'], key='bare'),
        Contestant('this header, HMAC lent', kept, [exe, 'request'], key='request'),
        Contestant('this header, HMAC made of SHA-256', kept, [exe, 'request-made-hmac'],
                   key='request-made-hmac'),
        Contestant('the bare hashes with a 1 KiB token', '32 compressions',
                   [exe, 'bare-token-1024'], 'token', key='token'),
        Contestant('this header, 1 KiB session token', kept + '; ÷ its own 32 compressions',
                   [exe, 'request-token-1024'], 'token', key='request-token-1024'), *plain]


def in_c(skipped):
    found = []
    for name, title, module in (('cjson', 'cJSON', 'libcjson'), ('jansson', 'jansson', 'jansson')):
        if not here(module):
            skipped.append(f'{title} ({module})')
            continue
        compile_c(name, f'{HERE}/{name}.c', [module, 'openssl'], ['-DHASH_OPENSSL'])
        found.append(Contestant(f'OpenSSL + {title} {version_of(module)}',
                                'JSON, key kept; signed by hand, nothing checked',
                                [f'{DIR}/{name}', 'request'], hashes=count.HASHES))
    if not here('libcurl'):
        skipped.append('libcurl (libcurl)')
        return found
    compile_c('curl', f'{HERE}/curl.c', ['libcurl'])
    return found + [Contestant(f'libcurl {version_of("libcurl")} `--aws-sigv4`',
                               'difference of sending with and without; no JSON, key anew',
                               [f'{DIR}/curl', 'signed'], less=[f'{DIR}/curl', 'plain'],
                               hashes=CURL_HASHES)]


def npm_is_ready():
    """The packages of package.json in build/, as far as node and npm are there."""
    to = f'{DIR}/npm'
    node = shutil.which('npm') and shutil.which('node') and subprocess.run(
        ['node', '-e', 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'])
    if not node or node.returncode:
        return False
    os.makedirs(to, exist_ok=True)
    for name in os.listdir(HERE):
        if name.endswith('.mjs') or name == 'package.json':
            shutil.copy(f'{HERE}/{name}', to)
    wanted = open(f'{to}/package.json').read()
    stamp = f'{to}/installed.json'
    if os.path.exists(stamp) and open(stamp).read() == wanted:
        return True
    if os.environ.get('CUC_NO_INSTALL') == '1' or subprocess.run(
            ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock',
             '--loglevel=error'], cwd=to, stdout=subprocess.DEVNULL).returncode:
        return False
    shutil.copy(f'{to}/package.json', stamp)
    return True


def from_npm(told, skipped):
    wanted = json.load(open(f'{HERE}/package.json'))['dependencies']
    peers = [('aws4', 'aws4', 'JSON, key kept, nothing checked'),
             ('@smithy/signature-v4', 'smithy', 'JSON, key kept, nothing checked'),
             ('aws-crt', 'aws_crt', 'JSON, key anew, nothing checked; native')]
    if not npm_is_ready():
        skipped.extend(f'{package} (npm)' for package, *_ in peers)
        return []
    return [Contestant(f'{package} {wanted[package]}', does,
                       ['node', f'{DIR}/npm/{script}.mjs', told])
            for package, script, does in peers]


def botocore(told, skipped):
    if not here('python3-botocore'):
        skipped.append('botocore (python3-botocore)')
        return []
    python = '/usr/bin/python3'
    version = count.output(python, '-c', 'import botocore; print(botocore.__version__)').strip()
    return [Contestant(f'botocore {version}, the client',
                       'checks, JSON, key anew, reads a response; no network',
                       [python, f'{HERE}/botocore_client.py', told])]


def build():
    os.makedirs(DIR, exist_ok=True)
    compile_c('bench', 'tests/bench/bench.c')


def request_for_others():
    """The request for those who are not written in C, from what ours shows."""
    shown = count.output(f'{DIR}/bench', 'request', '1')
    source = open('tests/bench/request.h').read()
    pick = lambda pattern, text=shown: re.search(pattern, text)[1]
    return {
        'path': pick('POST (.*) HTTP'),
        'host': pick('host: (.*)'),
        'date': pick('x-amz-date: (.*)'),
        'region': pick('Credential=.*?/.*?/(.*?)/'),
        'access_key': pick('Credential=(.*?)/'),
        'secret_key': pick(r'secret_key *= cuc_s\("(.*)"\)', source),
        'body': json.loads(shown.splitlines()[-1])}


def all_of(request, skipped):
    if not here('openssl'):
        skipped.append('OpenSSL, and all peers, which are compared with its hashes (openssl)')
        return ourselves(False)
    compile_c('bench-openssl', 'tests/bench/bench.c', ['openssl'], ['-DHASH_OPENSSL'])
    told = json.dumps(request)
    return [*ourselves(True), *in_c(skipped), *from_npm(told, skipped), *botocore(told, skipped)]
