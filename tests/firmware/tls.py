#!/usr/bin/env python3
"""The firmware with lwIP and Mbed TLS on QEMU's Cortex-M3 board (mps2-an385, Ethernet by LAN9118),
against TLS servers, good and bad, before the stand-in.

    python3 tests/firmware/tls.py       ends with `N passed, N failed`

lwIP and Mbed TLS are Debian's source packages. The board gets its address by DHCP from QEMU, asks the
name server below for connect.us-east-1.amazonaws.com, and connects to port 443 of what it is told,
from where relay.py leads to the TLS server. Its clock begins in 1970, it has a signing key for the day
and no secret. Prints flash and RAM by owner, the peak of the heap, and the painted stack."""
import base64
import collections
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import threading
import urllib.request

sys.path.insert(0, 'tests/https')
import servers  # noqa: E402

OUT = pathlib.Path('build/firmware-tls')
F = pathlib.Path('examples/firmware')
LWIP, MBEDTLS = OUT / 'src/lwip/src', OUT / 'src/mbedtls'
CERTIFICATES = OUT / 'certificates'
HOST = 'connect.us-east-1.amazonaws.com'
ADDRESS = '10.0.2.100'  # what the name server says; QEMU's own network is 10.0.2.0/24
NOW, DAY = 1861916399, '20281231'  # 22:59:59 of that day
SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
TOKEN = base64.b64encode(os.urandom(1152)).decode()  # 1536 bytes
PATH = '/contacts/11111111-2222-3333-4444-555555555555/66666666-7777-8888-9999-000000000000'
RAM = 0x20000  # bytes
BEFORE = {'Id': '66666666-7777-8888-9999-000000000000'}
AFTER = {**BEFORE, 'Name': 'Tür 7', 'Description': 'Battery low: 2.9 V.\nSign says "Alarm".',
         'References': {'snapshot': {'Type': 'URL',
                                     'Value': 'https://example.com/door/7.jpg?at=1&size=2'}}}

OURS = ['main', 'cuc', 'sha256', 'board_m3', 'lwip/tls', 'lwip/lan9118', 'lwip/random']
CORE = ('init def dns inet_chksum ip mem memp netif pbuf stats sys altcp altcp_alloc altcp_tcp tcp '
        'tcp_in tcp_out timeouts udp ipv4/dhcp ipv4/etharp ipv4/icmp ipv4/ip4 ipv4/ip4_addr '
        'ipv4/ip4_frag').split()
CPU = '--specs=picolibc.specs -mcpu=cortex-m3 -mthumb -Os -std=c99 -ffunction-sections -fdata-sections'
STRICT = '-Wall -Wextra -Wpedantic -Wconversion -Werror'
INCLUDE = ['-I.', f'-I{OUT}', f'-I{F}/lwip', '-isystem', f'{LWIP}/include', '-isystem',
           f'{MBEDTLS}/include', '-DMBEDTLS_CONFIG_FILE="mbedtls_config.h"']
LINK = ['-Wl,--gc-sections', f'-Wl,-Map={OUT}/tls.map',
        f'-Wl,--defsym=__flash=0,--defsym=__flash_size=0x40000,--defsym=__ram=0x20000000,'
        f'--defsym=__ram_size={RAM},--defsym=__stack_size=0x2000']

# server, the stand-in's faults, attempts, requests that arrive, what the verdict and the console say
ROWS = [
    ('good',           [],                                  2, 2, 'done', ''),
    ('good',           ['continue+chunked+one-byte'],       2, 2, 'done', ''),
    ('TLS 1.2',        ['status=503*1'],                    3, 3, 'done', ''),
    # The service sends lengths. A body that ends with the connection may have been cut off.
    ('good',           ['close'],                           3, 3, 'no complete response', ''),
    ('wrong host',     [], 1, 0, 'returned 2', 'refused: 4'),    # BADCERT_CN_MISMATCH
    ('self-signed',    [], 1, 0, 'returned 2', 'refused: 8'),    # BADCERT_NOT_TRUSTED
    ('unknown CA',     [], 1, 0, 'returned 2', 'refused: 8'),
    ('no intermediate', [], 1, 0, 'returned 2', 'refused: 8'),
    # Without a clock an expired certificate cannot be told from a good one: one request goes out, with
    # a date that has passed. Its 403 tells the time, and from then on the dates are checked.
    ('expired',        [], 2, 1, 'returned 2', 'refused: 1'),    # BADCERT_EXPIRED
    ('TLS 1.1',        [], 3, 0, 'no complete response', ''),
    ('closes after handshake', [], 3, 0, 'no complete response', ''),
]

passed = failed = 0


def check(what, good, details=''):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print(f'FAILED: {what}\n    {details}')


def run(*command, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f'FAILED: {command}\n{done.stdout}{done.stderr}')
    return done.stdout


# ---- the image -----------------------------------------------------------------------------------

def signing_key():
    key = b'AWS4' + SECRET.encode()
    for part in (DAY, 'us-east-1', 'connect', 'aws4_request'):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return key


def numbers(data):
    return '{ ' + ', '.join(str(byte) for byte in data) + ' }'


def configure(dns_port):
    pem = (CERTIFICATES / 'ca.pem').read_text().replace('\n', '\\n')
    (OUT / 'config.h').write_text(
        '#define ACCESS_KEY "AKIDEXAMPLE"\n'
        f'#define SIGNING_KEY {numbers(signing_key())}\n#define SIGNING_DAY "{DAY}"\n'
        f'#define SESSION_TOKEN "{TOKEN}"\n#define CA_PEM "{pem}"\n'
        f'#define SEED {numbers(os.urandom(32))}\n'
        '#define DNS_SERVER IPADDR4_INIT_BYTES(10, 0, 2, 2)\n')
    (OUT / 'test_network.h').write_text(
        f'#define LWIP_DHCP_MAX_DNS_SERVERS 0\n#define DNS_SERVER_PORT {dns_port}\n')


def compile_all(sources, prefix, flags):
    objects = []
    for source in sources:
        objects.append(OUT / f'{prefix}{pathlib.Path(source).stem}.o')
        run('arm-none-eabi-gcc', *CPU.split(), *flags, *INCLUDE, '-c', source, '-o', objects[-1])
    return objects


def build():
    lwip = [LWIP / f'core/{name}.c' for name in CORE]
    lwip += [LWIP / 'netif/ethernet.c', *(LWIP / 'apps/altcp_tls').glob('*.c')]
    objects = compile_all([F / f'{name}.c' for name in OURS], '', STRICT.split())
    objects += compile_all(lwip, 'lwip_', ['-w'])
    objects += compile_all((MBEDTLS / 'library').glob('*.c'), 'mbedtls_', ['-w'])
    run('arm-none-eabi-gcc', *CPU.split(), *objects, *LINK, '-o', OUT / 'tls.elf')
    heap = re.findall(r' (malloc|calloc|realloc|free|_?sbrk|printf)$',
                      run('arm-none-eabi-nm', OUT / 'tls.elf'), re.M)
    check('the image has no heap of the C library', not heap, heap)
    run('cc', '-std=c99', '-O1', '-I.', '-Iexamples', 'examples/connect_standin.c', '-o',
        OUT / 'standin')


def owner(file):
    name = re.sub(r'.*/', '', file)
    if name.startswith(('lwip_', 'mbedtls_')):
        return {'lwip': 'lwIP', 'mbedtls': 'Mbed TLS'}[name.split('_')[0]]
    if name == 'cuc.o':
        return 'header'
    return 'glue' if name[:-2] in [o.split('/')[-1] for o in OURS] else 'C library and start-up'


def sizes():
    """Bytes of flash and of RAM by owner, from the map: ` section address size file` in one or two
    lines."""
    flash, ram = collections.Counter(), collections.Counter()
    text = (OUT / 'tls.map').read_text().split('Linker script and memory map')[1]
    for out in re.split(r'\n(?=\.)', text):
        section = out.split(None, 1)[0]
        for size, file in re.findall(r'^ [.\w*]\S*\s+0x\w+\s+0x(\w+) (\S+\.o\)?)$', out, re.M):
            if section in ('.init', '.text', '.data'):
                flash[owner(file)] += int(size, 16)
            if section in ('.data', '.bss'):
                ram[owner(file)] += int(size, 16)
    return flash, ram


def report(said):
    flash, ram = sizes()
    sections = dict(re.findall(r'^(\.\w+)\s+(\d+)', run('arm-none-eabi-size', '-A', OUT / 'tls.elf'),
                               re.M))
    total = int(sections['.data']) + int(sections['.bss'])
    print(f'Cortex-M3 with lwIP and Mbed TLS, session token of {len(TOKEN)} bytes')
    for title, found in (('flash', flash), ('static RAM', ram)):
        print(f'  {title} {sum(found.values())}: '
              + ', '.join(f'{name} {size}' for name, size in found.most_common()))
    check('the map accounts for the static RAM', abs(sum(ram.values()) - total) < 64,
          f'{sum(ram.values())} and {total}')
    stack = int(said['stack'][-1])
    print(f'  RAM {total + stack} of {RAM}: static {total}, painted stack {stack}')
    print(f'  lwIP\'s heap, from which Mbed TLS takes its memory: peak {said["heap"][-1]}, part of '
          'the static RAM')
    print(f'  work {said["work"][-1]} needed')
    check('the stack has not grown into the data', stack < RAM - total - 256, stack)


# ---- what is around the board --------------------------------------------------------------------

class Dns:
    """Says ADDRESS for HOST, and nothing for any other name."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(('127.0.0.1', 0))
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        wanted = b''.join(bytes([len(p)]) + p.encode() for p in HOST.split('.')) + b'\0'
        while True:
            query, peer = self.sock.recvfrom(512)
            if query[12:12 + len(wanted)].lower() != wanted:
                continue
            answer = b'\xc0\x0c' + struct.pack('>HHIH', 1, 1, 60, 4) + socket.inet_aton(ADDRESS)
            self.sock.sendto(query[:2] + struct.pack('>HHHHH', 0x8180, 1, 1, 0, 0)
                             + query[12:12 + len(wanted) + 4] + answer, peer)


class Standin:
    def __init__(self, faults):
        options = [word for fault in faults for word in ('--fault', fault)]
        self.log = OUT / 'standin.log'
        self.log.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [str(OUT / 'standin'), '--stay', '--seconds', '120', '--now', str(NOW), '--session-token',
             TOKEN, '--log', str(self.log), *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline().split(b':')[-1])

    def contact(self):
        with urllib.request.urlopen(f'http://127.0.0.1:{self.port}{PATH}', timeout=10) as response:
            return json.load(response)['Contact']

    def requests(self):
        return len(re.findall(r'^\S+ \S+ .* POST /contacts/', self.log.read_text(), re.M))

    def close(self):
        self.process.terminate()
        self.process.stdout.close()
        self.process.wait()


def board(port):
    """Runs the image; what it has said on the console, by word."""
    relay = f'{sys.executable} tests/firmware/relay.py {port}'
    command = ['qemu-system-arm', '-M', 'mps2-an385', '-display', 'none', '-monitor', 'none',
               '-kernel', str(OUT / 'tls.elf'), '-serial', 'null', '-serial', 'stdio', '-nic',
               f'user,model=lan9118,restrict=off,guestfwd=tcp:{ADDRESS}:443-cmd:{relay}',
               '-semihosting-config', 'enable=on,target=native']
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=90)
    except subprocess.TimeoutExpired as error:
        done = error
    text = (done.stdout or b'').decode(errors='replace')
    said = collections.defaultdict(lambda: ['-1'])
    for word, rest in re.findall(r'^(\w+): (.*)$', text, re.M):
        said.setdefault(word, []).append(rest)
    return said, text + (done.stderr or b'').decode(errors='replace')


def row(server_name, faults, attempts, arrive, verdict, console):
    what = f'{server_name} {" ".join(faults)}'.strip()
    with contextlib.closing(Standin(faults)) as standin, \
         contextlib.closing(servers.Server(server_name, CERTIFICATES, standin.port)) as server:
        said, text = board(server.port)
        check(f'{what}: verdict', verdict in said['verdict'][-1], text)
        check(f'{what}: attempts', said['attempts'][-1] == str(attempts), text)
        check(f'{what}: requests that arrive', standin.requests() == arrive,
              standin.log.read_text() + text)
        check(f'{what}: the console says {console}', f'\n{console}' in '\n' + text, text)
        wanted = AFTER if verdict == 'done' or faults == ['close'] else BEFORE
        check(f'{what}: the contact', standin.contact() == wanted, text)
    return said


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    run('sh', 'tests/dropin/fetch.sh', OUT, 'lwip', 'mbedtls')
    run('sh', 'tests/https/certificates.sh', CERTIFICATES, HOST)
    configure(Dns().port)
    build()
    first = None
    for line in ROWS:
        said = row(*line)
        first = first or said
    report(first)
    print(f'firmware: {passed} passed, {failed} failed')
    return failed > 0


sys.exit(main())
